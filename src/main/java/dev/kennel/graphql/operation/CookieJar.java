package dev.kennel.graphql.operation;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.springframework.graphql.server.WebGraphQlRequest;
import org.springframework.graphql.server.WebSocketGraphQlRequest;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;

/**
 * The cookies of a request, and those of its response: the last one per name and path.
 */
public final class CookieJar {

	private final ReceivedCookies received;

	private final boolean writable;

	private final Map<List<String>, ResponseCookie> sent = new LinkedHashMap<>();

	private CookieJar(ReceivedCookies received, boolean writable) {
		this.received = received;
		this.writable = writable;
	}

	/**
	 * Returns the jar of a request. A WebSocket has none of the cookies of its handshake,
	 * which may be outdated, and its messages can't set any.
	 */
	static CookieJar of(WebGraphQlRequest request) {
		return (request instanceof WebSocketGraphQlRequest) ? new CookieJar(new ReceivedCookies(List.of()), false)
				: new CookieJar(new ReceivedCookies(request.getHeaders().getOrEmpty(HttpHeaders.COOKIE)), true);
	}

	/**
	 * Returns the cookies of the request.
	 * @return the received cookies
	 */
	public ReceivedCookies received() {
		return this.received;
	}

	/**
	 * Returns whether an added cookie reaches the client.
	 * @return whether the transport carries cookies
	 */
	public boolean isWritable() {
		return this.writable;
	}

	/**
	 * Adds a cookie to the response, in place of one of the same name and path.
	 * @param cookie the cookie
	 */
	public synchronized void add(ResponseCookie cookie) {
		this.sent.put(List.of(cookie.getName(), String.valueOf(cookie.getPath())), cookie);
	}

	synchronized void writeTo(HttpHeaders headers) {
		this.sent.values().forEach((cookie) -> headers.add(HttpHeaders.SET_COOKIE, cookie.toString()));
	}

}
