package dev.kennel.engine;

import java.util.concurrent.CompletableFuture;

/**
 * Something that a level has asked for. It is loaded with the rest of the level: all is
 * started before any of it is waited for.
 */
public interface PendingLoad {

	/**
	 * Starts to load. What blocks is loaded here, what does not comes later.
	 * @return completed when it is loaded, in whatever way
	 */
	CompletableFuture<?> start();

	/** Hands out what was loaded, or why it was not, to those that have asked. */
	void finish();

}
