package dev.kennel.session;

import java.time.ZoneOffset;

import graphql.GraphQLContext;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * Tokens are in the payloads, and the client sends the access token with each request.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6750#section-2.1">RFC 6750, section
 * 2.1</a>
 */
class PayloadTokens implements TokenTransport {

	private static final String SCHEME = "bearer";

	@Override
	public @Nullable String accessToken(HttpServletRequest request) {
		String header = request.getHeader(HttpHeaders.AUTHORIZATION);
		return (header != null) ? credentials(header) : null;
	}

	/**
	 * Reads the value of an {@code Authorization} header, wherever it is sent.
	 * @return the token; of another scheme than {@code Bearer}, something that is no
	 * token, so that a client that has forgotten the scheme is told
	 */
	static String credentials(String header) {
		// A header that names the scheme and nothing else is a token that is not valid,
		// and no absent one.
		String credentials = header.strip();
		if (!credentials.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
			return "";
		}
		return (credentials.length() == SCHEME.length() || credentials.charAt(SCHEME.length()) == ' ')
				? credentials.substring(SCHEME.length()).strip() : "";
	}

	@Override
	public @Nullable String refreshToken(@Nullable RefreshSessionInput input, GraphQLContext context) {
		return (input != null) ? input.refreshToken() : null;
	}

	@Override
	public @Nullable String deviceToken(@Nullable String input, GraphQLContext context) {
		return input;
	}

	@Override
	public @Nullable String giveDevice(@Nullable String token, GraphQLContext context) {
		return token;
	}

	@Override
	public AuthPayload give(IssuedTokens tokens, GraphQLContext context) {
		return new AuthPayload(tokens.user(), tokens.session(), tokens.access().value(), tokens.refresh().value(),
				"Bearer", tokens.access().expiresAt().atOffset(ZoneOffset.UTC), tokens.device());
	}

	@Override
	public void requireWritable(GraphQLContext context) {
		// A payload goes over every transport.
	}

	@Override
	public void takeAway(GraphQLContext context) {
		// The client has them.
	}

}
