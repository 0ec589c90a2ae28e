package dev.kennel.change;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import dev.kennel.database.AccountId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The subscribers of one account on this instance. They are served by one thread at a
 * time, and only while there is something to do; subscribers at the same place share what
 * is read for them.
 */
class AccountFeed {

	private static final Logger logger = LoggerFactory.getLogger(AccountFeed.class);

	private static final int PAGE = 100;

	private final AccountId account;

	private final ChangeFeeds feeds;

	private final List<ChangeStream> streams = new CopyOnWriteArrayList<>();

	/** How often the feed was woken since it was last looked at. */
	private final AtomicInteger wakes = new AtomicInteger();

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
		catch (RuntimeException ex) {
			logger.debug("A feed could not be read; the next look at the versions takes it up again", ex);
			this.version = -1;
		}
		// An account with much to do takes turns with the others.
		if (more || this.wakes.addAndGet(-seen) != 0) {
			this.feeds.execute(this::serve);
		}
	}

	/**
	 * Reads one page for each place at which there are subscribers.
	 * @return whether there is more to read at once
	 */
	private boolean serveOnce() {
		Map<Long, List<ChangeStream>> places = new LinkedHashMap<>();
		List<ChangeStream> stalled = new ArrayList<>();
		for (ChangeStream stream : this.streams) {
			if (stream.wantsMore()) {
				places.computeIfAbsent(stream.version(), (place) -> new ArrayList<>()).add(stream);
			}
			else if (stream.isStalled()) {
				stalled.add(stream);
			}
		}
		boolean more = false;
		for (Map.Entry<Long, List<ChangeStream>> place : places.entrySet()) {
			more |= serve(place.getKey(), place.getValue());
		}
		if (!stalled.isEmpty()) {
			long accountVersion = this.feeds.version(this.account);
			stalled.forEach((stream) -> stream.stall(accountVersion, this.feeds.maxBacklog()));
			seen(accountVersion);
		}
		return more;
	}

	private boolean serve(long place, List<ChangeStream> followers) {
		List<ChangeEntry> entries = this.feeds.after(this.account, place, PAGE);
		seen(place + entries.size());
		if (entries.isEmpty()) {
			return false;
		}
		if (!ChangeService.continues(place, entries)) {
			followers.forEach((stream) -> stream.fail(ChangeService.expired()));
			return false;
		}
		List<Change> page = this.feeds.toChanges(this.account, entries,
				followers.stream().anyMatch(ChangeStream::wantsNodes));
		followers.forEach((stream) -> stream.take(page));
		return entries.size() == PAGE && followers.stream().anyMatch(ChangeStream::wantsMore);
	}

	private void seen(long newest) {
		this.version = Math.max(this.version, newest);
	}

}
