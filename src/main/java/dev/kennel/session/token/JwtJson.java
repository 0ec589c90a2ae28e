package dev.kennel.session.token;

import java.io.OutputStream;
import java.io.Reader;
import java.util.Map;

import io.jsonwebtoken.io.DeserializationException;
import io.jsonwebtoken.io.Deserializer;
import io.jsonwebtoken.io.SerializationException;
import io.jsonwebtoken.io.Serializer;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * Adapts the application's Jackson to jjwt, whose own module requires an older version.
 */
final class JwtJson {

	private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {
	};

	private static final JsonMapper MAPPER = JsonMapper.builder()
		.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
		.build();

	static final Serializer<Map<String, ?>> SERIALIZER = new Serializer<>() {

		@Override
		@Deprecated
		public byte[] serialize(Map<String, ?> object) {
			return MAPPER.writeValueAsBytes(object);
		}

		@Override
		public void serialize(Map<String, ?> object, OutputStream out) {
			try {
				MAPPER.writeValue(out, object);
			}
			catch (JacksonException ex) {
				throw new SerializationException("Not JSON", ex);
			}
		}

	};

	static final Deserializer<Map<String, ?>> DESERIALIZER = new Deserializer<>() {

		@Override
		@Deprecated
		public Map<String, ?> deserialize(byte[] bytes) {
			try {
				return MAPPER.readValue(bytes, OBJECT);
			}
			catch (JacksonException ex) {
				throw new DeserializationException("Not JSON", ex);
			}
		}

		@Override
		public Map<String, ?> deserialize(Reader reader) {
			try {
				return MAPPER.readValue(reader, OBJECT);
			}
			catch (JacksonException ex) {
				throw new DeserializationException("Not JSON", ex);
			}
		}

	};

	private JwtJson() {
	}

}
