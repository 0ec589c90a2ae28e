package dev.kennel.graphql.websocket;

import java.util.Map;

import dev.kennel.graphql.http.BadRequestException;
import dev.kennel.graphql.http.StrictJson;
import org.jspecify.annotations.Nullable;

/**
 * A message that a client sends over a WebSocket.
 *
 * @see <a href=
 * "https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md#message-types">GraphQL
 * over WebSocket, message types</a>
 */
sealed interface ClientMessage {

	/**
	 * The maximum length of an operation's id, in UTF-16 characters: each message of the
	 * operation repeats it. Clients use numbers or UUIDs.
	 */
	int MAX_ID_LENGTH = 255;

	/**
	 * Initializes the connection.
	 *
	 * @param payload the connection parameters, possibly empty
	 */
	record ConnectionInit(Map<?, ?> payload) implements ClientMessage {
	}

	/** Requests a pong. */
	record Ping() implements ClientMessage {
	}

	/** Responds to a ping, or is a unidirectional heartbeat. */
	record Pong() implements ClientMessage {
	}

	/**
	 * Starts an operation.
	 *
	 * @param id the id of the operation, 1 to {@value #MAX_ID_LENGTH} characters
	 * @param payload the members of the request, not validated yet
	 */
	record Subscribe(String id, Map<?, ?> payload) implements ClientMessage {
	}

	/**
	 * Cancels an operation.
	 *
	 * @param id the id of the operation
	 */
	record Complete(String id) implements ClientMessage {
	}

	/**
	 * Parses a message, as strictly as the body of an HTTP request.
	 * @param json the message
	 * @return the parsed message
	 * @throws BadRequestException if it is not a message of the protocol
	 */
	static ClientMessage parse(String json) {
		if (!(StrictJson.read(json) instanceof Map<?, ?> message)) {
			throw BadRequestException.of("It has to be a JSON object.");
		}
		String type = (message.get("type") instanceof String text) ? text : "";
		return switch (type) {
			case "connection_init" -> new ConnectionInit(optionalPayload(message));
			case "ping" -> {
				optionalPayload(message);
				yield new Ping();
			}
			case "pong" -> {
				optionalPayload(message);
				yield new Pong();
			}
			case "subscribe" -> new Subscribe(id(message), payload(message));
			case "complete" -> new Complete(id(message));
			default -> throw BadRequestException.of("Its type is unknown.");
		};
	}

	private static String id(Map<?, ?> message) {
		if (message.get("id") instanceof String id && !id.isEmpty() && id.length() <= MAX_ID_LENGTH) {
			return id;
		}
		throw BadRequestException.of("Its id has to be a string of 1 to " + MAX_ID_LENGTH + " characters.");
	}

	private static Map<?, ?> optionalPayload(Map<?, ?> message) {
		return (message.get("payload") != null) ? payload(message) : Map.of();
	}

	private static Map<?, ?> payload(Map<?, ?> message) {
		Object payload = message.get("payload");
		if (payload instanceof Map<?, ?> members) {
			return members;
		}
		throw BadRequestException.of("Its payload has to be an object.");
	}

}
