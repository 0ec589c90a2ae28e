package dev.kennel.account.password;

import dev.kennel.account.User;
import org.jspecify.annotations.Nullable;

/**
 * The result of {@code changePassword}.
 *
 * @param user the account
 * @param deviceToken the token for further log-ins; null if it is in a cookie
 */
record ChangePasswordPayload(User user, @Nullable String deviceToken) {

	@Override
	public String toString() {
		return "ChangePasswordPayload[user=" + this.user.id() + "]";
	}

}
