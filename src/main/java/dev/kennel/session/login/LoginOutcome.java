package dev.kennel.session.login;

import dev.kennel.session.IssuedTokens;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of a log-in with the right password, code or link.
 *
 * @param issued the tokens of the session; null if a second factor is due
 * @param challenge the challenge for it; null if there is a session, or none was wanted
 */
record LoginOutcome(@Nullable IssuedTokens issued, @Nullable LoginChallenge challenge) {
}
