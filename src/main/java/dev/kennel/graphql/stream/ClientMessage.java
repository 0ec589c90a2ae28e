package dev.kennel.graphql.stream;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A message of a client on a WebSocket, as far as it decides about the connection.
 *
 * @param type what it is about
 * @param id of which operation
 * @see <a href=
 * "https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md#message-types">GraphQL
 * over WebSocket, message types</a>
 */
record ClientMessage(Type type, String id) {

	/** What a message is about. */
	enum Type {

		/** An operation is to be run. */
		SUBSCRIBE,

		/** An operation is not wanted any longer. */
		COMPLETE,

		/** Anything else: there is no operation. */
		OTHER

	}

	/**
	 * Reads a message.
	 * @return the message, or null if it is none of the protocol: an operation has an id,
	 * which is a string and not empty
	 */
	static @Nullable ClientMessage parse(JsonMapper json, String text) {
		JsonNode message;
		try {
			message = json.readTree(text);
		}
		catch (JacksonException ex) {
			return null;
		}
		Type type = switch (message.path("type").asString("")) {
			case "subscribe" -> Type.SUBSCRIBE;
			case "complete" -> Type.COMPLETE;
			default -> Type.OTHER;
		};
		JsonNode id = message.path("id");
		String value = id.isString() ? id.asString() : "";
		if (!message.isObject() || (type != Type.OTHER && value.isEmpty())) {
			return null;
		}
		return new ClientMessage(type, value);
	}

}
