package dev.kennel.graphql.websocket;

import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

import dev.kennel.graphql.Caller;
import dev.kennel.graphql.CallerAuthentication;
import dev.kennel.graphql.CallerContext;
import dev.kennel.graphql.error.ErrorReason;
import dev.kennel.graphql.execution.OperationHandler;
import dev.kennel.graphql.http.RequestIds;
import dev.kennel.graphql.stream.CallerTokens;
import dev.kennel.graphql.stream.OpenStream;
import dev.kennel.graphql.stream.OpenStreams;
import dev.kennel.graphql.stream.StreamProperties;
import org.slf4j.MDC;

import org.springframework.graphql.server.WebGraphQlResponse;
import org.springframework.graphql.server.WebSocketGraphQlRequest;
import org.springframework.stereotype.Component;

/** Opens the WebSockets of this instance, whatever server carries them. */
@Component
public final class GraphQlWebSockets implements AutoCloseable {

	/** The subprotocol, which a client has to name. */
	public static final String PROTOCOL = "graphql-transport-ws";

	private final OperationHandler handler;

	private final OpenStreams streams;

	private final CallerTokens tokens;

	private final StreamProperties properties;

	private final ScheduledExecutorService timer = Executors
		.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("websockets").factory());

	GraphQlWebSockets(OperationHandler handler, OpenStreams streams, CallerTokens tokens, StreamProperties properties) {
		this.handler = handler;
		this.streams = streams;
		this.tokens = tokens;
		this.properties = properties;
	}

	/**
	 * Opens a WebSocket, whose handshake has been answered.
	 * @param handshake what the handshake said
	 * @param peer the client
	 * @return the connection, which takes the client's messages; it may be closing
	 * already
	 */
	public GraphQlWebSocket open(WebSocketHandshake handshake, WebSocketPeer peer) {
		GraphQlWebSocket connection = new GraphQlWebSocket(this::run, this.streams, this.tokens, this.properties,
				this.timer, handshake, peer);
		connection.open();
		return connection;
	}

	private WebGraphQlResponse run(WebSocketOperation operation, WebSocketHandshake handshake, OpenStream stream) {
		WebSocketGraphQlRequest request = new WebSocketGraphQlRequest(handshake.uri(), handshake.headers(), null,
				handshake.remoteAddress(), Map.of(), operation.request().toMap(), operation.requestId(), Locale.ENGLISH,
				new HandshakeInfo(handshake));
		request.configureExecutionInput((input, builder) -> {
			Caller caller = Objects.requireNonNull(stream.caller());
			// A session that has just ended may have operations on their way here.
			CallerContext.put(input.getGraphQLContext(), this.tokens.isRevoked(caller)
					? CallerAuthentication.refused(ErrorReason.SESSION_ENDED) : CallerAuthentication.of(caller));
			stream.put(input.getGraphQLContext());
			operation.begin(input);
			return input;
		});
		MDC.put(RequestIds.KEY, operation.requestId());
		try {
			return this.handler.run(request);
		}
		finally {
			MDC.remove(RequestIds.KEY);
		}
	}

	@Override
	public void close() {
		this.timer.shutdownNow();
	}

}
