package dev.kennel.engine.loader;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import graphql.GraphQLContext;
import graphql.schema.DataFetchingEnvironment;
import org.jspecify.annotations.Nullable;

/**
 * Loads values by key in batches: all keys that the fields of a level request are one
 * batch, without duplicates. A loader is stateless and shared by all operations, which
 * hold the batches and the loaded values. A {@code DataLoader} has one future for each
 * key instead, and is created for each operation.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public final class LevelBatchLoader<K, V extends @Nullable Object> {

	private final String name;

	private final AsyncBatch<K, V> batch;

	private LevelBatchLoader(String name, AsyncBatch<K, V> batch) {
		this.name = name;
		this.batch = batch;
	}

	/**
	 * Creates a non-blocking loader.
	 * @param <K> the type of the keys
	 * @param <V> the type of the values
	 * @param name the name of the loader in traces
	 * @param batch the function that loads a batch
	 * @return the loader
	 */
	public static <K, V extends @Nullable Object> LevelBatchLoader<K, V> async(String name, AsyncBatch<K, V> batch) {
		return new LevelBatchLoader<>(name, batch);
	}

	/**
	 * Creates a loader that blocks the current thread, or another one if that must not
	 * block.
	 * @param <K> the type of the keys
	 * @param <V> the type of the values
	 * @param name the name of the loader in traces
	 * @param batch the function that loads a batch
	 * @return the loader
	 */
	public static <K, V extends @Nullable Object> LevelBatchLoader<K, V> blocking(String name, Batch<K, V> batch) {
		return new LevelBatchLoader<>(name, (keys, context) -> {
			ExecutionThreads threads = ExecutionThreads.of(context);
			return threads.mayBlock() ? CompletableFuture.completedFuture(batch.load(keys, context))
					: CompletableFuture.supplyAsync(() -> batch.load(keys, context), threads::startBlocking);
		});
	}

	/**
	 * Creates a loader that blocks, and finds each key by itself.
	 * @param <K> the type of the keys
	 * @param <V> the type of the values
	 * @param name the name of the loader in traces
	 * @param find the function that finds a key, or returns null
	 * @return the loader
	 */
	public static <K, V> LevelBatchLoader<K, V> blockingEach(String name, Function<K, @Nullable V> find) {
		return blocking(name, (keys, context) -> {
			Map<K, V> found = HashMap.newHashMap(keys.size());
			for (K key : keys) {
				V value = find.apply(key);
				if (value != null) {
					found.put(key, value);
				}
			}
			return found;
		});
	}

	/**
	 * Requests the value of a key, in the batch of the current level.
	 * @param environment the environment of the requesting field
	 * @param key the key
	 * @return the future of the value, which is null if the batch contains none for the
	 * key; it fails if the batch fails
	 */
	public CompletableFuture<V> load(DataFetchingEnvironment environment, K key) {
		return PendingBatches.of(environment.getGraphQlContext()).load(this, key, environment);
	}

	String name() {
		return this.name;
	}

	CompletableFuture<Map<K, V>> load(Collection<K> keys, GraphQLContext context) {
		return this.batch.load(keys, context);
	}

	/**
	 * Loads a batch.
	 *
	 * @param <K> the type of the keys
	 * @param <V> the type of the values
	 */
	@FunctionalInterface
	public interface Batch<K, V extends @Nullable Object> {

		/**
		 * Loads a batch.
		 * @param keys the keys, without duplicates, in the order of the requests
		 * @param context the context of the operation
		 * @return the values by key; a key may be absent
		 */
		Map<K, V> load(Collection<K> keys, GraphQLContext context);

	}

	/**
	 * Loads a batch without blocking.
	 *
	 * @param <K> the type of the keys
	 * @param <V> the type of the values
	 */
	@FunctionalInterface
	public interface AsyncBatch<K, V extends @Nullable Object> {

		/**
		 * Loads a batch without blocking.
		 * @param keys the keys, without duplicates, in the order of the requests
		 * @param context the context of the operation
		 * @return the future of the values by key; a key may be absent
		 */
		CompletableFuture<Map<K, V>> load(Collection<K> keys, GraphQLContext context);

	}

}
