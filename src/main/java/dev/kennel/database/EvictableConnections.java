package dev.kennel.database;

/** Connections outside of the pool that lead to the same server as the pool's. */
public interface EvictableConnections {

	/**
	 * Replaces the connections without statements in flight by new ones. Does not block.
	 */
	void evict();

}
