package dev.kennel.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import graphql.GraphQLContext;
import graphql.schema.DataFetchingEnvironment;
import org.dataloader.DataLoader;
import org.dataloader.DataLoaderFactory;
import org.dataloader.DataLoaderOptions;
import org.dataloader.DataLoaderRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.graphql.execution.DefaultBatchLoaderRegistry;

/**
 * The keys that an operation has asked its {@link BatchLoader}s for. Where it is not run
 * level by level, all that one of them is asked for on a level is a single key of a
 * single {@link DataLoader}, by which graphql-java knows when to load it.
 */
final class PendingBatches implements OperationCache {

	private static final Object KEY = PendingBatches.class;

	private static final String LOADER = "batches";

	/** A round is loaded once, and what it has loaded is remembered here. */
	private static final DataLoaderOptions OPTIONS = DataLoaderOptions.newOptions().setCachingEnabled(false).build();

	private final Map<BatchLoader<?, ?>, Keys<?, ?>> keys = new HashMap<>();

	private PendingBatches() {
	}

	static PendingBatches of(GraphQLContext context) {
		return context.computeIfAbsent(KEY, (key) -> new PendingBatches());
	}

	<K, V extends @Nullable Object> CompletableFuture<V> load(BatchLoader<K, V> loader, K key,
			DataFetchingEnvironment environment) {
		CompletableFuture<V> asked = new CompletableFuture<>();
		Round<K, V> begun = null;
		synchronized (this) {
			@SuppressWarnings("unchecked")
			Keys<K, V> all = (Keys<K, V>) this.keys.computeIfAbsent(loader, (none) -> new Keys<K, V>());
			CompletableFuture<V> known = all.known.putIfAbsent(key, asked);
			if (known != null) {
				return known;
			}
			Round<K, V> round = all.waiting;
			if (round == null) {
				round = new Round<>(this, all, loader, environment.getGraphQlContext());
				all.waiting = round;
				begun = round;
			}
			round.keys.add(key);
			round.asked.add(asked);
		}
		if (begun != null) {
			dispatched(environment, begun);
		}
		return asked;
	}

	// What the round has loaded, those know who have asked.
	@SuppressWarnings("FutureReturnValueIgnored")
	private static void dispatched(DataFetchingEnvironment environment, Round<?, ?> round) {
		if (environment instanceof LevelEnvironment level) {
			level.afterCalls(round);
			return;
		}
		DataLoader<Round<?, ?>, Boolean> loader = environment.getDataLoader(LOADER);
		if (loader == null) {
			throw new IllegalStateException("No loader of batches");
		}
		loader.load(round);
	}

	/** Waits until a load has ended, whether it has succeeded or failed. */
	static void awaitEnd(CompletableFuture<?> load) {
		if (!load.isDone()) {
			load.handle((none, failure) -> true).join();
		}
	}

	@Override
	public synchronized void clear() {
		this.keys.values().forEach((all) -> all.known.clear());
	}

	/** What one loader has been asked for. */
	private static final class Keys<K, V extends @Nullable Object> {

		private final Map<K, CompletableFuture<V>> known = new HashMap<>();

		private @Nullable Round<K, V> waiting;

	}

	/** What one loader is asked for at once. */
	private static final class Round<K, V extends @Nullable Object> implements PendingLoad {

		private final PendingBatches batches;

		private final Keys<K, V> all;

		private final BatchLoader<K, V> loader;

		private final GraphQLContext context;

		private final List<K> keys = new ArrayList<>();

		private final List<CompletableFuture<V>> asked = new ArrayList<>();

		private CompletableFuture<Map<K, V>> answers = new CompletableFuture<>();

		Round(PendingBatches batches, Keys<K, V> all, BatchLoader<K, V> loader, GraphQLContext context) {
			this.batches = batches;
			this.all = all;
			this.loader = loader;
			this.context = context;
		}

		@Override
		public CompletableFuture<?> start() {
			synchronized (this.batches) {
				// Whoever asks from now on begins another.
				this.all.waiting = null;
			}
			BatchObserver observer = this.context.get(BatchObserver.class);
			if (observer != null) {
				observer.onBatch(this.keys.size());
			}
			try {
				this.answers = this.loader.load(this.keys, this.context);
			}
			catch (RuntimeException | Error ex) {
				this.answers = CompletableFuture.failedFuture(ex);
			}
			return this.answers;
		}

		@Override
		public void finish() {
			Throwable failure = this.answers.isCompletedExceptionally() ? this.answers.exceptionNow() : null;
			if (failure != null) {
				this.asked.forEach((one) -> one.completeExceptionally(failure));
				return;
			}
			Map<K, V> found = this.answers.resultNow();
			for (int index = 0; index < this.asked.size(); index++) {
				this.asked.get(index).complete(found.get(this.keys.get(index)));
			}
		}

	}

	/** Gives each operation its loader. */
	static final class Registry extends DefaultBatchLoaderRegistry {

		@Override
		public boolean hasRegistrations() {
			return true;
		}

		@Override
		public void registerDataLoaders(DataLoaderRegistry registry, GraphQLContext context) {
			super.registerDataLoaders(registry, context);
			registry.register(LOADER, DataLoaderFactory.<Round<?, ?>, Boolean>newDataLoader(LOADER, (rounds) -> {
				// graphql-java goes on where this ends, with whatever may block.
				rounds.stream().map(Round::start).toList().forEach(PendingBatches::awaitEnd);
				rounds.forEach(Round::finish);
				return CompletableFuture.completedFuture(rounds.stream().map((round) -> true).toList());
			}, OPTIONS));
		}

	}

}
