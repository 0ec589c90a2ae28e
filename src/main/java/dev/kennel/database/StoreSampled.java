package dev.kennel.database;

import java.util.List;

/** Has figures that the store has to be asked for. {@link StoreSampler} finds it. */
@FunctionalInterface
public interface StoreSampled {

	/**
	 * Returns what there is to ask for.
	 * @return the samples
	 */
	List<StoreSample> samples();

}
