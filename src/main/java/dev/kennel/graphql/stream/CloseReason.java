package dev.kennel.graphql.stream;

import java.nio.charset.StandardCharsets;

/**
 * What a WebSocket is closed with.
 *
 * @param code the code, by which programs decide what to do
 * @param text the reason for people, at most 123 bytes in UTF-8: a longer one is cut off
 * @see <a href= "https://www.rfc-editor.org/rfc/rfc6455#section-5.5">RFC 6455, section
 * 5.5</a>
 */
public record CloseReason(int code, String text) {

	/** Of a control frame's 125 bytes, the code takes two. */
	private static final int MAX_BYTES = 123;

	public CloseReason {
		text = fitting(text);
	}

	/** A surrogate without its other half becomes a question mark, as UTF-8 has none. */
	private static String fitting(String text) {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		int length = Math.min(bytes.length, MAX_BYTES);
		while (length > 0 && length < bytes.length && (bytes[length] & 0xc0) == 0x80) {
			length--;
		}
		return new String(bytes, 0, length, StandardCharsets.UTF_8);
	}

}
