package dev.kennel.change;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * One subscriber of an account's feed. It gets entries only as it asks for them, so that
 * what a slow client has not taken yet stays in the store.
 */
class ChangeStream implements Subscription {

	private @Nullable AccountFeed feed;

	private final ChangeRequest request;

	private final Subscriber<? super Change> subscriber;

	private final AtomicLong demand = new AtomicLong();

	private volatile boolean ended;

	private final Instant begin = Instant.now();

	/** Only of the thread that serves the feed. */
	private FeedPosition place;

	/** The account's version when the client was last known to take nothing; or -1. */
	private long stalledAt = -1;

	ChangeStream(ChangeRequest request, Subscriber<? super Change> subscriber) {
		this.request = request;
		this.subscriber = subscriber;
		this.place = request.start();
	}

	/** Called once, before the subscriber knows of the stream. */
	void follow(AccountFeed followed) {
		this.feed = followed;
	}

	private AccountFeed feed() {
		if (this.feed == null) {
			throw new IllegalStateException("The stream follows no feed");
		}
		return this.feed;
	}

	@Override
	public void request(long count) {
		if (count <= 0) {
			fail(new IllegalArgumentException("A subscriber has to request a positive number of events"));
			return;
		}
		this.demand.accumulateAndGet(count, (a, b) -> (a + b < 0) ? Long.MAX_VALUE : a + b);
		feed().wake();
	}

	@Override
	public void cancel() {
		this.ended = true;
		feed().remove(this);
	}

	boolean wantsMore() {
		return !this.ended && this.demand.get() > 0;
	}

	boolean wantsNodes() {
		return this.request.nodes();
	}

	boolean wantsOwners() {
		return this.request.owners();
	}

	FeedPosition place() {
		return this.place;
	}

	/** Whether it waits for the change that follows on a version. */
	boolean isAt(long version) {
		return this.place.version() == version && wantsMore();
	}

	/**
	 * Takes the change that follows on the stream's place, if there is room for it.
	 * @param behind the place behind the change
	 */
	void take(Change change, FeedPosition behind) {
		if (!wantsMore()) {
			return;
		}
		this.stalledAt = -1;
		this.demand.decrementAndGet();
		this.place = behind;
		try {
			this.request.beforeEach().accept(change);
			this.subscriber.onNext(change);
			if (change.at().toInstant().isAfter(this.begin)) {
				feed().delivered(change);
			}
		}
		// Whatever it is, the other streams go on.
		catch (Throwable ex) {
			fail(ex);
		}
	}

	/**
	 * Notes that the client takes nothing, and ends the stream if that goes on for long.
	 */
	void stall(long accountVersion, int maxBacklog) {
		if (this.stalledAt < 0) {
			this.stalledAt = accountVersion;
		}
		else if (accountVersion - this.stalledAt > maxBacklog) {
			cancel();
			this.request.tooSlow().run();
		}
	}

	boolean isStalled() {
		return !this.ended && this.demand.get() == 0;
	}

	void fail(Throwable failure) {
		if (!this.ended) {
			cancel();
			this.subscriber.onError(failure);
		}
	}

}
