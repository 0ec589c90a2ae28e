package dev.kennel.graphql.websocket;

import java.net.InetSocketAddress;
import java.net.URI;
import java.security.Principal;
import java.util.Map;

import dev.kennel.identity.CallerAuthentication;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.graphql.server.WebSocketSessionInfo;
import org.springframework.http.HttpHeaders;

/**
 * The handshake of a WebSocket, also as Spring GraphQL's session info.
 *
 * @param uri the requested URI
 * @param headers the headers
 * @param remoteAddress the address of the client, or null if unknown
 * @param subprotocol the negotiated subprotocol, or null
 * @param authentication the result of verifying its token or cookies, or null if it has
 * none
 */
record WebSocketHandshake(URI uri, HttpHeaders headers, @Nullable InetSocketAddress remoteAddress,
		@Nullable String subprotocol, @Nullable CallerAuthentication authentication) implements WebSocketSessionInfo {

	@Override
	public String getId() {
		return "";
	}

	@Override
	public Map<String, Object> getAttributes() {
		return Map.of();
	}

	@Override
	public URI getUri() {
		return this.uri;
	}

	@Override
	public HttpHeaders getHeaders() {
		return this.headers;
	}

	@Override
	public Mono<Principal> getPrincipal() {
		return Mono.empty();
	}

	@Override
	public @Nullable InetSocketAddress getRemoteAddress() {
		return this.remoteAddress;
	}

}
