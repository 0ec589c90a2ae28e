package dev.kennel.throttle;

import java.time.Duration;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;

/**
 * A cache of buckets that this instance has found empty, with the time of their refill.
 * It refuses attempts without a statement, so that a flood of them does not load the
 * database.
 */
final class RetryAfterCache {

	/** Beyond this, entries are evicted, and the database is queried again. */
	private static final int MAX_SIZE = 100_000;

	private final Ticker ticker;

	private final Cache<String, Long> refillTimes;

	RetryAfterCache(Ticker ticker) {
		this.ticker = ticker;
		this.refillTimes = Caffeine.newBuilder()
			.maximumSize(MAX_SIZE)
			.ticker(ticker)
			.expireAfter(Expiry.writing((String key, Long refillTime) -> Duration.ofNanos(refillTime - ticker.read())))
			.build();
	}

	void put(String bucket, Duration retryAfter) {
		this.refillTimes.put(bucket, this.ticker.read() + retryAfter.toNanos());
	}

	/** Returns how long the bucket stays empty; zero if it is not known to be. */
	Duration get(String bucket) {
		Long refillTime = this.refillTimes.getIfPresent(bucket);
		return (refillTime != null) ? Duration.ofNanos(Math.max(0, refillTime - this.ticker.read())) : Duration.ZERO;
	}

}
