package dev.kennel.graphql.websocket;

import java.util.function.Consumer;

import dev.kennel.graphql.stream.CloseReason;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of a WebSocket, as the server reaches it. None of the methods waits
 * for the client.
 */
interface WebSocketPeer {

	/**
	 * Sends a text message. It is called again only after {@code sent} has been.
	 * @param text the message
	 * @param sent is called once, on any thread and maybe before this returns: with null
	 * when the message has been written, or with what has kept it from that. A client
	 * that takes nothing for {@code kennel.streams.send-timeout} is such a failure.
	 */
	void send(String text, Consumer<@Nullable Throwable> sent);

	/**
	 * Closes the connection. It is not called while a message is being sent.
	 * @param reason what the client is told
	 */
	void close(CloseReason reason);

	/** Cuts the connection off: nothing can be sent any more. */
	void abort();

}
