package dev.kennel.graphql.websocket;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

import dev.kennel.graphql.stream.CloseReason;
import dev.kennel.graphql.stream.HandshakeCaller;
import dev.kennel.graphql.stream.StreamProperties;
import jakarta.websocket.Session;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.SubProtocolCapable;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.adapter.NativeWebSocketSession;
import org.springframework.web.socket.handler.TextWebSocketHandler;

/**
 * Carries WebSockets over the servlet container. It writes on threads of its own: an
 * interrupted write would cut the connection off in the midst of a message.
 */
class ServletWebSocketHandler extends TextWebSocketHandler implements SubProtocolCapable {

	private static final Logger logger = LoggerFactory.getLogger(ServletWebSocketHandler.class);

	/** How long Tomcat waits for the client to read. */
	private static final String SEND_TIMEOUT = "org.apache.tomcat.websocket.BLOCKING_SEND_TIMEOUT";

	private static final String CONNECTION = GraphQlWebSocket.class.getName();

	private final GraphQlWebSockets webSockets;

	private final StreamProperties properties;

	ServletWebSocketHandler(GraphQlWebSockets webSockets, StreamProperties properties) {
		this.webSockets = webSockets;
		this.properties = properties;
	}

	@Override
	public List<String> getSubProtocols() {
		return List.of(GraphQlWebSockets.PROTOCOL);
	}

	@Override
	public void afterConnectionEstablished(WebSocketSession session) {
		session.setTextMessageSizeLimit(Math.toIntExact(this.properties.maxMessageSize().toBytes()));
		if (session instanceof NativeWebSocketSession nativeSession) {
			Session tomcat = nativeSession.getNativeSession(Session.class);
			if (tomcat != null) {
				tomcat.getUserProperties().put(SEND_TIMEOUT, this.properties.sendTimeout().toMillis());
			}
		}
		WebSocketHandshake handshake = new WebSocketHandshake(Objects.requireNonNull(session.getUri()),
				session.getHandshakeHeaders(), session.getRemoteAddress(), session.getAcceptedProtocol(),
				HandshakeCaller.find(session.getAttributes()));
		session.getAttributes().put(CONNECTION, this.webSockets.open(handshake, new Peer(session)));
	}

	@Override
	protected void handleTextMessage(WebSocketSession session, TextMessage message) {
		if (session.getAttributes().get(CONNECTION) instanceof GraphQlWebSocket connection) {
			connection.receive(message.getPayload());
		}
	}

	@Override
	public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
		if (session.getAttributes().get(CONNECTION) instanceof GraphQlWebSocket connection) {
			connection.closed();
		}
	}

	/** The client of a session. */
	private record Peer(WebSocketSession session) implements WebSocketPeer {

		@Override
		public void send(String text, Consumer<@Nullable Throwable> sent) {
			write(() -> this.session.sendMessage(new TextMessage(text)), sent);
		}

		@Override
		public void close(CloseReason reason) {
			write(() -> this.session.close(new CloseStatus(reason.code(), reason.text())), Peer::log);
		}

		@Override
		public void abort() {
			write(() -> this.session.close(CloseStatus.SESSION_NOT_RELIABLE), Peer::log);
		}

		private static void log(@Nullable Throwable failure) {
			if (failure != null) {
				logger.debug("A WebSocket could not be closed", failure);
			}
		}

		private static void write(Write write, Consumer<@Nullable Throwable> written) {
			Thread.ofVirtual().inheritInheritableThreadLocals(false).name("websocket-write").start(() -> {
				Throwable failure = null;
				try {
					write.run();
				}
				catch (IOException | RuntimeException | Error ex) {
					failure = ex;
				}
				written.accept(failure);
			});
		}

	}

	/** Something that is written to the connection. */
	@FunctionalInterface
	private interface Write {

		void run() throws IOException;

	}

}
