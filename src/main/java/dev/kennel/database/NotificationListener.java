package dev.kennel.database;

/**
 * Is told what instances publish on a channel. It runs on the one thread that listens for
 * all channels, so it returns quickly, and hands over what takes long.
 */
@FunctionalInterface
public interface NotificationListener {

	/**
	 * Something was published, by another instance or by this one. Several equal payloads
	 * in a row may be told once.
	 * @param payload what was published
	 */
	void notified(String payload);

	/**
	 * NotificationChannel arrive from now on: after the start, and after each interruption.
	 * What was published before has been missed, and has to be looked up.
	 */
	default void connected() {
	}

}
