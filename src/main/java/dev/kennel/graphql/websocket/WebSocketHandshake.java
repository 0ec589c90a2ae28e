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
 * What the HTTP request of a WebSocket said, for Kennel and for Spring GraphQL.
 *
 * @param uri the address that it was sent to
 * @param headers its headers
 * @param remoteAddress the address of the client, as far as it is known
 * @param subprotocol the subprotocol that both sides agreed on, or null for none
 * @param authentication what its token or cookies say, or null if it had none
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
