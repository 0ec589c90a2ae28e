package dev.kennel.change;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

import dev.kennel.concurrency.Deadline;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.NodeId;
import dev.kennel.paging.NodeLookup;
import jakarta.annotation.PreDestroy;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import org.springframework.scheduling.config.ScheduledTaskRegistrar;
import org.springframework.stereotype.Component;

/**
 * Serves the feeds that have subscribers on this instance, with a few threads: an idle
 * subscriber holds neither a thread nor a database connection.
 */
@Component
@EnableConfigurationProperties(ChangeProperties.class)
class FeedDispatcher implements SchedulingConfigurer {

	private static final Logger logger = LoggerFactory.getLogger(FeedDispatcher.class);

	/**
	 * Feeds that are read concurrently. A read waits for the pipelined client, where more
	 * of them would only queue.
	 */
	private static final int THREADS = 4;

	private static final int CATCH_UP_THREADS = 2;

	/**
	 * The maximum number of reads of nodes whose parents vanish between two statements
	 * (read skew).
	 */
	private static final int READ_ATTEMPTS = 3;

	/**
	 * The timeout of a read. A database that has frozen would hold up the threads
	 * otherwise, although another one may be the primary by now.
	 */
	private static final Duration READ_TIMEOUT = Duration.ofSeconds(5);

	/**
	 * The pause after a failed poll: subscriptions continue as soon as the database is
	 * back.
	 */
	private static final Duration RETRY_INTERVAL = Duration.ofMillis(200);

	private final Map<AccountId, AccountFeed> feeds = new ConcurrentHashMap<>();

	private final ChangeRepository changes;

	private final NodeLookup nodes;

	private final ParentResolver parents;

	private final FeedSignals signals;

	private final ChangeProperties properties;

	private volatile LongConsumer lagConsumer = (millis) -> {
	};

	private final ExecutorService executor = Executors.newFixedThreadPool(THREADS,
			Thread.ofPlatform().daemon().name("change-feed-", 1).factory());

	/**
	 * Reads versions after gaps in the signals. On the threads above, that would wait for
	 * all feeds that are queued.
	 */
	private final ExecutorService catchUpExecutor = Executors.newFixedThreadPool(CATCH_UP_THREADS,
			Thread.ofPlatform().daemon().name("change-feed-catch-up-", 1).factory());

	private volatile long polledAt = System.nanoTime();

	private volatile boolean pollFailed;

	FeedDispatcher(ChangeRepository changes, NodeLookup nodes, ParentResolver parents, FeedSignals signals,
			ChangeProperties properties) {
		this.changes = changes;
		this.nodes = nodes;
		this.parents = parents;
		this.signals = signals;
		this.properties = properties;
		signals.listen(this::wake, (accounts) -> this.catchUpExecutor.execute(() -> catchUp(accounts)));
	}

	@Override
	public void configureTasks(ScheduledTaskRegistrar tasks) {
		tasks.addTriggerTask(this::poll,
				(context) -> context.getClock()
					.instant()
					.plus(this.pollFailed ? RETRY_INTERVAL : this.properties.pollInterval()));
	}

	/** Subscribes to a feed until the subscriber cancels. */
	Publisher<Change> follow(AccountId account, FeedSubscriptionParameters request) {
		return (subscriber) -> {
			FeedSubscription subscription = new FeedSubscription(request, subscriber);
			// Atomic, so that the feed is not removed in between. Its signals are
			// followed before its first read, so that no change is missed.
			this.feeds.compute(account, (key, existing) -> {
				if (existing == null) {
					this.signals.follow(key);
				}
				AccountFeed feed = (existing != null) ? existing : new AccountFeed(key, this);
				feed.add(subscription);
				return feed;
			});
			subscriber.onSubscribe(subscription);
		};
	}

	/**
	 * Registers the consumer of delivery lags: the milliseconds from a write to its
	 * delivery.
	 */
	void onLag(LongConsumer consumer) {
		this.lagConsumer = consumer;
	}

	void delivered(Change change) {
		this.lagConsumer.accept(Math.max(0, System.currentTimeMillis() - change.at().toInstant().toEpochMilli()));
	}

	private void wake(AccountId account) {
		AccountFeed feed = this.feeds.get(account);
		if (feed != null) {
			feed.wake();
		}
	}

	/** Wakes the feeds with changes of which this instance got no signal. */
	private void poll() {
		long now = System.nanoTime();
		try {
			if (!this.feeds.isEmpty()) {
				wakeOutdated(List.copyOf(this.feeds.keySet()));
			}
			this.polledAt = now;
			this.pollFailed = false;
		}
		catch (RuntimeException ex) {
			logger.debug("The versions could not be read, and will be read again", ex);
			this.pollFailed = true;
		}
	}

