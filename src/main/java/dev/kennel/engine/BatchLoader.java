package dev.kennel.engine;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import graphql.GraphQLContext;
import graphql.schema.DataFetchingEnvironment;
import org.jspecify.annotations.Nullable;

/**
 * Loads by keys what the fields of an operation ask for: all keys of a level at once, and
 * none of them twice. Whoever has one keeps it; it knows nothing of an operation.
 *
 * @param <K> what is asked for by
 * @param <V> what is answered
 */
public final class BatchLoader<K, V extends @Nullable Object> {

	private final LaterBatch<K, V> batch;

	private BatchLoader(LaterBatch<K, V> batch) {
		this.batch = batch;
	}

	/**
	 * Makes a loader of what comes later, while no thread waits.
	 * @param <K> what is asked for by
	 * @param <V> what is answered
	 * @param batch begins to load several keys
	 * @return the loader
	 */
	public static <K, V extends @Nullable Object> BatchLoader<K, V> later(LaterBatch<K, V> batch) {
		return new BatchLoader<>(batch);
	}

	/**
	 * Makes a loader that waits for the store, on another thread if this is an event
	 * loop.
	 * @param <K> what is asked for by
	 * @param <V> what is answered
	 * @param batch loads several keys
	 * @return the loader
	 */
	public static <K, V extends @Nullable Object> BatchLoader<K, V> blocking(Batch<K, V> batch) {
		return new BatchLoader<>((keys, context) -> {
			ExecutionThreads threads = ExecutionThreads.of(context);
			if (threads.mayBlock()) {
				return CompletableFuture.completedFuture(batch.load(keys, context));
			}
			CompletableFuture<Map<K, V>> loaded = new CompletableFuture<>();
			threads.startBlocking(() -> {
				try {
					loaded.complete(batch.load(keys, context));
				}
				catch (Throwable ex) {
					loaded.completeExceptionally(ex);
				}
			});
			return loaded;
		});
	}

	/**
	 * Asks for a key.
	 * @param environment the field that asks
	 * @param key the key
	 * @return what the batch answers, with those of the same level; null if it answers
	 * nothing for this key; failed as the batch has failed
	 */
	public CompletableFuture<V> load(DataFetchingEnvironment environment, K key) {
		return PendingBatches.of(environment.getGraphQlContext()).load(this, key, environment);
	}

	CompletableFuture<Map<K, V>> load(Collection<K> keys, GraphQLContext context) {
		return this.batch.load(keys, context);
	}

	/**
	 * Loads several keys.
	 *
	 * @param <K> what is asked for by
	 * @param <V> what is answered
	 */
	@FunctionalInterface
	public interface Batch<K, V extends @Nullable Object> {

		/**
		 * Loads several keys.
		 * @param keys the keys, in the order in which they were asked for, each once
		 * @param context the operation's context
		 * @return the answers by their keys; a key may be absent
		 */
		Map<K, V> load(Collection<K> keys, GraphQLContext context);

	}

	/**
	 * Loads several keys, later.
	 *
	 * @param <K> what is asked for by
	 * @param <V> what is answered
	 */
	@FunctionalInterface
	public interface LaterBatch<K, V extends @Nullable Object> {

		/**
		 * Begins to load several keys.
		 * @param keys the keys, in the order in which they were asked for, each once
		 * @param context the operation's context
		 * @return the answers by their keys; a key may be absent
		 */
		CompletableFuture<Map<K, V>> load(Collection<K> keys, GraphQLContext context);

	}

}
