package dev.kennel.throttle;

import java.time.Duration;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;

/**
 * Who has been told to wait by this instance, and for how much longer. They are refused
 * before anything is asked of the store, or of the queue that all share.
 */
final class Refusals {

	/** More are forgotten, and then asked about again. */
	private static final int MOST = 100_000;

	private final Cache<String, Long> ends = Caffeine.newBuilder()
		.maximumSize(MOST)
		.expireAfter(Expiry.creating((String key, Long end) -> Duration.ofNanos(end - System.nanoTime())))
		.build();

	void add(String key, Duration wait) {
		this.ends.put(key, System.nanoTime() + wait.toNanos());
	}

	/** How much longer somebody has to wait; nothing if they need not. */
	Duration left(String key) {
		Long end = this.ends.getIfPresent(key);
		return (end != null) ? Duration.ofNanos(Math.max(0, end - System.nanoTime())) : Duration.ZERO;
	}

}
