package dev.kennel.session.transport;

import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;

import dev.kennel.error.ApiException;
import dev.kennel.error.ErrorReason;
import dev.kennel.graphql.operation.CookieJar;
import dev.kennel.graphql.operation.OperationContext;
import dev.kennel.graphql.operation.ReceivedCookies;
import dev.kennel.server.HttpExchange;
import dev.kennel.session.AuthPayload;
import dev.kennel.session.IssuedTokens;
import dev.kennel.session.TokenTransport;
import dev.kennel.session.token.AccessTokenCodec;
import dev.kennel.session.token.DeviceTokenCodec;
import dev.kennel.session.token.RefreshToken;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;

/**
 * Transports tokens in {@code HttpOnly} cookies. The prefix of their names keeps sibling
 * hosts from setting them. If a browser does not know the prefix, or without TLS, where
 * there is none, a cookie that a sibling host has planted is detected: it duplicates a
 * name, or its session differs from that of the other cookie.
 *
 * @see <a href="https://datatracker.ietf.org/doc/draft-ietf-httpbis-rfc6265bis/">Cookies:
 * HTTP State Management Mechanism</a>
 */
class CookieTokenTransport implements TokenTransport {

	private static final String PATH = "/";

	/** The path of the refresh cookie of earlier versions. */
	private static final String OLD_PATH = "/graphql";

	private final boolean secure;

	private final Clock clock;

	private final String accessName;

	private final String refreshName;

	/**
	 * The refresh cookie of earlier versions. Its prefix lets sibling hosts set it, so it
	 * is not read.
	 */
	private final String oldRefreshName;

	private final String deviceName;

	private final String emailLoginName;

	CookieTokenTransport(boolean secure, Clock clock) {
		this.secure = secure;
		this.clock = clock;
		this.accessName = secure ? "__Host-kennel-access" : "kennel-access";
		this.refreshName = secure ? "__Host-kennel-refresh" : "kennel-refresh";
		this.oldRefreshName = secure ? "__Secure-kennel-refresh" : "kennel-refresh";
		this.deviceName = secure ? "__Host-kennel-device" : "kennel-device";
		this.emailLoginName = secure ? "__Host-kennel-email-login" : "kennel-email-login";
	}

	@Override
	public boolean usesCookies() {
		return true;
	}

	@Override
	public @Nullable String accessToken(HttpExchange exchange) {
		return new ReceivedCookies(exchange.headers(HttpHeaders.COOKIE)).single(this.accessName);
	}

	@Override
	public @Nullable String refreshToken(@Nullable String input, OperationContext context) {
		ReceivedCookies received = context.cookies().received();
		String refreshToken = received.single(this.refreshName);
		return (refreshToken == null || belongToOneSession(refreshToken, received.single(this.accessName)))
				? refreshToken : "";
	}

	/**
	 * Compares the sessions of both tokens, which are set together. The access token may
	 * have expired, or its signing key may have been removed, so its signature is not
	 * verified: beside the service's own cookie, a forged one duplicates the name.
	 */
	private static boolean belongToOneSession(String refreshToken, @Nullable String accessToken) {
		if (accessToken == null) {
			// A browser may drop one cookie and keep the other. A refresh token alone
			// mixes no sessions: the response sets both cookies, for its session.
			return true;
		}
		return RefreshToken.parse(refreshToken)
			.filter((token) -> token.session().equals(AccessTokenCodec.claimedSession(accessToken)))
			.isPresent();
	}

	@Override
	public void requireWritable(OperationContext context) {
		if (!context.cookies().isWritable()) {
			throw ApiException.forbidden(ErrorReason.HTTP_REQUIRED,
					"A WebSocket can't set cookies: send this mutation over HTTP, and then open the WebSocket anew.");
		}
	}

	@Override
	public @Nullable String deviceToken(@Nullable String input, OperationContext context) {
		return context.cookies().received().single(this.deviceName);
	}

	@Override
	public @Nullable String browserSecret(@Nullable String input, OperationContext context) {
		return context.cookies().received().single(this.emailLoginName);
	}

	@Override
	public @Nullable String writeBrowserSecret(String secret, Duration lifetime, OperationContext context) {
		context.cookies().add(cookie(this.emailLoginName, secret, PATH, lifetime));
		return null;
	}

	@Override
	public void clearBrowserSecret(OperationContext context) {
		context.cookies().add(cookie(this.emailLoginName, "", PATH, Duration.ZERO));
	}

	@Override
	public AuthPayload writeTokens(IssuedTokens tokens, OperationContext context) {
		// Both last as long as the session: the refusal of an expired access token tells
		// the client to refresh.
		Duration lifetime = Duration.between(this.clock.instant(), tokens.session().expiresAt().toInstant());
		write(tokens.access().value(), tokens.refresh().value(), lifetime, context);
		return new AuthPayload(tokens.user(), tokens.session(), null, null, "Cookie",
				tokens.access().expiresAt().atOffset(ZoneOffset.UTC), writeDeviceToken(tokens.device(), context));
	}

	@Override
	public @Nullable String writeDeviceToken(@Nullable String token, OperationContext context) {
		if (token != null) {
			context.cookies().add(cookie(this.deviceName, token, PATH, DeviceTokenCodec.LIFETIME));
		}
		return null;
	}

	@Override
	public void clearTokens(OperationContext context) {
		write("", "", Duration.ZERO, context);
	}

	private void write(String accessToken, String refreshToken, Duration lifetime, OperationContext context) {
		CookieJar jar = context.cookies();
		jar.add(cookie(this.accessName, accessToken, PATH, lifetime));
		jar.add(cookie(this.refreshName, refreshToken, PATH, lifetime));
		if (jar.received().has(this.oldRefreshName)) {
			jar.add(cookie(this.oldRefreshName, "", OLD_PATH, Duration.ZERO));
		}
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
