package dev.kennel.session;

import java.time.OffsetDateTime;

import dev.kennel.account.User;

/**
 * Somebody who is logged in.
 *
 * @param user the account
 * @param accessToken the token for the {@code Authorization} header
 * @param tokenType what the token is: {@code Bearer}
 * @param expiresAt when the token stops being valid
 */
record AuthPayload(User user, String accessToken, String tokenType, OffsetDateTime expiresAt) {

	@Override
	public String toString() {
		return "AuthPayload[user=" + this.user.id() + "]";
	}

}
