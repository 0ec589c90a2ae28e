package dev.kennel.graphql.stream;

import java.util.Map;

import dev.kennel.graphql.Caller;
import dev.kennel.graphql.CallerAuthentication;
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
public class HandshakeCaller implements HandshakeInterceptor {

	private static final String KEY = HandshakeCaller.class.getName();

	/**
	 * Returns what the handshake's token says.
	 * @param attributes the attributes of the WebSocket
	 * @return the authentication, or null if the handshake had no token
	 */
	public static @Nullable CallerAuthentication find(Map<String, Object> attributes) {
		return (CallerAuthentication) attributes.get(KEY);
	}

	/** The caller of the HTTP request on this thread, or null. */
	static @Nullable Caller ofRequest() {
		return (SecurityContextHolder.getContext().getAuthentication() instanceof CallerAuthentication authentication)
				? authentication.caller() : null;
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
		if (SecurityContextHolder.getContext().getAuthentication() instanceof CallerAuthentication authentication) {
			attributes.put(KEY, authentication);
		}
		return true;
	}

	@Override
	public void afterHandshake(ServerHttpRequest request, ServerHttpResponse response, WebSocketHandler handler,
			@Nullable Exception exception) {
	}

}
