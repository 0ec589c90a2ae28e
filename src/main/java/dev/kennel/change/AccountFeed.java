package dev.kennel.change;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import dev.kennel.identity.AccountId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The subscribers of one account on this instance. One thread at a time serves them, in
 * short time slices, and only while there is work. Subscribers at the same position share
 * what is read for them.
 */
class AccountFeed {

	private static final Logger logger = LoggerFactory.getLogger(AccountFeed.class);

	private static final int PAGE_SIZE = 100;

	/**
	 * The time for which a feed is served before other feeds are, however expensive the
	 * selections of its subscribers are.
	 */
	private static final Duration TIME_SLICE = Duration.ofMillis(25);

	/**
	 * The time for which a page serves subscribers that consume it piecemeal. Afterwards
	 * its nodes may be outdated.
	 */
	private static final Duration PAGE_TTL = Duration.ofSeconds(1);

	private final AccountId account;

	private final FeedDispatcher dispatcher;

	private final List<FeedSubscription> subscriptions = new CopyOnWriteArrayList<>();

	/** The number of wake-ups since the feed was last served. */
	private final AtomicInteger pendingWakeUps = new AtomicInteger();

	/** The page that was read last. */
	private @Nullable Page page;

	/** The version that the subscribers served last have reached. */
	private long lastServed = -1;

	/** When reads began to fail, in {@link System#nanoTime}; 0 while they succeed. */
	private long failingSince;

	/** The newest version that was read. */
	private volatile long version = -1;

	AccountFeed(AccountId account, FeedDispatcher dispatcher) {
		this.account = account;
		this.dispatcher = dispatcher;
	}

	void add(FeedSubscription subscription) {
		subscription.attach(this);
		this.subscriptions.add(subscription);
	}

	void remove(FeedSubscription subscription) {
		this.subscriptions.remove(subscription);
		this.dispatcher.removeIfUnused(this.account);
	}

	/** Reports the delivery of a change that was written after its subscription began. */
	void delivered(Change change) {
		this.dispatcher.delivered(change);
	}

	boolean isUnused() {
		return this.subscriptions.isEmpty();
	}

	/**
	 * Returns whether an account's version is not the one up to which the feed was
	 * served: there are newer changes, or delivered changes are gone.
	 */
	boolean differsFrom(long accountVersion) {
		return this.version != accountVersion;
	}

	/** Schedules the feed to be served on another thread. */
	void wake() {
		if (this.pendingWakeUps.getAndIncrement() == 0) {
			this.dispatcher.execute(this::serve);
		}
	}

	private void serve() {
		int handled = this.pendingWakeUps.get();
		boolean moreWork = false;
		try {
			endStaleSubscriptions();
			moreWork = serveTimeSlice();
			this.failingSince = 0;
		}
		// Whatever the failure, later wake-ups must schedule the feed again.
		catch (Throwable ex) {
			logger.debug("A feed could not be read; the next poll retries", ex);
			this.version = -1;
			// Zero stands for no failure, and the clock may return it.
			this.failingSince = (this.failingSince != 0) ? this.failingSince : System.nanoTime() | 1;
		}
		// A feed with more work queues behind the others.
		if (moreWork || this.pendingWakeUps.addAndGet(-handled) != 0) {
			this.dispatcher.execute(this::serve);
		}
	}

	/** Ends the subscriptions for which the database has not responded for too long. */
	private void endStaleSubscriptions() {
		long now = System.nanoTime();
		long feedAge = Math.max(now - this.dispatcher.polledAt(),
				(this.failingSince != 0) ? now - this.failingSince : 0);
		for (FeedSubscription subscription : this.subscriptions) {
			// The start of a subscription is read from the database.
			if (Math.min(feedAge, now - subscription.subscribedNanos()) > this.dispatcher.maxStaleness().toNanos()) {
				subscription.fail(ChangeService.interrupted());
			}
		}
	}

	/**
	 * Serves the subscribers for one time slice, round-robin over their positions.
	 * @return whether there is more work
	 */
	private boolean serveTimeSlice() {
		long deadline = System.nanoTime() + TIME_SLICE.toNanos();
		NavigableSet<Long> versions = new TreeSet<>();
		List<FeedSubscription> stalled = new ArrayList<>();
		for (FeedSubscription subscription : this.subscriptions) {
			if (subscription.hasDemand()) {
				versions.add(subscription.position().version());
			}
			else if (subscription.isStalled()) {
				stalled.add(subscription);
			}
		}
		if (!stalled.isEmpty()) {
			long accountVersion = this.dispatcher.version(this.account);
			stalled.forEach((subscription) -> subscription.stall(accountVersion, this.dispatcher.maxBacklog()));
			advanceTo(accountVersion);
		}
		boolean moreWork = false;
		List<Long> roundRobin = new ArrayList<>(versions.tailSet(this.lastServed, false));
		roundRobin.addAll(versions.headSet(this.lastServed, true));
		for (long version : roundRobin) {
			if (serveFrom(version, deadline)) {
				moreWork = true;
				if (isPast(deadline)) {
					break;
				}
			}
		}
		return moreWork;
	}

