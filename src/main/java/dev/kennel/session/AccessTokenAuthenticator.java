package dev.kennel.session;

import java.util.List;

import dev.kennel.error.ErrorReason;
import dev.kennel.identity.Caller;
import dev.kennel.identity.CallerAuthentication;
import dev.kennel.identity.RequestAuthenticator;
import dev.kennel.server.HttpExchange;
import dev.kennel.session.revocation.RevocationList;
import dev.kennel.session.token.AccessTokenCodec;
import dev.kennel.session.token.BearerToken;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/** Authenticates requests by their access tokens. */
@Component
class AccessTokenAuthenticator implements RequestAuthenticator {

	private final TokenTransport transport;

	private final AccessTokenCodec tokens;

	private final RevocationList revoked;

	private final SessionActivityRecorder activity;

	AccessTokenAuthenticator(TokenTransport transport, AccessTokenCodec tokens, RevocationList revoked,
			SessionActivityRecorder activity) {
		this.transport = transport;
		this.tokens = tokens;
		this.revoked = revoked;
		this.activity = activity;
	}

	@Override
	public @Nullable CallerAuthentication verify(List<String> authorization) {
		String token = BearerToken.find(authorization);
		return (token != null) ? authenticate(token) : null;
	}

	/**
	 * An invalid token does not fail the request: only fields that require an account are
	 * refused, so that the client can still log in.
	 */
	@Override
	public @Nullable CallerAuthentication authenticate(HttpExchange exchange) {
		String token = this.transport.accessToken(exchange);
		return (token != null) ? authenticate(token) : null;
	}

	@Override
	public boolean usesCookies() {
		return this.transport.usesCookies();
	}

	@Override
	public boolean isRevoked(Caller caller) {
		return this.revoked.contains(caller.session());
	}

	/**
	 * The reason is SESSION_ENDED if the session was revoked before the token expires.
	 */
	private CallerAuthentication authenticate(String token) {
		CallerAuthentication authentication = this.tokens.verify(token);
		Caller caller = authentication.caller();
		if (caller == null) {
			return authentication;
		}
		if (isRevoked(caller)) {
			return CallerAuthentication.refused(ErrorReason.SESSION_ENDED);
		}
		this.activity.recordUse(caller);
		return authentication;
	}

}
