package dev.kennel.graphql.websocket;

import java.net.InetSocketAddress;
import java.net.URI;

import dev.kennel.graphql.CallerAuthentication;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * What the HTTP request of a WebSocket said.
 *
 * @param uri the address that it was sent to
 * @param headers its headers
 * @param remoteAddress the address of the client, as far as it is known
 * @param subprotocol the subprotocol that both sides agreed on, or null for none
 * @param authentication what its token or cookies say, or null if it had none
 */
public record WebSocketHandshake(URI uri, HttpHeaders headers, @Nullable InetSocketAddress remoteAddress,
		@Nullable String subprotocol, @Nullable CallerAuthentication authentication) {
}
