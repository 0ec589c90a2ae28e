package dev.kennel.engine.loader;

import graphql.schema.DataFetchingEnvironment;

/** The environment of a data fetcher that is called together with its whole level. */
public interface LevelEnvironment extends DataFetchingEnvironment {

	/**
	 * Schedules a load for when all data fetchers of the level have been called, or
	 * starts it at once if they have been.
	 * @param load the load; the level awaits the futures that it completes
	 */
	void afterCalls(PendingLoad load);

}
