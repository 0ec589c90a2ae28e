package dev.kennel.engine.loader;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import graphql.execution.instrumentation.dataloader.EmptyDataLoaderRegistryInstance;
import org.dataloader.DataLoader;
import org.dataloader.DataLoaderRegistry;
import org.dataloader.DelegatingDataLoader;
import org.jspecify.annotations.Nullable;

/**
 * The data loaders and pending loads of an execution. While the fields of a level are
 * called, their requests are collected. Then the requests, and those that their results
 * lead to, are dispatched until none is left.
 */
public final class LevelLoaders {

	private final DataLoaderRegistry registry;

	private final ExecutionThreads threads;

	private final Supplier<Executor> continuation;

	private final boolean hasLoaders;

	private final Map<String, DataLoader<?, ?>> observedLoaders = new HashMap<>();

	private final Set<DataLoader<?, ?>> requestedLoaders = new LinkedHashSet<>();

	/** The loads that use no {@link DataLoader}, in the order of the requests. */
	private List<PendingLoad> pendingLoads = new ArrayList<>();

	/** Whether all fields of the level have been called. */
	private volatile boolean dispatching;

	/** The number of dispatches in flight. */
	private final AtomicInteger inFlight = new AtomicInteger();

	/**
	 * The number of calls of {@link #dispatchAll} since a thread has entered its loop.
	 */
	private final AtomicInteger dispatchCalls = new AtomicInteger();

	/**
	 * Creates the loaders of an execution.
	 * @param registry the data loaders of the application
	 * @param threads the threads on which the loads are executed
	 * @param continuation captures the context in which the execution continues after a
	 * load
	 */
	public LevelLoaders(DataLoaderRegistry registry, ExecutionThreads threads, Supplier<Executor> continuation) {
		this.continuation = continuation;
		this.threads = threads;
		this.registry = registry;
		this.hasLoaders = !EmptyDataLoaderRegistryInstance.EMPTY_DATALOADER_REGISTRY.equals(registry);
	}

	/** Adds a load to those of the level. */
	public void add(PendingLoad load) {
		synchronized (this.observedLoaders) {
			this.pendingLoads.add(load);
		}
		dispatchIfIdle();
	}

	/** Returns a data loader that also dispatches requests which arrive late. */
	@SuppressWarnings("unchecked")
	public <K, V> @Nullable DataLoader<K, V> get(String name) {
		synchronized (this.observedLoaders) {
			DataLoader<?, ?> observed = this.observedLoaders.get(name);
			if (observed == null) {
				DataLoader<K, V> loader = this.registry.getDataLoader(name);
				if (loader == null) {
					return null;
				}
				observed = new ObservedLoader<>(loader);
				this.observedLoaders.put(name, observed);
			}
			return (DataLoader<K, V>) observed;
		}
	}

	/** Collects requests until {@link #startDispatching}. */
	public void startCollecting() {
		this.dispatching = false;
	}

	/** Dispatches the collected requests, and later ones as they arrive. */
	public void startDispatching() {
		this.dispatching = true;
		dispatchAll();
	}

	private void requested(DataLoader<?, ?> loader) {
		synchronized (this.observedLoaders) {
			this.requestedLoaders.add(loader);
		}
		dispatchIfIdle();
	}

	/** While a dispatch is in flight, requests are collected. */
	private void dispatchIfIdle() {
		if (this.dispatching && this.inFlight.get() == 0) {
			dispatchAll();
		}
	}

	private void dispatchAll() {
		if (this.dispatchCalls.getAndIncrement() != 0) {
			return;
		}
		int handled = 1;
		do {
			startPendingLoads();
			List<DataLoader<?, ?>> queued = queuedLoaders();
			if (!queued.isEmpty()) {
				dispatch(queued);
			}
			handled = this.dispatchCalls.addAndGet(-handled);
		}
		while (handled != 0);
	}

