package dev.kennel.engine.loader;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import graphql.GraphQLContext;
import graphql.schema.DataFetchingEnvironment;
import org.dataloader.DataLoader;
import org.dataloader.DataLoaderFactory;
import org.dataloader.DataLoaderOptions;
import org.dataloader.DataLoaderRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.graphql.execution.DefaultBatchLoaderRegistry;

/**
 * The batches of an operation's {@link LevelBatchLoader}s. Where graphql-java executes
 * the operation, a batch is a single key of a single {@link DataLoader}, so that
 * graphql-java determines when it is loaded.
 */
public final class PendingBatches implements OperationScopedCache {

	private static final Object KEY = PendingBatches.class;

	/** The name of that data loader. */
	public static final String LOADER = "batches";

	/** A batch is loaded once, and its values are cached here. */
	private static final DataLoaderOptions OPTIONS = DataLoaderOptions.newOptions().setCachingEnabled(false).build();

	private final Map<LevelBatchLoader<?, ?>, LoaderState<?, ?>> states = new HashMap<>();

	private PendingBatches() {
	}

	static PendingBatches of(GraphQLContext context) {
		return context.computeIfAbsent(KEY, (key) -> new PendingBatches());
	}

	<K, V extends @Nullable Object> CompletableFuture<V> load(LevelBatchLoader<K, V> loader, K key,
			DataFetchingEnvironment environment) {
		CompletableFuture<V> future = new CompletableFuture<>();
		PendingBatch<K, V> created = null;
		synchronized (this) {
			@SuppressWarnings("unchecked")
			LoaderState<K, V> state = (LoaderState<K, V>) this.states.computeIfAbsent(loader,
					(absent) -> new LoaderState<K, V>());
			CompletableFuture<V> cached = state.futures.putIfAbsent(key, future);
			if (cached != null) {
				return cached;
			}
			PendingBatch<K, V> batch = state.pending;
			if (batch == null) {
				batch = new PendingBatch<>(this, state, loader, environment.getGraphQlContext());
				state.pending = batch;
				created = batch;
			}
			batch.keys.add(key);
			batch.futures.add(future);
		}
		if (created != null) {
			schedule(environment, created);
		}
		return future;
	}

	// The batch completes the futures of the fields.
	@SuppressWarnings("FutureReturnValueIgnored")
	private static void schedule(DataFetchingEnvironment environment, PendingBatch<?, ?> batch) {
		if (environment instanceof LevelEnvironment level) {
			level.afterCalls(batch);
			return;
		}
		DataLoader<PendingBatch<?, ?>, Boolean> loader = environment.getDataLoader(LOADER);
		if (loader == null) {
			throw new IllegalStateException("No data loader of batches");
		}
		loader.load(batch);
	}

	/** Waits until a load has completed, normally or exceptionally. */
	static void awaitEnd(CompletableFuture<?> load) {
		if (!load.isDone()) {
			load.handle((value, failure) -> true).join();
		}
	}

	@Override
	public synchronized void clear() {
		this.states.values().forEach((state) -> state.futures.clear());
	}

	/** The cached futures and the pending batch of one loader. */
	private static final class LoaderState<K, V extends @Nullable Object> {

		private final Map<K, CompletableFuture<V>> futures = new HashMap<>();

		private @Nullable PendingBatch<K, V> pending;

	}

	/** A batch of one loader that has not been loaded. */
	private static final class PendingBatch<K, V extends @Nullable Object> implements PendingLoad {

		private final PendingBatches batches;

		private final LoaderState<K, V> state;

		private final LevelBatchLoader<K, V> loader;

		private final GraphQLContext context;

		private final List<K> keys = new ArrayList<>();

		private final List<CompletableFuture<V>> futures = new ArrayList<>();

		private CompletableFuture<Map<K, V>> result = new CompletableFuture<>();

		PendingBatch(PendingBatches batches, LoaderState<K, V> state, LevelBatchLoader<K, V> loader,
				GraphQLContext context) {
			this.batches = batches;
			this.state = state;
			this.loader = loader;
			this.context = context;
		}

		@Override
		public CompletableFuture<?> start() {
			synchronized (this.batches) {
				// Later requests start another batch.
				this.state.pending = null;
			}
			BatchObserver observer = this.context.get(BatchObserver.class);
			try {
				this.result = (observer != null) ? observer.load(this.loader.name(), this.keys.size(), this::load)
						: load();
			}
			catch (RuntimeException | Error ex) {
				this.result = CompletableFuture.failedFuture(ex);
			}
			return this.result;
		}

		private CompletableFuture<Map<K, V>> load() {
			return Objects.requireNonNull(this.loader.load(this.keys, this.context), "No future of a batch");
		}

		@Override
		public void finish() {
			Map<K, V> values;
			try {
				values = Objects.requireNonNull(this.result.join(), "No values of a batch");
			}
			catch (RuntimeException ex) {
				Throwable failure = (ex instanceof CompletionException && ex.getCause() != null) ? ex.getCause() : ex;
				this.futures.forEach((future) -> future.completeExceptionally(failure));
				return;
			}
			for (int index = 0; index < this.futures.size(); index++) {
				this.futures.get(index).complete(values.get(this.keys.get(index)));
			}
		}

	}

	/** Registers the data loader of batches for each operation. */
	public static final class Registry extends DefaultBatchLoaderRegistry {

		@Override
		public boolean hasRegistrations() {
			return true;
		}

		@Override
		public void registerDataLoaders(DataLoaderRegistry registry, GraphQLContext context) {
			super.registerDataLoaders(registry, context);
			registry.register(LOADER,
					DataLoaderFactory.<PendingBatch<?, ?>, Boolean>newDataLoader(LOADER, (batches) -> {
						// graphql-java continues on this thread, and may block it.
						batches.stream().map(PendingBatch::start).toList().forEach(PendingBatches::awaitEnd);
						batches.forEach(PendingBatch::finish);
						return CompletableFuture.completedFuture(batches.stream().map((batch) -> true).toList());
					}, OPTIONS));
		}

	}

}
