package dev.kennel.database;

import java.util.List;

/** Has figures that the store has to be asked for. {@link DatabaseSampler} finds it. */
@FunctionalInterface
public interface DatabaseSampleSource {

	/**
	 * Returns what there is to ask for.
	 * @return the samples
	 */
	List<DatabaseSample> samples();

}
