package dev.kennel.graphql.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;

/**
 * A strict parser for JSON sent by clients. Rejects other encodings than UTF-8, trailing
 * content, duplicate names in an object, and excessive nesting and numbers: input that
 * two parsers may interpret differently.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8259">RFC 8259</a>
 */
public final class StrictJson {

	/** A separate factory: Jackson settings must not change the protocol. */
	private static final JsonFactory FACTORY = new JsonFactory();

	private StrictJson() {
	}

	/**
	 * Parses JSON.
	 * @param json the JSON in UTF-8; a byte order mark is skipped
	 * @return a map, list, string, number, boolean or null
	 * @throws BadRequestException if the JSON is invalid
	 */
	static @Nullable Object read(byte[] json) {
		if (isUtf16Or32(json) || hasIllFormedSequence(json)) {
			throw BadRequestException.of("The JSON has to be in UTF-8.");
		}
		try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), json)) {
			return readAll(parser);
		}
		catch (JacksonException ex) {
			throw invalidJson(ex);
		}
	}

	/**
	 * Parses JSON.
	 * @param json the JSON
	 * @return a map, list, string, number, boolean or null
	 * @throws BadRequestException if the JSON is invalid
	 */
	public static @Nullable Object read(String json) {
		try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), json)) {
			return readAll(parser);
		}
		catch (JacksonException ex) {
			throw invalidJson(ex);
		}
	}

	/** Jackson would detect these encodings, which other parsers reject. */
	private static boolean isUtf16Or32(byte[] json) {
		return json.length >= 2 && (json[0] == 0 || json[1] == 0 || json[0] == (byte) 0xfe || json[0] == (byte) 0xff);
	}

	/**
	 * Jackson accepts overlong encodings, which can bypass the checks of other parsers,
	 * and code points beyond U+10FFFF.
	 * @see <a href="https://www.rfc-editor.org/rfc/rfc3629#section-10">RFC 3629, section
	 * 10</a>
	 */
	private static boolean hasIllFormedSequence(byte[] json) {
		for (int i = 0; i < json.length; i++) {
			int first = json[i] & 0xff;
			if (first < 0xc0) {
				continue;
			}
			int second = (i + 1 < json.length) ? json[i + 1] & 0xff : 0;
			if (first < 0xc2 || first > 0xf4 || (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90)
					|| (first == 0xf4 && second > 0x8f)) {
				return true;
			}
		}
		return false;
	}

	/** Jackson's own messages contain class names. */
	private static BadRequestException invalidJson(JacksonException ex) {
		TokenStreamLocation location = ex.getLocation();
		return BadRequestException.of("The JSON is malformed" + ((location != null && location.getLineNr() > 0)
				? ": line " + location.getLineNr() + ", column " + location.getColumnNr() + "." : "."));
	}

	private static @Nullable Object readAll(JsonParser parser) {
		JsonToken first = parser.nextToken();
		if (first == null) {
			throw BadRequestException.of("The body is empty.");
		}
		Object value = value(parser, first);
		if (parser.nextToken() != null) {
			throw BadRequestException.of("There is content after the JSON value.");
		}
		return value;
	}

	/** Recursion is bounded by the parser's maximum depth of 500. */
	private static @Nullable Object value(JsonParser parser, @Nullable JsonToken token) {
		return switch (token) {
			case START_OBJECT -> object(parser);
			case START_ARRAY -> array(parser);
			case VALUE_STRING -> parser.getString();
			case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getNumberValue();
			case VALUE_TRUE -> true;
			case VALUE_FALSE -> false;
			case VALUE_NULL -> null;
			case null, default -> throw BadRequestException.of("The JSON ends unexpectedly.");
		};
	}

	private static Map<String, @Nullable Object> object(JsonParser parser) {
		Map<String, @Nullable Object> object = new LinkedHashMap<>();
		for (String name = parser.nextName(); name != null; name = parser.nextName()) {
			int size = object.size();
			object.put(name, value(parser, parser.nextToken()));
			if (object.size() == size) {
				throw BadRequestException.of("A JSON object has a duplicate name.");
			}
		}
		return object;
	}

	private static List<@Nullable Object> array(JsonParser parser) {
		List<@Nullable Object> array = new ArrayList<>();
		for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
			array.add(value(parser, token));
		}
		return array;
	}

}
