package dev.kennel.graphql.limit;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.kennel.error.ApiException;
import org.jspecify.annotations.Nullable;

/**
 * A rate limit of cost: a token bucket per account, or per network of a signed-out
 * client, that holds the budget of a minute and is refilled continuously. The buckets are
 * local to an instance, so that a request needs no statement; several instances multiply
 * the budget.
 */
final class Budget {

	private static final Duration WINDOW = Duration.ofMinutes(1);

	private static final long WINDOW_NANOS = WINDOW.toNanos();

	/** Limits the memory to a few megabytes; recently used buckets are kept. */
	private static final int MAX_BUCKETS = 100_000;

	private final long capacity;

	private final double nanosPerUnit;

	private final LongSupplier clock;

	/**
	 * The time at which each bucket is full. A bucket that is unused for a minute is
	 * full, and may be evicted.
	 */
	private final Cache<Object, AtomicLong> buckets = Caffeine.newBuilder()
		// Evicts on the calling thread: a handoff would cost more than the work.
		.executor(Runnable::run)
		.maximumSize(MAX_BUCKETS)
		.expireAfterAccess(WINDOW)
		.build();

	/**
	 * Creates full buckets.
	 * @param capacity the cost per minute
	 * @param clock the time in nanoseconds, with any origin
	 */
	Budget(long capacity, LongSupplier clock) {
		this.capacity = capacity;
		this.nanosPerUnit = (double) WINDOW_NANOS / capacity;
		this.clock = clock;
	}

	/**
	 * Takes cost from a bucket.
	 * @param key the key of the bucket
	 * @param cost the cost to take
	 * @return the state afterwards
	 * @throws ApiException with RATE_LIMITED if less remains; nothing is taken then
	 */
	BudgetState take(Object key, long cost) {
		AtomicLong bucket = bucket(key);
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

	/** Returns the state of a bucket. */
	BudgetState state(Object key) {
		return state(Math.max(0, bucket(key).get() - this.clock.getAsLong()));
	}

	private AtomicLong bucket(Object key) {
		return this.buckets.get(key, (absent) -> new AtomicLong(this.clock.getAsLong()));
	}

	private BudgetState state(long wait) {
		long remaining = (long) Math.floor((WINDOW_NANOS - wait) / this.nanosPerUnit);
		return new BudgetState(this.capacity, Math.max(0, remaining), Duration.ofSeconds(seconds(wait)));
	}

	/**
	 * Rounds up, so that a client that waits for this long does not retry too early.
	 */
	private static long seconds(long nanos) {
		return Math.ceilDiv(nanos, 1_000_000_000L);
	}

	/** Returns the budget, or null if it is unlimited. */
	static @Nullable Budget of(LimitProperties limits) {
		return (limits.budget() > 0) ? new Budget(limits.budget(), System::nanoTime) : null;
	}

}
