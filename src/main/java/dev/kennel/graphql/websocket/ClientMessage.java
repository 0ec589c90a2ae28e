package dev.kennel.graphql.websocket;

import java.util.Map;

import dev.kennel.graphql.http.BadRequestException;
import dev.kennel.graphql.http.StrictJson;
import org.jspecify.annotations.Nullable;

/**
 * A message of a client on a WebSocket.
 *
 * @see <a href=
 * "https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md#message-types">GraphQL
 * over WebSocket, message types</a>
 */
sealed interface ClientMessage {

	/**
	 * The characters (UTF-16) of an operation's id, which each message about the
	 * operation repeats. Clients use numbers or UUIDs.
	 */
	int MAX_ID_LENGTH = 255;

	/**
	 * The client asks to be acknowledged.
	 *
	 * @param payload what it says of itself; empty if it says nothing
	 */
	record ConnectionInit(Map<?, ?> payload) implements ClientMessage {
	}

	/** The client asks for a pong. */
	record Ping() implements ClientMessage {
	}

	/** The client has got a ping, or tells that it is there. */
	record Pong() implements ClientMessage {
	}

	/**
	 * An operation is to be run.
	 *
	 * @param id what its messages have in common; 1 to {@value #MAX_ID_LENGTH} characters
	 * @param payload its members, which may be faulty
	 */
	record Subscribe(String id, Map<?, ?> payload) implements ClientMessage {
	}

	/**
	 * The result of an operation is not wanted any longer.
	 *
	 * @param id the operation's id
	 */
	record Complete(String id) implements ClientMessage {
	}

	/**
	 * Reads a message, as strictly as the body of an HTTP request.
	 * @param json the message
	 * @return what it says
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
