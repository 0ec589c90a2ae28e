package dev.kennel.graphql;

import reactor.core.publisher.Mono;

import org.springframework.graphql.server.WebGraphQlInterceptor;
import org.springframework.graphql.server.WebGraphQlRequest;
import org.springframework.graphql.server.WebGraphQlResponse;
import org.springframework.graphql.server.WebSocketGraphQlRequest;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;

/**
 * Carries the authentication of the HTTP request over to the operation. Whose a WebSocket
 * is, is said on the WebSocket: dev.kennel.graphql.stream.
 */
@Component
class CallerInterceptor implements WebGraphQlInterceptor {

	@Override
	public Mono<WebGraphQlResponse> intercept(WebGraphQlRequest request, Chain chain) {
		if (request instanceof WebSocketGraphQlRequest) {
			return chain.next(request);
		}
		Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
		request.configureExecutionInput((input, builder) -> {
			CallerContext.put(input.getGraphQLContext(), authentication);
			return input;
		});
		return chain.next(request);
	}

}
