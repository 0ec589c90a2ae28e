package dev.kennel.change;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import dev.kennel.database.AccountId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The subscribers of one account on this instance. They are served by one thread at a
 * time, for short turns, and only while there is something to do; subscribers at the same
 * place share what is read for them.
 */
class AccountFeed {

	private static final Logger logger = LoggerFactory.getLogger(AccountFeed.class);

	private static final int PAGE = 100;

	/**
	 * For how long a feed is served before others are, however much its subscribers ask
	 * for below each change.
	 */
	private static final Duration TURN = Duration.ofMillis(25);

	/**
	 * For how long a page that was read serves subscribers who take it piece by piece.
	 * After it, its objects may be others by now.
	 */
	private static final Duration FRESH = Duration.ofSeconds(1);

	private final AccountId account;

	private final ChangeFeeds feeds;

	private final List<ChangeStream> streams = new CopyOnWriteArrayList<>();

	/** How often the feed was woken since it was last looked at. */
	private final AtomicInteger wakes = new AtomicInteger();

	/** What was read last. */
	private @Nullable Page page;

	/** How far the subscribers that were served last have got. */
	private long reached = -1;

	/** The newest version that has been seen. */
	private volatile long version = -1;

	AccountFeed(AccountId account, ChangeFeeds feeds) {
		this.account = account;
		this.feeds = feeds;
	}

	void add(ChangeStream stream) {
		stream.follow(this);
		this.streams.add(stream);
	}

	void remove(ChangeStream stream) {
		this.streams.remove(stream);
		this.feeds.removeIfUnused(this.account);
	}

	/** Notes that a subscriber has taken a change that it was waiting for. */
	void delivered(Change change) {
		this.feeds.delivered(change);
	}

	boolean isUnused() {
		return this.streams.isEmpty();
	}

	/** Whether there are changes that the subscribers have not been served yet. */
	boolean isBehind(long accountVersion) {
		return this.version < accountVersion;
	}

	/** Serves the subscribers soon, on another thread. */
	void wake() {
		if (this.wakes.getAndIncrement() == 0) {
			this.feeds.execute(this::serve);
		}
	}

	private void serve() {
		int seen = this.wakes.get();
		boolean more = false;
		try {
			more = serveOnce();
		}
		// Whatever it is, the feed must be woken again.
		catch (Throwable ex) {
			logger.debug("A feed could not be read; the next look at the versions takes it up again", ex);
			this.version = -1;
		}
		// An account with much to do takes turns with the others.
		if (more || this.wakes.addAndGet(-seen) != 0) {
			this.feeds.execute(this::serve);
		}
	}

	/**
	 * Serves the subscribers for one turn. Those that are far apart take turns as well.
	 * @return whether there is more to do at once
	 */
	private boolean serveOnce() {
		long end = System.nanoTime() + TURN.toNanos();
		NavigableSet<Long> places = new TreeSet<>();
		List<ChangeStream> stalled = new ArrayList<>();
		for (ChangeStream stream : this.streams) {
			if (stream.wantsMore()) {
				places.add(stream.version());
			}
			else if (stream.isStalled()) {
				stalled.add(stream);
			}
		}
		if (!stalled.isEmpty()) {
			long accountVersion = this.feeds.version(this.account);
			stalled.forEach((stream) -> stream.stall(accountVersion, this.feeds.maxBacklog()));
			seen(accountVersion);
		}
		boolean more = false;
		List<Long> inTurn = new ArrayList<>(places.tailSet(this.reached, false));
		inTurn.addAll(places.headSet(this.reached, true));
		for (long place : inTurn) {
			if (serve(place, end)) {
				more = true;
				if (isOver(end)) {
					break;
				}
			}
		}
		return more;
	}

	/**
	 * Reads a page and hands it out, change by change, to the subscribers at its
	 * beginning, and to those that they catch up with.
	 * @return whether there is more to do at once
	 */
	private boolean serve(long place, long end) {
		if (this.streams.stream().noneMatch((stream) -> stream.isAt(place))) {
			return false;
		}
		Page current = pageAt(place);
		if (current == null) {
			return false;
		}
		this.reached = place;
		for (Change change : current.after(place)) {
			for (ChangeStream stream : this.streams) {
				// One that has come since the page was read may need more than it has.
				if (stream.isAt(this.reached) && current.serves(stream)) {
					stream.take(change);
					if (isOver(end)) {
						return true;
					}
				}
			}
			this.reached++;
		}
		return current.changes().size() == PAGE;
	}

	/**
	 * What follows on a place; null if nothing does, or if that is not known any more.
	 */
	private @Nullable Page pageAt(long place) {
		boolean nodes = this.streams.stream().anyMatch(ChangeStream::wantsNodes);
		boolean owners = this.streams.stream().anyMatch(ChangeStream::wantsOwners);
		Page current = this.page;
		if (current != null && current.serves(place, nodes, owners)) {
			return current;
		}
		this.page = null;
		long readAt = System.nanoTime();
		List<ChangeEntry> entries = this.feeds.after(this.account, place, PAGE);
		seen(place + entries.size());
		if (entries.isEmpty()) {
			return null;
		}
		if (!ChangeService.continues(place, entries)) {
			this.streams.stream()
				.filter((stream) -> stream.isAt(place))
				.forEach((stream) -> stream.fail(ChangeService.expired()));
			return null;
		}
		List<Change> changes = this.feeds.toChanges(this.account, entries, nodes, owners);
		current = new Page(place, changes, nodes, owners, readAt);
		this.page = current;
		return current;
	}

	private static boolean isOver(long end) {
		return System.nanoTime() - end >= 0;
	}

	private void seen(long newest) {
		this.version = Math.max(this.version, newest);
	}

	/**
	 * Changes with their objects.
	 *
	 * @param start the place that the first of them follows on
	 * @param changes the changes
	 * @param nodes whether they have their objects
	 * @param owners whether they have what those belong to
	 * @param readAt when they were read, in the system's nanoseconds
	 */
	private record Page(long start, List<Change> changes, boolean nodes, boolean owners, long readAt) {

		boolean serves(long place, boolean withNodes, boolean withOwners) {
			return place >= this.start && place < this.start + this.changes.size() && this.nodes == withNodes
					&& this.owners == withOwners && System.nanoTime() - this.readAt < FRESH.toNanos();
		}

		boolean serves(ChangeStream stream) {
			return (this.nodes || !stream.wantsNodes()) && (this.owners || !stream.wantsOwners());
		}

		List<Change> after(long place) {
			return this.changes.subList(Math.toIntExact(place - this.start), this.changes.size());
		}

	}

}
