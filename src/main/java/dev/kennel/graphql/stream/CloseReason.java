package dev.kennel.graphql.stream;

import java.nio.charset.StandardCharsets;

/**
 * The close code and reason of a WebSocket.
 *
 * @param code the close code, which clients evaluate
 * @param text the human-readable reason, at most 123 bytes in UTF-8: a longer one is
 * truncated with an ellipsis
 * @see <a href= "https://www.rfc-editor.org/rfc/rfc6455#section-5.5">RFC 6455, section
 * 5.5</a>
 */
public record CloseReason(int code, String text) {

	/** A control frame has 125 bytes, of which the code takes two. */
	private static final int MAX_BYTES = 123;

	private static final String ELLIPSIS = "\u2026";

	public CloseReason {
		text = truncate(text);
	}

	/** An unpaired surrogate, which UTF-8 can't encode, becomes a question mark. */
	private static String truncate(String text) {
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
