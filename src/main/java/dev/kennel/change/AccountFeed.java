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

	private final FeedDispatcher feeds;

	private final List<ChangeStream> streams = new CopyOnWriteArrayList<>();

	/** How often the feed was woken since it was last looked at. */
	private final AtomicInteger wakes = new AtomicInteger();

	/** What was read last. */
	private @Nullable Page page;

	/** How far the subscribers that were served last have got. */
	private long reached = -1;

	/** The newest version that has been seen. */
	private volatile long version = -1;

	AccountFeed(AccountId account, FeedDispatcher feeds) {
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

	/**
	 * Whether there are changes that the subscribers have not been served yet, or changes
	 * that they have been served are gone.
	 */
	boolean differsFrom(long accountVersion) {
		return this.version != accountVersion;
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
				places.add(stream.place().version());
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
	private boolean serve(long version, long end) {
		ChangeStream first = this.streams.stream().filter((stream) -> stream.isAt(version)).findFirst().orElse(null);
		if (first == null) {
			return false;
		}
		Page current = pageAt(first.place());
		if (current == null) {
			return false;
		}
		this.reached = version;
		for (int index = Math.toIntExact(version - current.start().version()); index < current.changes()
			.size(); index++) {
			FeedPosition place = current.place(index);
			FeedPosition next = current.place(index + 1);
			for (ChangeStream stream : this.streams) {
				// One that has come since the page was read may need more than it has.
				if (stream.isAt(this.reached) && current.serves(stream)) {
					if (place.contradicts(stream.place())) {
						stream.fail(ChangeService.expired());
						continue;
					}
					stream.take(current.changes().get(index), next);
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
	private @Nullable Page pageAt(FeedPosition place) {
		boolean nodes = this.streams.stream().anyMatch(ChangeStream::wantsNodes);
		boolean owners = this.streams.stream().anyMatch(ChangeStream::wantsOwners);
		Page current = this.page;
		if (current != null && current.serves(place.version(), nodes, owners)) {
			return current;
		}
		this.page = null;
		long readAt = System.nanoTime();
		FeedPage read = this.feeds.after(this.account, place, PAGE);
		List<ChangeEntry> entries = read.entries();
		if (isGone(place, read)) {
			this.version = -1;
			this.streams.stream()
				.filter((stream) -> stream.isAt(place.version()))
				.forEach((stream) -> stream.fail(ChangeService.expired()));
			return null;
		}
		seen(place.version() + entries.size());
		if (entries.isEmpty()) {
			return null;
		}
		List<Change> changes = this.feeds.toChanges(this.account, entries, nodes, owners);
		List<FeedPosition> behind = new ArrayList<>();
		behind.add((read.behind() != null) ? read.behind() : new FeedPosition(place.version(), 0));
		entries.forEach((entry) -> behind.add(FeedPosition.behind(entry)));
		current = new Page(changes, behind, nodes, owners, readAt);
		this.page = current;
		return current;
	}

	/**
	 * Whether a place is not in the feed any longer, or what follows on it is not. Where
	 * there is nothing at all, the database may be one that has not got so far.
	 */
	private boolean isGone(FeedPosition place, FeedPage read) {
		if (read.contradicts(place)) {
			return true;
		}
		if (read.entries().isEmpty()) {
			return read.behind() == null && this.feeds.version(this.account) < place.version();
		}
		return !read.continues(place);
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
	 * @param changes the changes
	 * @param places the place that the first of them follows on, and the places behind
	 * each
	 * @param nodes whether they have their objects
	 * @param owners whether they have what those belong to
	 * @param readAt when they were read, in the system's nanoseconds
	 */
	private record Page(List<Change> changes, List<FeedPosition> places, boolean nodes, boolean owners, long readAt) {

		FeedPosition start() {
			return this.places.getFirst();
		}

		/** The place that a change follows on. */
		FeedPosition place(int index) {
			return this.places.get(index);
		}

		boolean serves(long version, boolean withNodes, boolean withOwners) {
			return version >= start().version() && version < start().version() + this.changes.size()
					&& this.nodes == withNodes && this.owners == withOwners
					&& System.nanoTime() - this.readAt < FRESH.toNanos();
		}

		boolean serves(ChangeStream stream) {
			return (this.nodes || !stream.wantsNodes()) && (this.owners || !stream.wantsOwners());
		}

	}

}
