package dev.kennel.session;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import graphql.GraphQLContext;

import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;

/**
 * The cookies of a request, and those of its answer: of each name and path the last.
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
	 * The cookies of an HTTP request.
	 * @param headers the values of its {@code Cookie} headers
	 */
	static CookieJar ofRequest(List<String> headers) {
		return new CookieJar(new ReceivedCookies(headers), true);
	}

	/**
	 * What a WebSocket has: no cookies but those of its handshake, which may be old, and
	 * answers that can't set any.
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

	/** Whether a cookie that is added reaches the client. */
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
