package dev.kennel.session;

import java.util.List;

import dev.kennel.graphql.OperationInterceptor;
import graphql.GraphQLContext;

import org.springframework.graphql.server.WebGraphQlRequest;
import org.springframework.graphql.server.WebGraphQlResponse;
import org.springframework.graphql.server.WebSocketGraphQlRequest;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpHeaders;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;

/** Gives operations the cookies of their request, and their cookies to its answer. */
class CookieInterceptor implements OperationInterceptor {

	@Override
	public void before(WebGraphQlRequest request, GraphQLContext context) {
		// The cookies of a WebSocket are those of its handshake, and its answers can't
		// set any: a refresh token that is replaced there would be lost.
		context.put(CookieJar.class, new CookieJar((request instanceof WebSocketGraphQlRequest)
				? new LinkedMultiValueMap<>() : parse(request.getHeaders().getOrEmpty(HttpHeaders.COOKIE))));
	}

	@Override
	public WebGraphQlResponse after(WebGraphQlRequest request, WebGraphQlResponse response) {
		CookieJar jar = response.getExecutionInput().getGraphQLContext().get(CookieJar.class);
		if (jar != null) {
			jar.writeTo(response.getResponseHeaders());
		}
		return response;
	}

	/**
	 * Reads what browsers send.
	 * @see <a href="https://www.rfc-editor.org/rfc/rfc6265#section-4.2">RFC 6265, section
	 * 4.2</a>
	 */
	private static MultiValueMap<String, HttpCookie> parse(List<String> headers) {
		MultiValueMap<String, HttpCookie> cookies = new LinkedMultiValueMap<>();
		for (String header : headers) {
			for (String pair : header.split(";")) {
				int equals = pair.indexOf('=');
				if (equals > 0 && !pair.substring(0, equals).isBlank()) {
					String name = pair.substring(0, equals).strip();
					cookies.add(name, new HttpCookie(name, pair.substring(equals + 1).strip()));
				}
			}
		}
		return cookies;
	}

}
