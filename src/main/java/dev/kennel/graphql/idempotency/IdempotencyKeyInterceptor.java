package dev.kennel.graphql.idempotency;

import dev.kennel.graphql.OperationInterceptor;
import graphql.GraphQLContext;

import org.springframework.graphql.server.WebGraphQlRequest;
import org.springframework.graphql.server.WebSocketGraphQlRequest;
import org.springframework.stereotype.Component;

/**
 * Copies the {@code Idempotency-Key} from the HTTP request, which the transport has
 * validated, to the operation's context.
 */
@Component
class IdempotencyKeyInterceptor implements OperationInterceptor {

	@Override
	public void before(WebGraphQlRequest request, GraphQLContext context) {
		String value = request.getHeaders().getFirst(IdempotencyKey.HEADER);
		// The headers of a WebSocket are those of its handshake, and identify no request.
		if (value != null && !(request instanceof WebSocketGraphQlRequest)) {
			IdempotencyKey.put(context, value);
		}
	}

}
