package dev.kennel.graphql.limit;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.kennel.error.ApiException;
import org.jspecify.annotations.Nullable;

/**
 * How much cost who asks may cause: a bucket for each account, and for each address that
 * is signed out, that holds the budget of a minute and is filled again all the time. Each
 * instance counts for itself, so that no request has to ask the store; with several
 * instances there is so much more.
 */
final class Budget {

	private static final Duration WINDOW = Duration.ofMinutes(1);

	private static final long WINDOW_NANOS = WINDOW.toNanos();

	/** Those that have been used last are kept, which is a few megabytes. */
	private static final int MAX_BUCKETS = 100_000;

	private final long capacity;

	private final double nanosPerUnit;

	private final LongSupplier clock;

	/**
	 * When each bucket will be full. One that has been left alone for a minute is, and
	 * needs not be remembered.
	 */
	private final Cache<Object, AtomicLong> buckets = Caffeine.newBuilder()
		// At once: a thread of its own would cost more than what there is to do.
		.executor(Runnable::run)
		.maximumSize(MAX_BUCKETS)
		.expireAfterAccess(WINDOW)
		.build();

	/**
	 * Makes buckets, all of them full.
	 * @param capacity the cost for each minute
	 * @param clock the time in nanoseconds, from anywhere on
	 */
	Budget(long capacity, LongSupplier clock) {
		this.capacity = capacity;
		this.nanosPerUnit = (double) WINDOW_NANOS / capacity;
		this.clock = clock;
	}

	/**
	 * What is left.
	 *
	 * @param limit what a full bucket has
	 * @param remaining what this one has
	 * @param reset when it is full again
	 */
	record State(long limit, long remaining, Duration reset) {
	}

	/**
	 * Takes from a bucket.
	 * @param payer whose it is
	 * @param cost how much to take
	 * @return what is left
	 * @throws ApiException with RATE_LIMITED if there is not as much, and nothing is
	 * taken
	 */
	State take(Object payer, long cost) {
		AtomicLong bucket = bucket(payer);
		while (true) {
			long now = this.clock.getAsLong();
			long fullAt = bucket.get();
			long wait = Math.max(0, fullAt - now);
			long newWait = wait + (long) Math.ceil(cost * this.nanosPerUnit);
			if (newWait > WINDOW_NANOS && cost > 0) {
				throw ApiException.rateLimited(
						"The operations of the last minute have used the budget of " + this.capacity
								+ " objects (kennel.graphql.limits.budget). Wait for a moment.",
						Duration.ofSeconds(seconds(newWait - WINDOW_NANOS)));
			}
			if (bucket.compareAndSet(fullAt, now + newWait)) {
				return state(newWait);
			}
		}
	}

	/** Answers what is left of a bucket. */
	State state(Object payer) {
		return state(Math.max(0, bucket(payer).get() - this.clock.getAsLong()));
	}

	private AtomicLong bucket(Object payer) {
		return this.buckets.get(payer, (key) -> new AtomicLong(this.clock.getAsLong()));
	}

	private State state(long wait) {
		long remaining = (long) Math.floor((WINDOW_NANOS - wait) / this.nanosPerUnit);
		return new State(this.capacity, Math.max(0, remaining), Duration.ofSeconds(seconds(wait)));
	}

	/**
	 * Whole seconds, so that who waits for as long as told has waited for long enough.
	 */
	private static long seconds(long nanos) {
		return Math.ceilDiv(nanos, 1_000_000_000L);
	}

	/** For a limit that there is not. */
	static @Nullable Budget of(LimitProperties limits) {
		return (limits.budget() > 0) ? new Budget(limits.budget(), System::nanoTime) : null;
	}

}
