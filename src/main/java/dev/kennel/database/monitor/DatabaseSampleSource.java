package dev.kennel.database.monitor;

import java.util.List;

/**
 * A source of gauges that are read from the database, collected by
 * {@link DatabaseSampler}.
 */
@FunctionalInterface
public interface DatabaseSampleSource {

	/**
	 * Returns the samples.
	 * @return the samples
	 */
	List<DatabaseSample> samples();

}