	/** Wakes feeds whose signals may have been missed until now. */
	private void catchUp(Collection<AccountId> accounts) {
		try {
			wakeOutdated(accounts);
		}
		catch (RuntimeException ex) {
			logger.debug("The versions could not be read, and the next poll reads them", ex);
		}
	}

	private void wakeOutdated(Collection<AccountId> accounts) {
		Map<AccountId, Long> versions = read(() -> this.changes.versions(accounts));
		for (AccountId account : accounts) {
			AccountFeed feed = this.feeds.get(account);
			if (feed != null && feed.differsFrom(versions.getOrDefault(account, 0L))) {
				feed.wake();
			}
		}
	}

	/**
	 * Wakes the feeds whose subscriptions may have to end, on the threads that serve
	 * them.
	 */
	@Scheduled(fixedDelay = 500)
	void wakeStaleFeeds() {
		if (System.nanoTime() - this.polledAt > maxStaleness().toNanos()) {
			this.feeds.values().forEach(AccountFeed::wake);
		}
	}

	/** Returns when the last successful poll began, in {@link System#nanoTime}. */
	long polledAt() {
		return this.polledAt;
	}

	/** Returns how old the last successful poll may be. */
	Duration maxStaleness() {
		return this.properties.pollInterval().plus(this.properties.maxStaleness());
	}

	private static <T> T read(Supplier<T> work) {
		return Deadline.call(READ_TIMEOUT, work);
	}

	void removeIfUnused(AccountId account) {
		this.feeds.computeIfPresent(account, (key, feed) -> {
			if (!feed.isUnused()) {
				return feed;
			}
			this.signals.unfollow(key);
			return null;
		});
	}

	void execute(Runnable task) {
		try {
			this.executor.execute(task);
		}
		catch (RejectedExecutionException ex) {
			logger.debug("The instance is being stopped", ex);
		}
	}

	FeedPage after(AccountId account, FeedPosition position, int limit) {
		return read(() -> this.changes.after(account, position, limit));
	}

	long version(AccountId account) {
		return read(() -> this.changes.version(account));
	}

	int maxBacklog() {
		return this.properties.maxBacklog();
	}

	/**
	 * Converts entries to changes, with their nodes and the parents of those, if
	 * selected: one statement for each kind.
	 */
	List<Change> toChanges(AccountId account, List<ChangeEntry> entries, boolean withNodes, boolean withParents) {
		List<NodeId> nodeIds = withNodes ? entries.stream()
			.filter((entry) -> entry.kind() != ChangeKind.DELETED)
			.map(ChangeEntry::nodeId)
			.distinct()
			.toList() : List.of();
		Map<NodeId, Object> found = read(() -> this.nodes.read(account, nodeIds));
		Map<NodeId, Object> loaded = withParents ? read(() -> withParents(account, found)) : found;
		return entries.stream().map((entry) -> toChange(entry, found, loaded)).toList();
	}

	private Change toChange(ChangeEntry entry, Map<NodeId, Object> found, Map<NodeId, Object> loaded) {
		Object node = (entry.kind() != ChangeKind.DELETED) ? found.get(entry.nodeId()) : null;
		Map<NodeId, Object> loadedNodes = new HashMap<>();
		if (node != null) {
			loadedNodes.put(entry.nodeId(), node);
			NodeId parentId = this.parents.parentOf(node);
			Object parent = (parentId != null) ? loaded.get(parentId) : null;
			if (parentId != null && parent != null) {
				loadedNodes.put(parentId, parent);
			}
		}
		return new Change(ChangeCursor.encode(FeedPosition.after(entry)), entry.kind(), entry.nodeId(), node,
				entry.at(), loadedNodes);
	}

	/**
	 * Reads the parents of nodes. A node whose parent is missing is read again: it has
	 * been moved, or deleted as well.
	 */
	private Map<NodeId, Object> withParents(AccountId account, Map<NodeId, Object> found) {
		for (int attempt = 1;; attempt++) {
			Map<NodeId, Object> loaded = new HashMap<>(found);
			Map<NodeId, NodeId> parentIds = new HashMap<>();
			found.forEach((id, node) -> {
				NodeId parentId = this.parents.parentOf(node);
				if (parentId != null) {
					parentIds.put(id, parentId);
				}
			});
			loaded.putAll(this.nodes.read(account,
					parentIds.values().stream().distinct().filter((id) -> !loaded.containsKey(id)).toList()));
			parentIds.values().removeIf(loaded::containsKey);
			if (parentIds.isEmpty()) {
				return loaded;
			}
			Set<NodeId> skewed = parentIds.keySet();
			found.keySet().removeAll(skewed);
			if (attempt == READ_ATTEMPTS) {
				return loaded;
			}
			found.putAll(this.nodes.read(account, skewed));
		}
	}

	@PreDestroy
	void stop() {
		this.catchUpExecutor.shutdownNow();
		this.executor.shutdownNow();
	}

}
