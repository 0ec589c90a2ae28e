package dev.kennel.graphql.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Parses the query component of a URL as {@code application/x-www-form-urlencoded}.
 * Stricter than the decoder of Netty, which replaces bytes that are no UTF-8.
 *
 * @see <a href="https://url.spec.whatwg.org/#urlencoded-parsing">URL Standard, section
 * 5.1</a>
 */
final class UrlQueryParameters {

	private UrlQueryParameters() {
	}

	/**
	 * Parses parameters.
	 * @param query the raw query component, or null
	 * @param names the names of the parameters; others are ignored
	 * @return the values that are not empty
	 * @throws BadRequestException if a parameter is repeated, or is not percent-encoded
	 * UTF-8
	 */
	static Map<String, String> read(@Nullable String query, Set<String> names) {
		Map<String, String> values = new HashMap<>();
		if (query == null) {
			return values;
		}
		Set<String> seen = new HashSet<>();
		int start = 0;
		while (start <= query.length()) {
			int ampersand = query.indexOf('&', start);
			int end = (ampersand < 0) ? query.length() : ampersand;
			int equals = query.indexOf('=', start);
			int nameEnd = (equals < 0 || equals > end) ? end : equals;
			String name = decode(query, start, nameEnd);
			if (names.contains(name)) {
				if (!seen.add(name)) {
					throw BadRequestException.illFormed("The parameter \"" + name + "\" is repeated.");
				}
				String value = decode(query, Math.min(nameEnd + 1, end), end);
				if (!value.isEmpty()) {
					values.put(name, value);
				}
			}
			start = end + 1;
		}
		return values;
	}

	private static String decode(String text, int start, int end) {
		byte[] bytes = new byte[end - start];
		int length = 0;
		for (int i = start; i < end; i++) {
			char c = text.charAt(i);
			if (c == '%') {
				if (i + 2 >= end || !HexFormat.isHexDigit(text.charAt(i + 1))
						|| !HexFormat.isHexDigit(text.charAt(i + 2))) {
					throw invalidEncoding();
				}
				bytes[length++] = (byte) HexFormat.fromHexDigits(text, i + 1, i + 3);
				i += 2;
			}
			else if (c < 0x80) {
				bytes[length++] = (byte) ((c == '+') ? ' ' : c);
			}
			else {
				throw invalidEncoding();
			}
		}
		try {
			return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, length)).toString();
		}
		catch (CharacterCodingException ex) {
			throw invalidEncoding();
		}
	}

	private static BadRequestException invalidEncoding() {
		return BadRequestException.of("The parameters of the URL have to be UTF-8 in percent encoding.");
	}

}