	/**
	 * Reads a page and delivers it, change by change, to the subscribers at its start and
	 * to those that they catch up with.
	 * @return whether there is more work
	 */
	private boolean serveFrom(long version, long deadline) {
		FeedSubscription first = this.subscriptions.stream()
			.filter((subscription) -> subscription.isAt(version))
			.findFirst()
			.orElse(null);
		if (first == null) {
			return false;
		}
		Page current = pageAfter(first.position());
		if (current == null) {
			return false;
		}
		this.lastServed = version;
		for (int index = Math.toIntExact(version - current.start().version()); index < current.changes()
			.size(); index++) {
			FeedPosition position = current.position(index);
			FeedPosition next = current.position(index + 1);
			for (FeedSubscription subscription : this.subscriptions) {
				// A subscription added after the page was read may select more than the
				// page has.
				if (subscription.isAt(this.lastServed) && current.serves(subscription)) {
					if (position.conflictsWith(subscription.position())) {
						subscription.fail(ChangeService.expired());
						continue;
					}
					subscription.deliver(current.changes().get(index), next);
					if (isPast(deadline)) {
						return true;
					}
				}
			}
			this.lastServed++;
		}
		return current.changes().size() == PAGE_SIZE;
	}

	/**
	 * Returns the page after a position, or null if there are no changes or if they have
	 * expired.
	 */
	private @Nullable Page pageAfter(FeedPosition position) {
		boolean withNodes = this.subscriptions.stream().anyMatch(FeedSubscription::selectsNodes);
		boolean withParents = this.subscriptions.stream().anyMatch(FeedSubscription::selectsParents);
		Page current = this.page;
		if (current != null && current.serves(position.version(), withNodes, withParents)) {
			return current;
		}
		this.page = null;
		long readAt = System.nanoTime();
		FeedPage read = this.dispatcher.after(this.account, position, PAGE_SIZE);
		List<ChangeEntry> entries = read.entries();
		if (isExpired(position, read)) {
			this.version = -1;
			this.subscriptions.stream()
				.filter((subscription) -> subscription.isAt(position.version()))
				.forEach((subscription) -> subscription.fail(ChangeService.expired()));
			return null;
		}
		advanceTo(position.version() + entries.size());
		if (entries.isEmpty()) {
			return null;
		}
		List<Change> changes = this.dispatcher.toChanges(this.account, entries, withNodes, withParents);
		List<FeedPosition> positions = new ArrayList<>();
		positions.add((read.start() != null) ? read.start() : new FeedPosition(position.version(), 0));
		entries.forEach((entry) -> positions.add(FeedPosition.after(entry)));
		current = new Page(changes, positions, withNodes, withParents, readAt);
		this.page = current;
		return current;
	}

	/**
	 * Returns whether the entry of a position, or the one after it, is gone from the
	 * feed. If there are no entries at all, the account's version decides: a restored
	 * database may not have reached the position.
	 */
	private boolean isExpired(FeedPosition position, FeedPage read) {
		if (read.conflictsWith(position)) {
			return true;
		}
		if (read.entries().isEmpty()) {
			return read.start() == null && this.dispatcher.version(this.account) < position.version();
		}
		return !read.continues(position);
	}

	private static boolean isPast(long deadline) {
		return System.nanoTime() - deadline >= 0;
	}

	private void advanceTo(long newest) {
		this.version = Math.max(this.version, newest);
	}

	/**
	 * Changes with their nodes.
	 *
	 * @param changes the changes
	 * @param positions the position before the first change, and the position after each
	 * change
	 * @param withNodes whether the nodes were read
	 * @param withParents whether the parents of the nodes were read
	 * @param readAt the time of the read, as {@link System#nanoTime}
	 */
	private record Page(List<Change> changes, List<FeedPosition> positions, boolean withNodes, boolean withParents,
			long readAt) {

		FeedPosition start() {
			return this.positions.getFirst();
		}

		/** Returns the position that a change follows. */
		FeedPosition position(int index) {
			return this.positions.get(index);
		}

		boolean serves(long version, boolean nodesSelected, boolean parentsSelected) {
			return version >= start().version() && version < start().version() + this.changes.size()
					&& this.withNodes == nodesSelected && this.withParents == parentsSelected
					&& System.nanoTime() - this.readAt < PAGE_TTL.toNanos();
		}

		boolean serves(FeedSubscription subscription) {
			return (this.withNodes || !subscription.selectsNodes())
					&& (this.withParents || !subscription.selectsParents());
		}

	}

}
