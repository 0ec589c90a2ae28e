package dev.kennel.session;

import dev.kennel.account.User;
import dev.kennel.session.token.AccessToken;
import dev.kennel.session.token.RefreshToken;
import org.jspecify.annotations.Nullable;

/**
 * The tokens that were issued for a session.
 *
 * @param user the account
 * @param session the session
 * @param access the access token
 * @param refresh the refresh token
 * @param device the device token; null if none was issued, as at a refresh
 */
public record IssuedTokens(User user, Session session, AccessToken access, RefreshToken refresh,
		@Nullable String device) {

	@Override
	public String toString() {
		return "IssuedTokens[user=" + this.user.id() + "]";
	}

}
