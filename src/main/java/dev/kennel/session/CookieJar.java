package dev.kennel.session;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import graphql.GraphQLContext;

import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;

/**
 * The cookies of a request, and those of its response: the last one per name and path.
 */
final class CookieJar {

	private final ReceivedCookies received;

	private final boolean writable;

	private final Map<List<String>, ResponseCookie> sent = new LinkedHashMap<>();

	private CookieJar(ReceivedCookies received, boolean writable) {
		this.received = received;
		this.writable = writable;
	}

	/**
	 * Returns the jar of an HTTP request.
	 * @param headers the values of its {@code Cookie} headers
	 */
	static CookieJar ofRequest(List<String> headers) {
		return new CookieJar(new ReceivedCookies(headers), true);
	}

	/**
	 * Returns the jar of a WebSocket: it omits the cookies of the handshake, which may be
	 * outdated, and its messages can't set any.
	 */
	static CookieJar ofWebSocket() {
		return new CookieJar(new ReceivedCookies(List.of()), false);
	}

	static CookieJar of(GraphQLContext context) {
		CookieJar jar = context.get(CookieJar.class);
		if (jar == null) {
			throw new IllegalStateException("An operation without cookies");
		}
		return jar;
	}

	ReceivedCookies received() {
		return this.received;
	}

	/** Returns whether an added cookie reaches the client. */
	boolean isWritable() {
		return this.writable;
	}

	synchronized void add(ResponseCookie cookie) {
		this.sent.put(List.of(cookie.getName(), String.valueOf(cookie.getPath())), cookie);
	}

	synchronized void writeTo(HttpHeaders headers) {
		this.sent.values().forEach((cookie) -> headers.add(HttpHeaders.SET_COOKIE, cookie.toString()));
	}

}
