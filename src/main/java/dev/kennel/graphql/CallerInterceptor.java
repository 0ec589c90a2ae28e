package dev.kennel.graphql;

import graphql.GraphQLContext;

import org.springframework.graphql.server.WebGraphQlRequest;
import org.springframework.graphql.server.WebSocketGraphQlRequest;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;

/**
 * Carries the authentication of the HTTP request over to the operation. Whose a WebSocket
 * is, is said on the WebSocket: dev.kennel.graphql.websocket.
 */
@Component
class CallerInterceptor implements OperationInterceptor {

	@Override
	public void before(WebGraphQlRequest request, GraphQLContext context) {
		if (!(request instanceof WebSocketGraphQlRequest)) {
			CallerContext.put(context, SecurityContextHolder.getContext().getAuthentication());
		}
	}

}
