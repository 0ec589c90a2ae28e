package dev.kennel.session;

import dev.kennel.graphql.OperationInterceptor;
import graphql.GraphQLContext;

import org.springframework.graphql.server.WebGraphQlRequest;
import org.springframework.graphql.server.WebGraphQlResponse;
import org.springframework.graphql.server.WebSocketGraphQlRequest;
import org.springframework.http.HttpHeaders;

/**
 * Passes the cookies of the request to the operation, and the operation's cookies to the
 * response.
 */
class CookieInterceptor implements OperationInterceptor {

	@Override
	public void before(WebGraphQlRequest request, GraphQLContext context) {
		context.put(CookieJar.class, (request instanceof WebSocketGraphQlRequest) ? CookieJar.ofWebSocket()
				: CookieJar.ofRequest(request.getHeaders().getOrEmpty(HttpHeaders.COOKIE)));
	}

	@Override
	public WebGraphQlResponse after(WebGraphQlRequest request, WebGraphQlResponse response) {
		CookieJar jar = response.getExecutionInput().getGraphQLContext().get(CookieJar.class);
		if (jar != null) {
			jar.writeTo(response.getResponseHeaders());
		}
		return response;
	}

}
