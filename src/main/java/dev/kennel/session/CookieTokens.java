package dev.kennel.session;

import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;

import graphql.GraphQLContext;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.ResponseCookie;

/**
 * Tokens are in cookies, which no page can read. The prefixes of their names keep hosts
 * beside this one from setting them.
 *
 * @see <a href="https://datatracker.ietf.org/doc/draft-ietf-httpbis-rfc6265bis/">Cookies:
 * HTTP State Management Mechanism</a>
 */
class CookieTokens implements TokenTransport {

	/** Where refresh tokens are needed. */
	static final String PATH = "/graphql";

	private final boolean secure;

	private final Clock clock;

	private final String accessName;

	private final String refreshName;

	private final String deviceName;

	CookieTokens(boolean secure, Clock clock) {
		this.secure = secure;
		this.clock = clock;
		this.accessName = secure ? "__Host-kennel-access" : "kennel-access";
		this.refreshName = secure ? "__Secure-kennel-refresh" : "kennel-refresh";
		this.deviceName = secure ? "__Host-kennel-device" : "kennel-device";
	}

	@Override
	public @Nullable String accessToken(HttpServletRequest request) {
		Cookie[] cookies = request.getCookies();
		if (cookies != null) {
			for (Cookie cookie : cookies) {
				if (this.accessName.equals(cookie.getName())) {
					return cookie.getValue();
				}
			}
		}
		return null;
	}

	@Override
	public @Nullable String refreshToken(@Nullable RefreshSessionInput input, GraphQLContext context) {
		return CookieJar.of(context).get(this.refreshName);
	}

	@Override
	public @Nullable String deviceToken(LoginInput input, GraphQLContext context) {
		return CookieJar.of(context).get(this.deviceName);
	}

	@Override
	public AuthPayload give(IssuedTokens tokens, GraphQLContext context) {
		// Both as long as the session: an access token that has expired tells the
		// service,
		// and so the client, that it is time to refresh.
		Duration lifetime = Duration.between(this.clock.instant(), tokens.session().expiresAt().toInstant());
		CookieJar jar = CookieJar.of(context);
		jar.add(cookie(this.accessName, tokens.access().value(), "/", lifetime));
		jar.add(cookie(this.refreshName, tokens.refresh().value(), PATH, lifetime));
		if (tokens.device() != null) {
			jar.add(cookie(this.deviceName, tokens.device(), "/", DeviceTokens.LIFETIME));
		}
		return new AuthPayload(tokens.user(), tokens.session(), null, null, "Cookie",
				tokens.access().expiresAt().atOffset(ZoneOffset.UTC), null);
	}

	@Override
	public void takeAway(GraphQLContext context) {
		CookieJar jar = CookieJar.of(context);
		jar.add(cookie(this.accessName, "", "/", Duration.ZERO));
		jar.add(cookie(this.refreshName, "", PATH, Duration.ZERO));
	}

	private ResponseCookie cookie(String name, String value, String path, Duration lifetime) {
		return ResponseCookie.from(name, value)
			.httpOnly(true)
			.secure(this.secure)
			.sameSite("Lax")
			.path(path)
			.maxAge(lifetime)
			.build();
	}

}
