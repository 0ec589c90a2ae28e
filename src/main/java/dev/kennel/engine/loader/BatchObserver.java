package dev.kennel.engine.loader;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Observes the batches of {@link LevelBatchLoader}s. The application puts an instance
 * into the {@code GraphQLContext} under this class.
 */
public interface BatchObserver {

	/**
	 * Loads a batch. It is called on the thread that starts the batch.
	 * @param <V> the type of the values
	 * @param loader the name of the loader
	 * @param keys the number of keys in the batch
	 * @param load loads the batch, and is called once
	 * @return the future of the values, which fails if the batch does
	 */
	<V> CompletableFuture<V> load(String loader, int keys, Supplier<CompletableFuture<V>> load);

}
