package dev.kennel.session;

import java.util.List;

import dev.kennel.graphql.stream.StreamAuthenticator;
import dev.kennel.identity.Caller;
import dev.kennel.identity.CallerAuthentication;
import dev.kennel.server.HttpExchange;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/** Verifies access tokens for the transports. */
@Component
class StreamTokenAuthenticator implements StreamAuthenticator {

	private final TokenTransport transport;

	private final AccessTokenAuthenticator authentication;

	private final RevocationList revoked;

	StreamTokenAuthenticator(TokenTransport transport, AccessTokenAuthenticator authentication,
			RevocationList revoked) {
		this.transport = transport;
		this.authentication = authentication;
		this.revoked = revoked;
	}

	@Override
	public @Nullable CallerAuthentication verify(List<String> authorization) {
		String token = BearerToken.find(authorization);
		return (token != null) ? this.authentication.authenticate(token) : null;
	}

	/**
	 * An invalid token does not fail the request: only fields that require an account are
	 * refused, so that the client can still log in.
	 */
	@Override
	public @Nullable CallerAuthentication authenticate(HttpExchange exchange) {
		String token = this.transport.accessToken(exchange);
		return (token != null) ? this.authentication.authenticate(token) : null;
	}

	@Override
	public boolean isRevoked(Caller caller) {
		return this.revoked.contains(caller.session());
	}

}
