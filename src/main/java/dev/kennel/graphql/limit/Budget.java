package dev.kennel.graphql.limit;

import java.time.Duration;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.kennel.error.ApiException;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import org.jspecify.annotations.Nullable;

/**
 * A rate limit of cost: a token bucket per account, or per network of a signed-out
 * client, that holds the budget of a minute and is refilled continuously. The buckets are
 * local to an instance, so that a request needs no statement; several instances multiply
 * the budget.
 */
final class Budget {

	private static final Duration WINDOW = Duration.ofMinutes(1);

	/** Limits the memory to some 30 megabytes; recently used buckets are kept. */
	private static final int MAX_BUCKETS = 100_000;

	private final long capacity;

	private final TimeMeter clock;

	/** A bucket that is unused for a minute is full, and may be evicted. */
	private final Cache<Object, Bucket> buckets = Caffeine.newBuilder()
		// Evicts on the calling thread: a handoff would cost more than the work.
		.executor(Runnable::run)
		.maximumSize(MAX_BUCKETS)
		.expireAfterAccess(WINDOW)
		.build();

	/**
	 * Creates full buckets.
	 * @param capacity the cost per minute
	 * @param clock the time
	 */
	Budget(long capacity, TimeMeter clock) {
		this.capacity = capacity;
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
		if (cost == 0) {
			return state(key);
		}
		ConsumptionProbe probe = bucket(key).tryConsumeAndReturnRemaining(cost);
		if (!probe.isConsumed()) {
			throw ApiException.rateLimited(
					"The operations of the last minute have used the budget of " + this.capacity
							+ " objects (kennel.graphql.limits.budget). Wait for a moment.",
					Duration.ofSeconds(seconds(probe.getNanosToWaitForRefill())));
		}
		return state(probe.getRemainingTokens());
	}

	/** Returns the state of a bucket. */
	BudgetState state(Object key) {
		return state(bucket(key).getAvailableTokens());
	}

	private Bucket bucket(Object key) {
		return this.buckets.get(key,
				(absent) -> Bucket.builder()
					.addLimit((limit) -> limit.capacity(this.capacity).refillGreedy(this.capacity, WINDOW))
					.withCustomTimePrecision(this.clock)
					.build());
	}

	private BudgetState state(long remaining) {
		long used = this.capacity - remaining;
		return new BudgetState(this.capacity, remaining,
				Duration.ofSeconds(Math.ceilDiv(used * WINDOW.toSeconds(), this.capacity)));
	}

	/**
	 * Rounds up, so that a client that waits for this long does not retry too early.
	 */
	private static long seconds(long nanos) {
		return Math.ceilDiv(nanos, 1_000_000_000L);
	}

	/** Returns the budget, or null if it is unlimited. */
	static @Nullable Budget of(LimitProperties limits) {
		return (limits.budget() > 0) ? new Budget(limits.budget(), TimeMeter.SYSTEM_NANOTIME) : null;
	}

}
