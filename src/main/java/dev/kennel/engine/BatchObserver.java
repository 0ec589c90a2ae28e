package dev.kennel.engine;

/**
 * Observes the batches of {@link BatchLoader}s. The application puts an instance into the
 * {@code GraphQLContext} under this class.
 */
public interface BatchObserver {

	/**
	 * Called before a batch is loaded.
	 * @param keys the number of keys in the batch
	 */
	void onBatch(int keys);

}
