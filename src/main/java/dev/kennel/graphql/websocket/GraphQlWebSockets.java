package dev.kennel.graphql.websocket;

import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;

import dev.kennel.graphql.Caller;
import dev.kennel.graphql.CallerAuthentication;
import dev.kennel.graphql.CallerContext;
import dev.kennel.graphql.error.ErrorReason;
import dev.kennel.graphql.execution.OperationHandler;

import dev.kennel.graphql.stream.CallerTokens;
import dev.kennel.graphql.stream.OpenStream;
import dev.kennel.graphql.stream.OpenStreams;
import dev.kennel.graphql.stream.StreamProperties;
import dev.kennel.server.HttpExchange;
import dev.kennel.server.MemoryPermits;
import dev.kennel.server.VirtualThreads;
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

	private final CallerTokens tokens;

	private final ScheduledExecutorService timer = newTimer();

	private final GraphQlWebSocket.Environment environment;

	GraphQlWebSockets(OperationHandler handler, OpenStreams streams, CallerTokens tokens, StreamProperties properties) {
		this.handler = handler;
		this.tokens = tokens;
		ThreadFactory threads = VirtualThreads.factory("websocket-");
		this.environment = new GraphQlWebSocket.Environment(this::run, streams, tokens, properties, this.timer,
				(task) -> threads.newThread(task).start(), MemoryPermits.ofHeap(16));
	}

	/** Creates a timer that keeps no cancelled task, and with it no connection. */
	static ScheduledThreadPoolExecutor newTimer() {
		ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1,
				Thread.ofPlatform().daemon().name("websockets").factory());
		timer.setRemoveOnCancelPolicy(true);
		return timer;
	}

	/**
	 * Opens a WebSocket, whose handshake has been answered.
	 * @param handshake what the handshake said
	 * @param peer the client
	 * @return the connection, which takes the client's messages; it may be closing
	 * already
	 */
	public GraphQlWebSocket open(WebSocketHandshake handshake, WebSocketPeer peer) {
		GraphQlWebSocket connection = new GraphQlWebSocket(this.environment, handshake, peer);
		connection.open();
		return connection;
	}

	private WebGraphQlResponse run(WebSocketOperation operation, WebSocketHandshake handshake) {
		OpenStream stream = operation.stream();
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
		MDC.put(HttpExchange.REQUEST_ID_KEY, operation.requestId());
		try {
			return this.handler.run(request);
		}
		finally {
			MDC.remove(HttpExchange.REQUEST_ID_KEY);
		}
	}

	@Override
	public void close() {
		this.timer.shutdownNow();
	}

}
