package dev.kennel.session;

import java.util.LinkedHashMap;
import java.util.Map;

import graphql.GraphQLContext;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpCookie;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.util.MultiValueMap;

/** The cookies of a request, and those of its answer: of each name the last. */
final class CookieJar {

	private final MultiValueMap<String, HttpCookie> received;

	private final Map<String, ResponseCookie> sent = new LinkedHashMap<>();

	CookieJar(MultiValueMap<String, HttpCookie> received) {
		this.received = received;
	}

	static CookieJar of(GraphQLContext context) {
		CookieJar jar = context.get(CookieJar.class);
		if (jar == null) {
			throw new IllegalStateException("An operation without cookies");
		}
		return jar;
	}

	@Nullable String get(String name) {
		HttpCookie cookie = this.received.getFirst(name);
		return (cookie != null) ? cookie.getValue() : null;
	}

	synchronized void add(ResponseCookie cookie) {
		this.sent.put(cookie.getName(), cookie);
	}

	synchronized void writeTo(HttpHeaders headers) {
		this.sent.values().forEach((cookie) -> headers.add(HttpHeaders.SET_COOKIE, cookie.toString()));
	}

}
