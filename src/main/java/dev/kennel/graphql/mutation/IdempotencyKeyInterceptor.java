package dev.kennel.graphql.mutation;

import reactor.core.publisher.Mono;

import org.springframework.graphql.server.WebGraphQlInterceptor;
import org.springframework.graphql.server.WebGraphQlRequest;
import org.springframework.graphql.server.WebGraphQlResponse;
import org.springframework.graphql.server.WebSocketGraphQlRequest;
import org.springframework.stereotype.Component;

/**
 * Takes the {@code Idempotency-Key} over from the HTTP request, where the transport has
 * found it to be one.
 */
@Component
class IdempotencyKeyInterceptor implements WebGraphQlInterceptor {

	@Override
	public Mono<WebGraphQlResponse> intercept(WebGraphQlRequest request, Chain chain) {
		String value = request.getHeaders().getFirst(IdempotencyKey.HEADER);
		// The headers of a WebSocket are those of its handshake: no request is named by
		// them.
		if (value != null && !(request instanceof WebSocketGraphQlRequest)) {
			request.configureExecutionInput((input, builder) -> {
				IdempotencyKey.put(input.getGraphQLContext(), value);
				return input;
			});
		}
		return chain.next(request);
	}

}
