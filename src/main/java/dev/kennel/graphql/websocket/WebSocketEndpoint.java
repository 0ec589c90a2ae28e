package dev.kennel.graphql.websocket;

import java.net.URI;
import java.util.function.Consumer;
import java.util.List;
import java.util.regex.Pattern;

import dev.kennel.graphql.CallerAuthentication;
import dev.kennel.graphql.stream.AllowedOrigins;
import dev.kennel.graphql.stream.CallerTokens;
import dev.kennel.graphql.stream.CloseReason;
import dev.kennel.graphql.stream.StreamProperties;
import dev.kennel.server.HeaderList;
import dev.kennel.server.HttpExchange;
import dev.kennel.server.RequestHandler;
import dev.kennel.server.WebSocketConnection;
import dev.kennel.server.WebSocketHandler;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;

/**
 * Carries WebSockets over the server: handshakes, and messages on the connection's event
 * loop.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6455#section-4.2">RFC 6455, section
 * 4.2</a>
 */
class WebSocketEndpoint implements RequestHandler {

	private static final Pattern KEY = Pattern.compile("[A-Za-z0-9+/]{22}==");

	private static final URI ENDPOINT = URI.create("/graphql");

	/** What operations get to know of the headers of the handshake. */
	private static final List<String> HEADERS_OF_OPERATIONS = List.of(HttpHeaders.USER_AGENT,
			"apollographql-client-name", "apollographql-client-version", "graphql-client-name",
			"graphql-client-version");

	private final GraphQlWebSockets webSockets;

	private final CallerTokens tokens;

	private final StreamProperties properties;

	private final AllowedOrigins allowedOrigins;

	WebSocketEndpoint(GraphQlWebSockets webSockets, CallerTokens tokens, StreamProperties properties,
			AllowedOrigins allowedOrigins) {
		this.webSockets = webSockets;
		this.tokens = tokens;
		this.properties = properties;
		this.allowedOrigins = allowedOrigins;
	}

	@Override
	public void handle(HttpExchange exchange) {
		String key = exchange.header("Sec-WebSocket-Key");
		String origin = exchange.header(HttpHeaders.ORIGIN);
		if (!"13".equals(exchange.header("Sec-WebSocket-Version")) || key == null || !KEY.matcher(key).matches()) {
			exchange.refuse(HttpStatus.BAD_REQUEST.value());
		}
		else if (origin != null && !this.allowedOrigins.contains(origin, exchange.header(HttpHeaders.HOST))) {
			// Clients that are no browser have none, and may in any case.
			exchange.refuse(HttpStatus.FORBIDDEN.value());
		}
		else {
			CallerAuthentication authentication = this.tokens.authenticate(exchange);
			String subprotocol = offers(exchange) ? GraphQlWebSockets.PROTOCOL : null;
			WebSocketHandshake handshake = new WebSocketHandshake(ENDPOINT, headers(exchange), exchange.remoteAddress(),
					subprotocol, authentication);
			exchange.openWebSocket(subprotocol, Math.toIntExact(this.properties.maxMessageSize().toBytes()),
					this.properties.sendTimeout(),
					(connection) -> new Messages(connection, this.webSockets.open(handshake, new Peer(connection))));
		}
	}

	private static boolean offers(HttpExchange exchange) {
		return HeaderList.elements(exchange.headers("Sec-WebSocket-Protocol")).contains(GraphQlWebSockets.PROTOCOL);
	}

	/** What operations get to know of it. */
	private static HttpHeaders headers(HttpExchange exchange) {
		HttpHeaders headers = new HttpHeaders();
		for (String name : HEADERS_OF_OPERATIONS) {
			exchange.headers(name).forEach((value) -> headers.add(name, value));
		}
		return headers;
	}

	/** What the client sends. */
	private record Messages(WebSocketConnection connection,
			GraphQlWebSocket webSocket) implements WebSocketHandler.Listener {

		@Override
		public void onText(String text) {
			this.webSocket.receive(text);
			this.connection.requestNext();
		}

		@Override
		public void onBinary() {
			this.connection.close(1003, "Only text is taken");
		}

		@Override
		public void onClose() {
			this.webSocket.closed();
		}

	}

	/** The client of a connection. */
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
