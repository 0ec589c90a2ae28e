package dev.kennel.graphql.stream;

import java.nio.charset.StandardCharsets;

/**
 * What a WebSocket is closed with.
 *
 * @param code the code, by which programs decide what to do
 * @param text the reason for people, at most 123 bytes in UTF-8: a longer one is cut off,
 * and ends with an ellipsis
 * @see <a href= "https://www.rfc-editor.org/rfc/rfc6455#section-5.5">RFC 6455, section
 * 5.5</a>
 */
public record CloseReason(int code, String text) {

	/** Of a control frame's 125 bytes, the code takes two. */
	private static final int MAX_BYTES = 123;

	private static final String ELLIPSIS = "\u2026";

	public CloseReason {
		text = fitting(text);
	}

	/** A surrogate without its other half becomes a question mark, as UTF-8 has none. */
	private static String fitting(String text) {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		if (bytes.length <= MAX_BYTES) {
			return new String(bytes, StandardCharsets.UTF_8);
		}
		int length = MAX_BYTES - ELLIPSIS.getBytes(StandardCharsets.UTF_8).length;
		while ((bytes[length] & 0xc0) == 0x80) {
			length--;
		}
		return new String(bytes, 0, length, StandardCharsets.UTF_8) + ELLIPSIS;
	}

}
