package dev.kennel.session;

import java.util.List;

import dev.kennel.graphql.Caller;
import dev.kennel.graphql.CallerAuthentication;
import dev.kennel.graphql.stream.CallerTokens;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/** Answers what streams ask of access tokens. */
@Component
class StreamTokens implements CallerTokens {

	private final TokenAuthentication authentication;

	private final RevokedSessions revoked;

	StreamTokens(TokenAuthentication authentication, RevokedSessions revoked) {
		this.authentication = authentication;
		this.revoked = revoked;
	}

	@Override
	public @Nullable CallerAuthentication verify(String authorization) {
		String token = BearerToken.find(List.of(authorization));
		return (token != null) ? this.authentication.authenticate(token) : null;
	}

	@Override
	public boolean isRevoked(Caller caller) {
		return this.revoked.contains(caller.session());
	}

}