	/** Starts all loads before any is awaited, so that they are in flight together. */
	private void startPendingLoads() {
		List<PendingLoad> loads;
		synchronized (this.observedLoaders) {
			if (this.pendingLoads.isEmpty()) {
				return;
			}
			loads = this.pendingLoads;
			this.pendingLoads = new ArrayList<>();
		}
		this.inFlight.incrementAndGet();
		List<CompletableFuture<?>> futures = new ArrayList<>(loads.size());
		loads.forEach((load) -> futures.add(load.start()));
		if (this.threads.mayBlock()) {
			futures.forEach(PendingBatches::awaitEnd);
			finish(loads);
			// The loaded values may have led to further requests.
			this.dispatchCalls.incrementAndGet();
		}
		else {
			finishWhenLoaded(futures, loads);
		}
	}

	// A failure completes the futures of the fields.
	@SuppressWarnings("FutureReturnValueIgnored")
	private void finishWhenLoaded(List<CompletableFuture<?>> futures, List<PendingLoad> loads) {
		Executor captured = this.continuation.get();
		CompletableFuture.allOf(futures.toArray(CompletableFuture<?>[]::new))
			.whenComplete((loaded, failure) -> captured.execute(() -> {
				finish(loads);
				dispatchAll();
			}));
	}

	private void finish(List<PendingLoad> loaded) {
		try {
			loaded.forEach(PendingLoad::finish);
		}
		finally {
			this.inFlight.decrementAndGet();
		}
	}

	/** Returns the data loaders with queued keys, in the order of the requests. */
	private List<DataLoader<?, ?>> queuedLoaders() {
		if (!this.hasLoaders) {
			return List.of();
		}
		Set<DataLoader<?, ?>> candidates;
		synchronized (this.observedLoaders) {
			candidates = new LinkedHashSet<>(this.requestedLoaders);
			this.requestedLoaders.clear();
		}
		// A data fetcher may have obtained one from the registry directly.
		candidates.addAll(this.registry.getDataLoaders());
		return candidates.stream().filter((loader) -> loader.dispatchDepth() > 0).toList();
	}

	/** A data loader of the application may block. */
	private void dispatch(List<DataLoader<?, ?>> loaders) {
		this.inFlight.incrementAndGet();
		if (this.threads.mayBlock()) {
			dispatchNow(loaders);
		}
		else {
			this.threads.startBlocking(() -> dispatchNow(loaders));
		}
	}

	// A failure completes the futures of the fields.
	@SuppressWarnings("FutureReturnValueIgnored")
	private void dispatchNow(List<DataLoader<?, ?>> loaders) {
		CompletableFuture<?>[] batches = new CompletableFuture<?>[loaders.size()];
		for (int index = 0; index < batches.length; index++) {
			batches[index] = loaders.get(index).dispatch();
		}
		Executor captured = this.continuation.get();
		CompletableFuture.allOf(batches).whenComplete((loaded, failure) -> captured.execute(() -> {
			this.inFlight.decrementAndGet();
			dispatchAll();
		}));
	}

	private final class ObservedLoader<K, V> extends DelegatingDataLoader<K, V> {

		ObservedLoader(DataLoader<K, V> loader) {
			super(loader);
		}

		@Override
		public CompletableFuture<V> load(K key) {
			CompletableFuture<V> future = super.load(key);
			requested(this.delegate);
			return future;
		}

		@Override
		public CompletableFuture<V> load(K key, @Nullable Object context) {
			CompletableFuture<V> future = super.load(key, context);
			requested(this.delegate);
			return future;
		}

		@Override
		public CompletableFuture<List<V>> loadMany(List<K> keys) {
			CompletableFuture<List<V>> future = super.loadMany(keys);
			requested(this.delegate);
			return future;
		}

		@Override
		public CompletableFuture<List<V>> loadMany(List<K> keys, List<Object> contexts) {
			CompletableFuture<List<V>> future = super.loadMany(keys, contexts);
			requested(this.delegate);
			return future;
		}

		@Override
		public CompletableFuture<Map<K, V>> loadMany(Map<K, ?> keysAndContexts) {
			CompletableFuture<Map<K, V>> future = super.loadMany(keysAndContexts);
			requested(this.delegate);
			return future;
		}

	}

}
