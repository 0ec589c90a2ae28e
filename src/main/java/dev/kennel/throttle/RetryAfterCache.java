package dev.kennel.throttle;

import java.time.Duration;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;

/**
 * Buckets that this instance has found empty, and until when they stay so. Attempts are
 * refused by it without a statement, so that a flood of them costs the store nothing.
 */
final class RetryAfterCache {

	/** Beyond this, entries are evicted, and the store is asked again. */
	private static final int MAX_SIZE = 100_000;

	private final Ticker ticker;

	private final Cache<String, Long> ends;

	RetryAfterCache(Ticker ticker) {
		this.ticker = ticker;
		this.ends = Caffeine.newBuilder()
			.maximumSize(MAX_SIZE)
			.ticker(ticker)
			.expireAfter(Expiry.writing((String key, Long end) -> Duration.ofNanos(end - ticker.read())))
			.build();
	}

	void put(String bucket, Duration retryAfter) {
		this.ends.put(bucket, this.ticker.read() + retryAfter.toNanos());
	}

	/** Returns how long the bucket stays empty; zero if it is not known to be. */
	Duration get(String bucket) {
		Long end = this.ends.getIfPresent(bucket);
		return (end != null) ? Duration.ofNanos(Math.max(0, end - this.ticker.read())) : Duration.ZERO;
	}

}
