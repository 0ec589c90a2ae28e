package dev.kennel.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import graphql.execution.instrumentation.dataloader.EmptyDataLoaderRegistryInstance;
import org.dataloader.DataLoader;
import org.dataloader.DataLoaderRegistry;
import org.dataloader.DelegatingDataLoader;
import org.jspecify.annotations.Nullable;

/**
 * The loaders of an operation. While a level's fields are called, what they ask for is
 * collected; then all of it is loaded, and what that leads to, until nothing is left.
 */
final class LevelLoaders {

	private final DataLoaderRegistry registry;

	private final ExecutionThreads threads;

	private final boolean hasLoaders;

	private final Map<String, DataLoader<?, ?>> watched = new HashMap<>();

	private final Set<DataLoader<?, ?>> inOrder = new LinkedHashSet<>();

	/** What is loaded by other means, in order. */
	private List<PendingLoad> loads = new ArrayList<>();

	/** Whether the level's fields have all been called. */
	private volatile boolean open;

	/** How many rounds of loading are under way. */
	private final AtomicInteger loading = new AtomicInteger();

	/** How often loading was asked for since a thread began with it. */
	private final AtomicInteger wanted = new AtomicInteger();

	LevelLoaders(DataLoaderRegistry registry, ExecutionThreads threads) {
		this.threads = threads;
		this.registry = registry;
		this.hasLoaders = !EmptyDataLoaderRegistryInstance.EMPTY_DATALOADER_REGISTRY.equals(registry);
	}

	/** Has something loaded with the rest of the level. */
	void add(PendingLoad load) {
		synchronized (this.watched) {
			this.loads.add(load);
		}
		loadIfOpen();
	}

	/** A loader that tells when it is asked for something late. */
	@SuppressWarnings("unchecked")
	<K, V> @Nullable DataLoader<K, V> get(String name) {
		synchronized (this.watched) {
			DataLoader<?, ?> known = this.watched.get(name);
			if (known == null) {
				DataLoader<K, V> loader = this.registry.getDataLoader(name);
				if (loader == null) {
					return null;
				}
				known = new Watched<>(loader);
				this.watched.put(name, known);
			}
			return (DataLoader<K, V>) known;
		}
	}

	/** From now on, what is asked for is collected. */
	void close() {
		this.open = false;
	}

	/** Loads what is asked for, now and from now on. */
	void open() {
		this.open = true;
		load();
	}

	private void asked(DataLoader<?, ?> loader) {
		synchronized (this.watched) {
			this.inOrder.add(loader);
		}
		loadIfOpen();
	}

	/** While something is being loaded, what comes with it is collected. */
	private void loadIfOpen() {
		if (this.open && this.loading.get() == 0) {
			load();
		}
	}

	private void load() {
		if (this.wanted.getAndIncrement() != 0) {
			return;
		}
		int done = 1;
		do {
			runLoads();
			List<DataLoader<?, ?>> waiting = waiting();
			if (!waiting.isEmpty()) {
				dispatch(waiting);
			}
			done = this.wanted.addAndGet(-done);
		}
		while (done != 0);
	}

	/** All are started before any is waited for: they are under way together. */
	private void runLoads() {
		List<PendingLoad> waiting;
		synchronized (this.watched) {
			if (this.loads.isEmpty()) {
				return;
			}
			waiting = this.loads;
			this.loads = new ArrayList<>();
		}
		this.loading.incrementAndGet();
		List<CompletableFuture<?>> started = new ArrayList<>(waiting.size());
		waiting.forEach((load) -> started.add(load.start()));
		if (this.threads.mayBlock()) {
			started.forEach(PendingBatches::awaitEnd);
			finish(waiting);
			// What has come may have asked for more.
			this.wanted.incrementAndGet();
		}
		else {
			goOnAfter(started, waiting);
		}
	}

	// What fails, fails for those who have asked.
	@SuppressWarnings("FutureReturnValueIgnored")
	private void goOnAfter(List<CompletableFuture<?>> started, List<PendingLoad> waiting) {
		Runnable continuation = this.threads.continuation(() -> {
			finish(waiting);
			load();
		});
		CompletableFuture.allOf(started.toArray(CompletableFuture<?>[]::new))
			.whenComplete((loaded, failure) -> continuation.run());
	}

	private void finish(List<PendingLoad> loaded) {
		try {
			loaded.forEach(PendingLoad::finish);
		}
		finally {
			this.loading.decrementAndGet();
		}
	}

	/** Those that have something to load, in the order in which they were asked. */
	private List<DataLoader<?, ?>> waiting() {
		if (!this.hasLoaders) {
			return List.of();
		}
		Set<DataLoader<?, ?>> candidates;
		synchronized (this.watched) {
			candidates = new LinkedHashSet<>(this.inOrder);
			this.inOrder.clear();
		}
		// A fetcher may have taken one out of the registry by itself.
		candidates.addAll(this.registry.getDataLoaders());
		return candidates.stream().filter((loader) -> loader.dispatchDepth() > 0).toList();
	}

	/** A loader of the application's may block. */
	private void dispatch(List<DataLoader<?, ?>> loaders) {
		this.loading.incrementAndGet();
		if (this.threads.mayBlock()) {
			dispatchNow(loaders);
		}
		else {
			this.threads.startBlocking(() -> dispatchNow(loaders));
		}
	}

	// What fails, fails for those who have asked.
	@SuppressWarnings("FutureReturnValueIgnored")
	private void dispatchNow(List<DataLoader<?, ?>> loaders) {
		CompletableFuture<?>[] batches = new CompletableFuture<?>[loaders.size()];
		for (int index = 0; index < batches.length; index++) {
			batches[index] = loaders.get(index).dispatch();
		}
		CompletableFuture.allOf(batches).whenComplete((loaded, failure) -> {
			this.loading.decrementAndGet();
			load();
		});
	}

	private final class Watched<K, V> extends DelegatingDataLoader<K, V> {

		Watched(DataLoader<K, V> loader) {
			super(loader);
		}

		@Override
		public CompletableFuture<V> load(K key) {
			CompletableFuture<V> future = super.load(key);
			asked(this.delegate);
			return future;
		}

		@Override
		public CompletableFuture<V> load(K key, @Nullable Object context) {
			CompletableFuture<V> future = super.load(key, context);
			asked(this.delegate);
			return future;
		}

		@Override
		public CompletableFuture<List<V>> loadMany(List<K> keys) {
			CompletableFuture<List<V>> future = super.loadMany(keys);
			asked(this.delegate);
			return future;
		}

		@Override
		public CompletableFuture<List<V>> loadMany(List<K> keys, List<Object> contexts) {
			CompletableFuture<List<V>> future = super.loadMany(keys, contexts);
			asked(this.delegate);
			return future;
		}

		@Override
		public CompletableFuture<Map<K, V>> loadMany(Map<K, ?> keysAndContexts) {
			CompletableFuture<Map<K, V>> future = super.loadMany(keysAndContexts);
			asked(this.delegate);
			return future;
		}

	}

}
