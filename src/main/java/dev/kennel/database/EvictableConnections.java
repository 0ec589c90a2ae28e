package dev.kennel.database;

/** Connections outside of the pool that lead to the same server as the pool's. */
public interface EvictableConnections {

	/**
	 * Replaces the connections by new ones. Statements in flight are completed on the old
	 * ones. Does not block.
	 */
	void evict();

}
