package dev.kennel.change;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

import dev.kennel.identity.AccountId;
import dev.kennel.identity.NodeId;
import dev.kennel.paging.NodeLookup;
import jakarta.annotation.PreDestroy;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.stereotype.Component;

/**
 * The feeds that are followed on this instance. Few threads serve them all: a subscriber
 * that waits takes none, and no connection to the database either.
 */
@Component
@EnableConfigurationProperties(ChangeProperties.class)
class FeedDispatcher {

	private static final Logger logger = LoggerFactory.getLogger(FeedDispatcher.class);

	/** Each holds a connection while it reads: fewer than a pool has. */
	private static final int THREADS = 4;

	/** How often objects are read that lose what they belong to at the same moment. */
	private static final int ATTEMPTS = 3;

	private final Map<AccountId, AccountFeed> feeds = new ConcurrentHashMap<>();

	private final ChangeRepository changes;

	private final NodeLookup nodes;

	private final ParentResolver owners;

	private final ChangeProperties properties;

	private volatile LongConsumer lag = (millis) -> {
	};

	private final ExecutorService executor = Executors.newFixedThreadPool(THREADS,
			Thread.ofPlatform().daemon().name("change-feed-", 1).factory());

	private final ScheduledExecutorService poller = Executors
		.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("change-feed-poll").factory());

	FeedDispatcher(ChangeRepository changes, NodeLookup nodes, ParentResolver owners, FeedSignals signals,
			ChangeProperties properties) {
		this.changes = changes;
		this.nodes = nodes;
		this.owners = owners;
		this.properties = properties;
		signals.listen(this::wake);
		long interval = properties.pollInterval().toMillis();
		var _ = this.poller.scheduleWithFixedDelay(this::poll, interval, interval, TimeUnit.MILLISECONDS);
	}

	/** Follows a feed, for as long as the subscriber does not cancel. */
	Publisher<Change> follow(AccountId account, ChangeRequest request) {
		return (subscriber) -> {
			ChangeStream stream = new ChangeStream(request, subscriber);
			// In one step, so that the feed is not removed in between.
			this.feeds.compute(account, (key, known) -> {
				AccountFeed feed = (known != null) ? known : new AccountFeed(key, this);
				feed.add(stream);
				return feed;
			});
			subscriber.onSubscribe(stream);
		};
	}

	/** Is told how many milliseconds after its write a change is delivered. */
	void onLag(LongConsumer millis) {
		this.lag = millis;
	}

	void delivered(Change change) {
		this.lag.accept(Math.max(0, System.currentTimeMillis() - change.at().toInstant().toEpochMilli()));
	}

	private void wake(AccountId account) {
		AccountFeed feed = this.feeds.get(account);
		if (feed != null) {
			feed.wake();
		}
	}

	/** Looks for what this instance has not been told. */
	private void poll() {
		if (this.feeds.isEmpty()) {
			return;
		}
		try {
			Map<AccountId, Long> versions = this.changes.versions(List.copyOf(this.feeds.keySet()));
			this.feeds.forEach((account, feed) -> {
				if (feed.differsFrom(versions.getOrDefault(account, 0L))) {
					feed.wake();
				}
			});
		}
		catch (RuntimeException ex) {
			logger.debug("The versions could not be read; the next look catches up", ex);
		}
	}

	void removeIfUnused(AccountId account) {
		this.feeds.computeIfPresent(account, (key, feed) -> feed.isUnused() ? null : feed);
	}

	void execute(Runnable task) {
		try {
			this.executor.execute(task);
		}
		catch (RejectedExecutionException ex) {
			logger.debug("The instance is being stopped", ex);
		}
	}

	FeedPage after(AccountId account, FeedPosition place, int limit) {
		return this.changes.after(account, place, limit);
	}

	long version(AccountId account) {
		return this.changes.version(account);
	}

	int maxBacklog() {
		return this.properties.maxBacklog();
	}

	/**
	 * Shows entries, with their objects if they are asked for, and with what those belong
	 * to if that is: one statement for each kind.
	 */
	List<Change> toChanges(AccountId account, List<ChangeEntry> entries, boolean withNodes, boolean withOwners) {
		List<NodeId> wanted = withNodes ? entries.stream()
			.filter((entry) -> entry.kind() != ChangeKind.DELETED)
			.map(ChangeEntry::nodeId)
			.distinct()
			.toList() : List.of();
		Map<NodeId, Object> found = this.nodes.read(account, wanted);
		Map<NodeId, Object> read = withOwners ? withOwners(account, found) : found;
		return entries.stream().map((entry) -> toChange(entry, found, read)).toList();
	}

	private Change toChange(ChangeEntry entry, Map<NodeId, Object> found, Map<NodeId, Object> read) {
		Object node = (entry.kind() != ChangeKind.DELETED) ? found.get(entry.nodeId()) : null;
		Map<NodeId, Object> known = new HashMap<>();
		if (node != null) {
			known.put(entry.nodeId(), node);
			NodeId ownerId = this.owners.ownerOf(node);
			Object owner = (ownerId != null) ? read.get(ownerId) : null;
			if (ownerId != null && owner != null) {
				known.put(ownerId, owner);
			}
		}
		return new Change(ChangeCursor.encode(FeedPosition.behind(entry)), entry.kind(), entry.nodeId(), node, entry.at(),
				known);
	}

	/**
	 * Reads what objects belong to. An object that has lost that meanwhile is read again:
	 * it has been moved, or has been removed as well.
	 */
	private Map<NodeId, Object> withOwners(AccountId account, Map<NodeId, Object> found) {
		for (int attempt = 1;; attempt++) {
			Map<NodeId, Object> read = new HashMap<>(found);
			Map<NodeId, NodeId> owners = new HashMap<>();
			found.forEach((id, node) -> {
				NodeId owner = this.owners.ownerOf(node);
				if (owner != null) {
					owners.put(id, owner);
				}
			});
			read.putAll(this.nodes.read(account,
					owners.values().stream().distinct().filter((id) -> !read.containsKey(id)).toList()));
			owners.values().removeIf(read::containsKey);
			if (owners.isEmpty()) {
				return read;
			}
			Set<NodeId> torn = owners.keySet();
			found.keySet().removeAll(torn);
			if (attempt == ATTEMPTS) {
				return read;
			}
			found.putAll(this.nodes.read(account, torn));
		}
	}

	@PreDestroy
	void stop() {
		this.poller.shutdownNow();
		this.executor.shutdownNow();
	}

}
