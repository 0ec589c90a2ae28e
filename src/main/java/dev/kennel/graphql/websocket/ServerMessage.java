package dev.kennel.graphql.websocket;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import dev.kennel.engine.ResponseJson;
import graphql.GraphQLError;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Serializes the messages of the server, with exactly the members that the protocol
 * defines.
 *
 * @see <a href=
 * "https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md#message-types">GraphQL
 * over WebSocket, message types</a>
 */
final class ServerMessage {

	static final String CONNECTION_ACK = "{\"type\":\"connection_ack\"}";

	static final String PING = "{\"type\":\"ping\"}";

	static final String PONG = "{\"type\":\"pong\"}";

	/**
	 * An id may contain an unpaired surrogate, which only an escape sequence can
	 * represent.
	 */
	private static final JsonMapper JSON = JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

	private ServerMessage() {
	}

	static String next(String id, Map<String, ? extends @Nullable Object> result) {
		try (ResponseJson json = ResponseJson.of(result)) {
			return start(id, "next") + ",\"payload\":" + new String(json.toByteArray(), StandardCharsets.UTF_8) + "}";
		}
	}

	static String error(String id, List<? extends GraphQLError> errors) {
		return start(id, "error") + ",\"payload\":"
				+ JSON.writeValueAsString(errors.stream().map(GraphQLError::toSpecification).toList()) + "}";
	}

	static String complete(String id) {
		return start(id, "complete") + "}";
	}

	private static String start(String id, String type) {
		return "{\"id\":" + JSON.writeValueAsString(id) + ",\"type\":\"" + type + "\"";
	}

}
