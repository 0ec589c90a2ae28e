package dev.kennel.server;

/** Handles the WebSockets of a path. */
@FunctionalInterface
public interface WebSocketHandler {

	/**
	 * Called when a WebSocket is open.
	 * @param connection the connection to the client
	 * @return the listener for the client's messages
	 */
	Listener onOpen(WebSocketConnection connection);

	/** Receives the events of a WebSocket, on the event loop. */
	interface Listener {

		/**
		 * Called for a text message. The next message follows after
		 * {@link WebSocketConnection#requestNext}.
		 * @param text the message
		 */
		void onText(String text);

		/** Called for a binary message. */
		void onBinary();

		/** Called when the WebSocket is closed by either side. */
		void onClose();

	}

}
