package dev.kennel.account.password;

import org.jspecify.annotations.Nullable;

/**
 * The result of {@code resetPassword}.
 *
 * @param success always true
 * @param deviceToken the token for further log-ins; null if it is in a cookie
 */
record ResetPasswordPayload(boolean success, @Nullable String deviceToken) {

	@Override
	public String toString() {
		return "ResetPasswordPayload[success=" + this.success + "]";
	}

}
