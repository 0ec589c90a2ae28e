package dev.kennel.session;

import dev.kennel.account.User;

/**
 * Somebody who is logged in, and the tokens that show it.
 *
 * @param user the account
 * @param session the session
 * @param access what requests show
 * @param refresh what keeps the session alive
 */
record IssuedTokens(User user, Session session, AccessToken access, RefreshToken refresh) {
}
