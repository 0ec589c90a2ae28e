package dev.kennel.graphql.websocket;

import java.net.InetSocketAddress;
import java.net.URI;
import java.security.Principal;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.graphql.server.WebSocketSessionInfo;
import org.springframework.http.HttpHeaders;

/** Tells Spring GraphQL of a handshake. */
record HandshakeInfo(WebSocketHandshake handshake) implements WebSocketSessionInfo {

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
		return this.handshake.uri();
	}

	@Override
	public HttpHeaders getHeaders() {
		return this.handshake.headers();
	}

	@Override
	public Mono<Principal> getPrincipal() {
		return Mono.empty();
	}

	@Override
	public @Nullable InetSocketAddress getRemoteAddress() {
		return this.handshake.remoteAddress();
	}

}
