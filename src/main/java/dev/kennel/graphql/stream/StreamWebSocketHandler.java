package dev.kennel.graphql.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeoutException;

import graphql.execution.preparsed.persisted.PersistedQuerySupport;
import jakarta.websocket.Session;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import org.springframework.graphql.server.WebGraphQlHandler;
import org.springframework.graphql.server.webmvc.GraphQlWebSocketHandler;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.converter.json.JacksonJsonHttpMessageConverter;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.adapter.NativeWebSocketSession;

/**
 * Spring GraphQL's handler of {@code graphql-transport-ws}, with bounds on what a client
 * may send and on how long it may take to read.
 */
class StreamWebSocketHandler extends GraphQlWebSocketHandler {

	private static final Logger logger = LoggerFactory.getLogger(StreamWebSocketHandler.class);

	/** How long Tomcat waits for the client to read. */
	private static final String SEND_TIMEOUT = "org.apache.tomcat.websocket.BLOCKING_SEND_TIMEOUT";

	private static final String SESSION = WindowedSession.class.getName();

	private static final String CONNECTION = StreamWebSocketHandler.class.getName();

	private static final String PROTOCOL = "graphql-transport-ws";

	private static final CloseStatus WRONG_PROTOCOL = new CloseStatus(4406, "Subprotocol not acceptable");

	private static final CloseStatus ID_IN_USE = new CloseStatus(4409, "Subscriber already exists");

	private static final CloseStatus INVALID_MESSAGE = new CloseStatus(4400, "Invalid message");

	/** Clients try again after it. */
	private static final CloseStatus OVERLOADED = new CloseStatus(1013, "Try again later");

	private final JsonMapper json;

	private final StreamProperties properties;

	private final OpenStreams streams;

	StreamWebSocketHandler(WebGraphQlHandler handler, JsonMapper json, StreamProperties properties,
			AllowedOrigins allowedOrigins, OpenStreams streams) {
		super(handler, converter(json), properties.connectionInitTimeout(), properties.heartbeat(),
				origins(allowedOrigins));
		this.json = json;
		this.properties = properties;
		this.streams = streams;
	}

	@Override
	public List<String> getSubProtocols() {
		return List.of(PROTOCOL);
	}

	@SuppressWarnings("unchecked")
	private static HttpMessageConverter<Object> converter(JsonMapper json) {
		return (HttpMessageConverter<Object>) (HttpMessageConverter<?>) new JacksonJsonHttpMessageConverter(json);
	}

	/** Clients that are no browser have no origin, and may in any case. */
	private static CorsConfiguration origins(AllowedOrigins allowedOrigins) {
		CorsConfiguration origins = new CorsConfiguration();
		origins.setAllowedOrigins(allowedOrigins.values());
		return origins;
	}

	/** The connection that an interceptor is asked about. */
	static WindowedSession session(Map<String, Object> attributes) {
		return (WindowedSession) Objects.requireNonNull(attributes.get(SESSION));
	}

	@Override
	public void afterConnectionEstablished(WebSocketSession session) {
		WindowedSession windowed = new WindowedSession(session);
		session.getAttributes().put(SESSION, windowed);
		session.setTextMessageSizeLimit(Math.toIntExact(this.properties.maxMessageSize().toBytes()));
		if (session instanceof NativeWebSocketSession nativeSession) {
			Session tomcat = nativeSession.getNativeSession(Session.class);
			if (tomcat != null) {
				tomcat.getUserProperties().put(SEND_TIMEOUT, this.properties.sendTimeout().toMillis());
			}
		}
		if (!PROTOCOL.equals(session.getAcceptedProtocol())) {
			windowed.closeQuietly(WRONG_PROTOCOL);
			return;
		}
		try {
			session.getAttributes()
				.put(CONNECTION, this.streams.openUnknown((reason) -> windowed.closeQuietly(reason.closeStatus())));
		}
		catch (StreamRefusedException ex) {
			windowed.closeQuietly(ex.reason().closeStatus());
			return;
		}
		super.afterConnectionEstablished(windowed);
	}

	/**
	 * A message that has nothing but the hash of a document: Spring GraphQL would not
	 * take it.
	 */
	private TextMessage withDocument(TextMessage message) {
		if (message.getPayload().contains("\"persistedQuery\"")
				&& this.json.readTree(message.getPayload()) instanceof ObjectNode object
				&& object.get("payload") instanceof ObjectNode payload
				&& payload.at("/extensions/persistedQuery").isObject()
				&& payload.path("query").asString("").isEmpty()) {
			payload.put("query", PersistedQuerySupport.PERSISTED_QUERY_MARKER);
			return new TextMessage(this.json.writeValueAsString(object));
		}
		return message;
	}

	@Override
	public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
		if (session.getAttributes().get(CONNECTION) instanceof OpenStream stream) {
			this.streams.close(stream);
		}
		super.afterConnectionClosed(session, status);
	}

	@Override
	protected void handleTextMessage(WebSocketSession session, TextMessage message) throws Exception {
		WindowedSession windowed = session(session.getAttributes());
		if (windowed.isClosing()) {
			return;
		}
		ClientMessage parsed = ClientMessage.parse(this.json, message.getPayload());
		if (parsed == null) {
			windowed.close(INVALID_MESSAGE);
			return;
		}
		switch (parsed.type()) {
			case SUBSCRIBE -> {
				if (!windowed.begin(parsed.id())) {
					windowed.close(ID_IN_USE);
					return;
				}
			}
			case COMPLETE -> windowed.end(parsed.id());
			case OTHER -> {
			}
		}
		try {
			super.handleTextMessage(windowed, withDocument(message));
		}
		catch (RuntimeException ex) {
			boolean overloaded = ex.getCause() instanceof TimeoutException;
			logger.debug("A message on a WebSocket can't be handled", ex);
			windowed.close(overloaded ? OVERLOADED : INVALID_MESSAGE);
		}
	}

}
