package dev.kennel.session;

import dev.kennel.graphql.Caller;
import dev.kennel.graphql.stream.CallerTokens;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/** Answers what streams ask of access tokens. */
@Component
class StreamTokens implements CallerTokens {

	private final AccessTokens tokens;

	private final RevokedSessions revoked;

	StreamTokens(AccessTokens tokens, RevokedSessions revoked) {
		this.tokens = tokens;
		this.revoked = revoked;
	}

	@Override
	public @Nullable Caller verify(String authorization) {
		String token = BearerTokenFilter.token(authorization);
		Caller caller = (token != null) ? this.tokens.verify(token) : null;
		return (caller != null && !isRevoked(caller)) ? caller : null;
	}

	@Override
	public boolean isRevoked(Caller caller) {
		return this.revoked.contains(caller.session());
	}

}
