package dev.kennel.session;

import dev.kennel.graphql.Caller;
import dev.kennel.graphql.CallerAuthentication;
import dev.kennel.graphql.stream.CallerTokens;

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
	public CallerAuthentication verify(String authorization) {
		return this.authentication.authenticate(PayloadTokens.credentials(authorization));
	}

	@Override
	public boolean isRevoked(Caller caller) {
		return this.revoked.contains(caller.session());
	}

}
