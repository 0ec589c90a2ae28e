package dev.kennel.session;

import dev.kennel.account.User;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who is logged in, and the tokens that show it.
 *
 * @param user the account
 * @param session the session
 * @param access what requests show
 * @param refresh what keeps the session alive
 * @param device what proves that the device has logged in; null if it has not just done
 * so
 */
record IssuedTokens(User user, Session session, AccessToken access, RefreshToken refresh, @Nullable String device) {

	@Override
	public String toString() {
		return "IssuedTokens[user=" + this.user.id() + "]";
	}

}
