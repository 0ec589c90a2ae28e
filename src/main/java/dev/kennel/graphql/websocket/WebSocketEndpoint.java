package dev.kennel.graphql.websocket;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.kennel.concurrency.VirtualThreads;
import dev.kennel.engine.IncrementalResult;
import dev.kennel.engine.incremental.IncrementalFormat;
import dev.kennel.error.ErrorReason;
import dev.kennel.graphql.http.GraphQlEndpoint;
import dev.kennel.graphql.http.GraphQlRequestParameters;
import dev.kennel.graphql.operation.OperationContext;
import dev.kennel.graphql.operation.OperationHandler;
import dev.kennel.graphql.stream.CloseReason;
import dev.kennel.graphql.stream.OpenStream;
import dev.kennel.graphql.stream.StreamProperties;
import dev.kennel.graphql.stream.StreamRegistry;
import dev.kennel.graphql.stream.StreamTimer;
import dev.kennel.graphql.usage.ClientName;
import dev.kennel.identity.Caller;
import dev.kennel.identity.CallerAuthentication;
import dev.kennel.identity.RequestAuthenticator;
import dev.kennel.server.HttpExchange;
import dev.kennel.server.RequestHandler;
import dev.kennel.server.WebSocketConnection;
import dev.kennel.server.WebSocketHandler;
import dev.kennel.server.header.HeaderList;
import dev.kennel.server.limit.MemoryPermits;
import dev.kennel.web.AllowedOrigins;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

import org.springframework.graphql.server.WebGraphQlResponse;
import org.springframework.graphql.server.WebSocketGraphQlRequest;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/**
 * The WebSocket endpoint: validates handshakes, and connects {@link GraphQlWebSocket} to
 * the server. Messages are handled on the connection's event loop.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6455#section-4.2">RFC 6455, section
 * 4.2</a>
 */
@Component("graphQlWebSocket")
class WebSocketEndpoint implements RequestHandler, AutoCloseable {

	private static final Pattern KEY = Pattern.compile("[A-Za-z0-9+/]{22}==");

	private static final URI ENDPOINT = URI.create(GraphQlEndpoint.PATH);

	/** The handshake headers that are passed to operations. */
	private static final List<String> OPERATION_HEADERS = Stream
		.concat(Stream.of(HttpHeaders.USER_AGENT, "traceparent", "tracestate"), ClientName.HEADERS.stream())
		.toList();

	private final OperationHandler handler;

	private final RequestAuthenticator authenticator;

	private final StreamProperties properties;

	private final AllowedOrigins allowedOrigins;

	private final ScheduledExecutorService timer = StreamTimer.create("websockets");

	private final GraphQlWebSocket.Environment environment;

	WebSocketEndpoint(OperationHandler handler, StreamRegistry streams, RequestAuthenticator authenticator,
			StreamProperties properties, AllowedOrigins allowedOrigins) {
		this.handler = handler;
		this.authenticator = authenticator;
		this.properties = properties;
		this.allowedOrigins = allowedOrigins;
		ThreadFactory threads = VirtualThreads.factory("websocket-");
		this.environment = new GraphQlWebSocket.Environment(this::execute, streams, authenticator, properties,
				this.timer, (task) -> threads.newThread(task).start(), MemoryPermits.ofHeap(16));
	}

	@Override
	public void handle(HttpExchange exchange) {
		String key = exchange.header("Sec-WebSocket-Key");
		String origin = exchange.header(HttpHeaders.ORIGIN);
		if (!"13".equals(exchange.header("Sec-WebSocket-Version")) || key == null || !KEY.matcher(key).matches()) {
			exchange.respondError(HttpStatus.BAD_REQUEST.value());
		}
		else if (origin != null && !this.allowedOrigins.contains(origin, exchange.header(HttpHeaders.HOST))) {
			// Only browsers send an origin. Other clients are not restricted.
			exchange.respondError(HttpStatus.FORBIDDEN.value());
		}
		else {
			CallerAuthentication authentication = this.authenticator.authenticate(exchange);
			String subprotocol = offersProtocol(exchange) ? GraphQlWebSocket.PROTOCOL : null;
			WebSocketHandshake handshake = new WebSocketHandshake(ENDPOINT, headers(exchange), exchange.remoteAddress(),
					subprotocol, authentication);
			exchange.openWebSocket(subprotocol, Math.toIntExact(this.properties.maxMessageSize().toBytes()),
					this.properties.sendTimeout(), (connection) -> open(connection, handshake));
		}
	}

