package dev.kennel.engine;

import graphql.schema.DataFetchingEnvironment;

/** A field that is called together with all others of its level. */
public interface LevelEnvironment extends DataFetchingEnvironment {

	/**
	 * Loads something once all fields of the level have been called, or at once if they
	 * have been.
	 * @param load what to do; the level waits for the futures that this completes
	 */
	void afterCalls(PendingLoad load);

}
