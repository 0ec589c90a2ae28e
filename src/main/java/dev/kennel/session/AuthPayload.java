package dev.kennel.session;

import java.time.OffsetDateTime;

import dev.kennel.account.User;
import dev.kennel.graphql.Caller;
import dev.kennel.graphql.mutation.CallerSource;

/**
 * Somebody who is logged in.
 *
 * @param caller who is logged in, with the session
 * @param user the account
 * @param accessToken the token for the {@code Authorization} header
 * @param tokenType what the token is: {@code Bearer}
 * @param expiresAt when the token stops being valid
 */
record AuthPayload(Caller caller, User user, String accessToken, String tokenType,
		OffsetDateTime expiresAt) implements CallerSource {

	@Override
	public String toString() {
		return "AuthPayload[user=" + this.user.id() + "]";
	}

}
