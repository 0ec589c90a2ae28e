package dev.kennel.graphql.websocket;

import java.util.function.Consumer;

import dev.kennel.graphql.stream.CloseReason;
import org.jspecify.annotations.Nullable;

/**
 * Sends to the client of a WebSocket. No method blocks.
 */
interface WebSocketPeer {

	/**
	 * Sends a text message. Called again only after {@code sent} has been called.
	 * @param text the message
	 * @param sent called once, on any thread and possibly before this method returns:
	 * with null when the message has been written, or with the failure. A client that
	 * reads nothing for {@code kennel.streams.send-timeout} is a failure.
	 */
	void send(String text, Consumer<@Nullable Throwable> sent);

	/**
	 * Closes the connection. Not called while a message is being sent.
	 * @param reason the close reason
	 */
	void close(CloseReason reason);

	/** Aborts the connection without a close frame. */
	void abort();

}
