package dev.kennel.change;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * One subscriber of an account's feed, with backpressure: entries are delivered only on
 * demand, so that what a slow client has not consumed stays in the database.
 */
class FeedSubscription implements Subscription {

	private @Nullable AccountFeed feed;

	private final FeedSubscriptionParameters request;

	private final Subscriber<? super Change> subscriber;

	private final AtomicLong demand = new AtomicLong();

	private volatile boolean ended;

	private final Instant subscribedAt = Instant.now();

	private final long subscribedNanos = System.nanoTime();

	/** Confined to the thread that serves the feed. */
	private FeedPosition position;

	/** The account's version when the client was first found without demand; or -1. */
	private long stalledAt = -1;

	FeedSubscription(FeedSubscriptionParameters request, Subscriber<? super Change> subscriber) {
		this.request = request;
		this.subscriber = subscriber;
		this.position = request.start();
	}

	/** Called once, before the subscriber gets the subscription. */
	void attach(AccountFeed attached) {
		this.feed = attached;
	}

	private AccountFeed feed() {
		if (this.feed == null) {
			throw new IllegalStateException("The subscription follows no feed");
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

	boolean hasDemand() {
		return !this.ended && this.demand.get() > 0;
	}

	/**
	 * Returns when the subscription began: its start was read from the database then.
	 * @return a moment of {@link System#nanoTime}
	 */
	long subscribedNanos() {
		return this.subscribedNanos;
	}

	boolean selectsNodes() {
		return this.request.withNodes();
	}

	boolean selectsParents() {
		return this.request.withParents();
	}

	FeedPosition position() {
		return this.position;
	}

	/** Returns whether the subscription has demand for the change after a version. */
	boolean isAt(long version) {
		return this.position.version() == version && hasDemand();
	}

	/**
	 * Delivers the change after the subscription's position, if there is demand for it.
	 * @param next the position after the change
	 */
	void deliver(Change change, FeedPosition next) {
		if (!hasDemand()) {
			return;
		}
		this.stalledAt = -1;
		this.demand.decrementAndGet();
		this.position = next;
		try {
			this.request.beforeEach().accept(change);
			this.subscriber.onNext(change);
			if (change.at().toInstant().isAfter(this.subscribedAt)) {
				feed().delivered(change);
			}
		}
		// Whatever the failure, the other subscriptions continue.
		catch (Throwable ex) {
			fail(ex);
		}
	}

	/**
	 * Records that the client has no demand, and cancels the subscription if its backlog
	 * exceeds the limit.
	 */
	void stall(long accountVersion, int maxBacklog) {
		if (this.stalledAt < 0) {
			this.stalledAt = accountVersion;
		}
		else if (accountVersion - this.stalledAt > maxBacklog) {
			cancel();
			this.request.onTooSlow().run();
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
