package dev.kennel.session;

import dev.kennel.graphql.Caller;

import org.springframework.security.core.Authentication;
import org.springframework.stereotype.Component;

/** Tells who has an access token, wherever it comes from. */
@Component
public class TokenAuthentication {

	private final AccessTokens tokens;

	private final RevokedSessions revoked;

	private final LastUses uses;

	TokenAuthentication(AccessTokens tokens, RevokedSessions revoked, LastUses uses) {
		this.tokens = tokens;
		this.revoked = revoked;
		this.uses = uses;
	}

	/**
	 * Looks at a token. It costs no statement.
	 * @param token any text
	 * @return with a {@link Caller} as principal; not authenticated if the token is not
	 * valid, or its session has ended
	 */
	public Authentication authenticate(String token) {
		Caller caller = this.tokens.verify(token);
		if (caller == null || this.revoked.contains(caller.session())) {
			return new CallerAuthentication(null);
		}
		this.uses.note(caller);
		return new CallerAuthentication(caller);
	}

}
