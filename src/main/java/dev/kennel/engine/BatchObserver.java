package dev.kennel.engine;

/**
 * Observes the batches of an operation, if it is in the operation's context under this
 * class.
 */
public interface BatchObserver {

	/**
	 * Called before a batch is loaded.
	 * @param keys the number of keys in the batch
	 */
	void onBatch(int keys);

}
