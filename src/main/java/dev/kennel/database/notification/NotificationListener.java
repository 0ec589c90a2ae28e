package dev.kennel.database.notification;

import java.util.Set;

/**
 * Receives the notifications of a channel. It is called on the one thread that listens on
 * all channels, so it returns quickly, and hands long work to another thread.
 */
@FunctionalInterface
public interface NotificationListener {

	/**
	 * Called with a payload that another instance or this one has published. Equal
	 * payloads in a row may be delivered once.
	 * @param payload the payload
	 */
	void notified(String payload);

	/**
	 * Called when notifications arrive from now on: after the start, after the listener
	 * was added, and after each interruption. Earlier notifications were missed, and what
	 * they announced has to be read from the database.
	 * @param channels the channels of the listener on which they arrive from now on
	 */
	default void connected(Set<String> channels) {
	}

}
