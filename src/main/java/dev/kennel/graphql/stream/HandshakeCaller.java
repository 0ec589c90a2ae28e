package dev.kennel.graphql.stream;

import java.util.Map;

import dev.kennel.graphql.Caller;
import dev.kennel.graphql.CallerContext;
import dev.kennel.graphql.error.ApiException;
import graphql.GraphQLContext;
import org.jspecify.annotations.Nullable;

import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.server.HandshakeInterceptor;

/**
 * Remembers who has made the handshake of a WebSocket: where tokens travel in cookies,
 * there is nothing in the messages that follow.
 */
class HandshakeCaller implements HandshakeInterceptor {

	private static final String KEY = HandshakeCaller.class.getName();

	static @Nullable Caller find(Map<String, Object> attributes) {
		return (Caller) attributes.get(KEY);
	}

	/** The caller of the HTTP request on this thread, or null. */
	static @Nullable Caller ofRequest() {
		Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
		return (authentication != null && authentication.isAuthenticated()
				&& authentication.getPrincipal() instanceof Caller caller) ? caller : null;
	}

	/** Why the HTTP request on this thread, which has no caller, is refused. */
	static ApiException refusalOfRequest() {
		Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
		GraphQLContext context = GraphQLContext.newContext().build();
		CallerContext.put(context, authentication);
		try {
			Caller caller = CallerContext.require(context);
			throw new IllegalStateException("The request is that of " + caller.account());
		}
		catch (ApiException ex) {
			return ex;
		}
	}

	@Override
	public boolean beforeHandshake(ServerHttpRequest request, ServerHttpResponse response, WebSocketHandler handler,
			Map<String, Object> attributes) {
		Caller caller = ofRequest();
		if (caller != null) {
			attributes.put(KEY, caller);
		}
		return true;
	}

	@Override
	public void afterHandshake(ServerHttpRequest request, ServerHttpResponse response, WebSocketHandler handler,
			@Nullable Exception exception) {
	}

}
