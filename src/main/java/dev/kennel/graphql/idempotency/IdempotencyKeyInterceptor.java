package dev.kennel.graphql.idempotency;

import dev.kennel.graphql.OperationInterceptor;
import graphql.GraphQLContext;

import org.springframework.graphql.server.WebGraphQlRequest;
import org.springframework.graphql.server.WebSocketGraphQlRequest;
import org.springframework.stereotype.Component;

/**
 * Takes the {@code Idempotency-Key} over from the HTTP request, where the transport has
 * found it to be one.
 */
@Component
class IdempotencyKeyInterceptor implements OperationInterceptor {

	@Override
	public void before(WebGraphQlRequest request, GraphQLContext context) {
		String value = request.getHeaders().getFirst(IdempotencyKey.HEADER);
		// The headers of a WebSocket are those of its handshake: no request is named by
		// them.
		if (value != null && !(request instanceof WebSocketGraphQlRequest)) {
			IdempotencyKey.put(context, value);
		}
	}

}
