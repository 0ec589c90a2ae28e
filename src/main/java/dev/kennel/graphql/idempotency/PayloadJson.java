package dev.kennel.graphql.idempotency;

import java.lang.reflect.Type;
import java.util.List;

import dev.kennel.identity.NodeId;
import dev.kennel.secret.Sha256;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/** The JSON of stored payloads, and the hashes of arguments. */
final class PayloadJson {

	private static final JsonMapper MAPPER = JsonMapper.builder()
		.enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
		.addModule(new SimpleModule().addSerializer(NodeId.class, new NodeIdSerializer())
			.addDeserializer(NodeId.class, new NodeIdDeserializer()))
		.build();

	private PayloadJson() {
	}

	static String write(Object payload) {
		return MAPPER.writeValueAsString(payload);
	}

	static Object read(String json, Type type) {
		return MAPPER.readValue(json, MAPPER.constructType(type));
	}

	/**
	 * Returns the hash of a field. Two fields have the same hash if and only if they have
	 * the same name and arguments, regardless of the order of members, and of literals or
	 * variables.
	 * @param argumentsJson the arguments, by {@link #write}
	 */
	static byte[] hash(String field, String argumentsJson) {
		return Sha256.hash(field + " " + argumentsJson);
	}

	/** Returns the hash of a request with one field: the same as of a list of it. */
	static byte[] hashOnly(String field, String argumentsJson) {
		return Sha256.hash("[[\"" + field + "\"," + argumentsJson + "]]");
	}

	/** Returns the hash of the fields of a request, in their order. */
	static byte[] hash(List<List<Object>> fields) {
		return Sha256.hash(MAPPER.writeValueAsString(fields));
	}

	private static final class NodeIdSerializer extends ValueSerializer<NodeId> {

		@Override
		public void serialize(NodeId id, JsonGenerator json, SerializationContext context) {
			json.writeString(id.toString());
		}

	}

	private static final class NodeIdDeserializer extends ValueDeserializer<NodeId> {

		@Override
		public NodeId deserialize(JsonParser json, DeserializationContext context) {
			return NodeId.parse(json.getString()).orElseThrow();
		}

	}

}
