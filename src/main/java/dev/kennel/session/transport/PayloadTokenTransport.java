package dev.kennel.session.transport;

import java.time.Duration;
import java.time.ZoneOffset;

import dev.kennel.graphql.operation.OperationContext;
import dev.kennel.server.HttpExchange;
import dev.kennel.session.AuthPayload;
import dev.kennel.session.IssuedTokens;
import dev.kennel.session.TokenTransport;
import dev.kennel.session.token.BearerToken;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * Transports tokens in payloads. The client sends the access token with each request.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6750#section-2.1">RFC 6750, section
 * 2.1</a>
 */
class PayloadTokenTransport implements TokenTransport {

	@Override
	public boolean usesCookies() {
		return false;
	}

	@Override
	public @Nullable String accessToken(HttpExchange exchange) {
		return BearerToken.find(exchange.headers(HttpHeaders.AUTHORIZATION));
	}

	@Override
	public @Nullable String refreshToken(@Nullable String input, OperationContext context) {
		return input;
	}

	@Override
	public @Nullable String deviceToken(@Nullable String input, OperationContext context) {
		return input;
	}

	@Override
	public @Nullable String writeDeviceToken(@Nullable String token, OperationContext context) {
		return token;
	}

	@Override
	public @Nullable String browserSecret(@Nullable String input, OperationContext context) {
		return input;
	}

	@Override
	public @Nullable String writeBrowserSecret(String secret, Duration lifetime, OperationContext context) {
		return secret;
	}

	@Override
	public void clearBrowserSecret(OperationContext context) {
		// The client has it.
	}

	@Override
	public AuthPayload writeTokens(IssuedTokens tokens, OperationContext context) {
		return new AuthPayload(tokens.user(), tokens.session(), tokens.access().value(), tokens.refresh().value(),
				"Bearer", tokens.access().expiresAt().atOffset(ZoneOffset.UTC), tokens.device());
	}

	@Override
	public void requireWritable(OperationContext context) {
		// Every transport carries payloads.
	}

	@Override
	public void clearTokens(OperationContext context) {
		// The client holds the tokens.
	}

}