	private MessageListener open(WebSocketConnection connection, WebSocketHandshake handshake) {
		GraphQlWebSocket webSocket = new GraphQlWebSocket(this.environment, handshake, new Peer(connection));
		webSocket.open();
		return new MessageListener(connection, webSocket);
	}

	private WebGraphQlResponse execute(WebSocketOperation operation, WebSocketHandshake handshake) {
		OpenStream stream = operation.stream();
		GraphQlRequestParameters parameters = operation.parameters();
		WebSocketGraphQlRequest request = new WebSocketGraphQlRequest(handshake.uri(), handshake.headers(), null,
				handshake.remoteAddress(), Map.of(), parameters.toMap(), operation.requestId(), Locale.ENGLISH,
				handshake);
		parameters.configure(request);
		request.configureExecutionInput((input, builder) -> {
			Caller caller = Objects.requireNonNull(stream.caller());
			// Operations may still arrive after the session has been revoked.
			OperationContext context = OperationContext.of(input);
			context.setAuthentication(this.authenticator.isRevoked(caller)
					? CallerAuthentication.refused(ErrorReason.SESSION_ENDED) : CallerAuthentication.of(caller));
			context.setStream(stream);
			IncrementalFormat format = operation.format();
			if (format != null) {
				format.putInto(input.getGraphQLContext());
			}
			operation.begin(input);
			return input;
		});
		MDC.put(HttpExchange.REQUEST_ID_KEY, operation.requestId());
		try {
			WebGraphQlResponse response = this.handler.run(request);
			IncrementalResult rest = IncrementalResult.find(response.getExecutionInput().getGraphQLContext());
			if (rest != null) {
				this.handler.deliver(request, response, rest, operation);
			}
			return response;
		}
		finally {
			MDC.remove(HttpExchange.REQUEST_ID_KEY);
		}
	}

	@Override
	public void close() {
		this.timer.shutdownNow();
	}

	private static boolean offersProtocol(HttpExchange exchange) {
		return HeaderList.elements(exchange.headers("Sec-WebSocket-Protocol")).contains(GraphQlWebSocket.PROTOCOL);
	}

	private static HttpHeaders headers(HttpExchange exchange) {
		HttpHeaders headers = new HttpHeaders();
		for (String name : OPERATION_HEADERS) {
			exchange.headers(name).forEach((value) -> headers.add(name, value));
		}
		return headers;
	}

	/** Receives the client's messages. */
	private record MessageListener(WebSocketConnection connection,
			GraphQlWebSocket webSocket) implements WebSocketHandler.Listener {

		@Override
		public void onText(String text) {
			this.webSocket.receive(text);
			this.connection.requestNext();
		}

		@Override
		public void onBinary() {
			this.connection.close(CloseReason.BINARY_MESSAGE.code(), CloseReason.BINARY_MESSAGE.text());
		}

		@Override
		public void onClose() {
			this.webSocket.closed();
		}

	}

	/** Sends to the client of a connection. */
	private record Peer(WebSocketConnection connection) implements WebSocketPeer {

		@Override
		public void send(String text, Consumer<@Nullable Throwable> sent) {
			this.connection.send(text, sent);
		}

		@Override
		public void close(CloseReason reason) {
			this.connection.close(reason.code(), reason.text());
		}

		@Override
		public void abort() {
			this.connection.abort();
		}

	}

}
