package dev.kennel.server;

/** Handles the WebSockets of a path. */
@FunctionalInterface
public interface WebSocketHandler {

	/**
	 * A WebSocket is open.
	 * @param connection sends to the client
	 * @return is told of what the client sends
	 */
	Listener onOpen(WebSocketConnection connection);

	/** Is told, on the event loop, of what happens on a WebSocket. */
	interface Listener {

		/**
		 * A message has come. The next one comes after
		 * {@link WebSocketConnection#requestNext}.
		 * @param text the message
		 */
		void onText(String text);

		/** A message has come that is no text. */
		void onBinary();

		/** The WebSocket is closed, by either side. */
		void onClose();

	}

}
