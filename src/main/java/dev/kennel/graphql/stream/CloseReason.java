package dev.kennel.graphql.stream;

import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

/**
 * The close code and reason of a WebSocket.
 *
 * @param code the close code, which clients evaluate
 * @param text the human-readable reason, at most 123 bytes in UTF-8: a longer one is
 * truncated with an ellipsis
 * @see <a href= "https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md">GraphQL
 * over WebSocket</a>
 * @see <a href= "https://www.rfc-editor.org/rfc/rfc6455#section-5.5">RFC 6455, section
 * 5.5</a>
 */
public record CloseReason(int code, String text) {

	/** The handshake did not offer the subprotocol. */
	public static final CloseReason SUBPROTOCOL_NOT_ACCEPTABLE = new CloseReason(4406, "Subprotocol not acceptable");

	/** The client has sent no {@code connection_init} in time. */
	public static final CloseReason INITIALIZATION_TIMEOUT = new CloseReason(4408, "Connection initialisation timeout");

	/** The client has sent {@code connection_init} twice. */
	public static final CloseReason TOO_MANY_INITIALIZATIONS = new CloseReason(4429,
			"Too many initialisation requests");

	/** An operation was sent before {@code connection_init}. */
	public static final CloseReason UNAUTHORIZED = new CloseReason(4401, "Unauthorized");

	/** WebSockets of GraphQL have text messages only. */
	public static final CloseReason BINARY_MESSAGE = new CloseReason(1003, "Binary messages are not supported");

	/** A control frame has 125 bytes, of which the code takes two. */
	private static final int MAX_BYTES = 123;

	private static final String ELLIPSIS = "\u2026";

	public CloseReason {
		text = truncate(text);
	}

	/**
	 * Returns the reason for a message that the protocol does not have.
	 * @param fault what is wrong
	 * @return the reason
	 */
	public static CloseReason invalidMessage(@Nullable String fault) {
		return new CloseReason(4400, "Invalid message: " + fault);
	}

	/**
	 * Returns the reason for an operation with the id of one that has not ended.
	 * @param id the id
	 * @return the reason
	 */
	public static CloseReason subscriberExists(String id) {
		return new CloseReason(4409, "Subscriber for " + id + " already exists");
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
