package dev.kennel.throttle;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RetryAfterCacheTests {

	/** {@code System.nanoTime()} may be negative, and overflow. */
	private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);

	private final RetryAfterCache cache = new RetryAfterCache(this.now::get);

	@Test
	void retryAfterEndsWhenTheBucketIsRefilled() {
		this.cache.put("a", Duration.ofSeconds(10));
		assertThat(this.cache.get("a")).isEqualTo(Duration.ofSeconds(10));
		assertThat(this.cache.get("b")).isEqualTo(Duration.ZERO);

		this.now.addAndGet(Duration.ofSeconds(4).toNanos());
		assertThat(this.cache.get("a")).isEqualTo(Duration.ofSeconds(6));

		this.now.addAndGet(Duration.ofSeconds(6).toNanos());
		assertThat(this.cache.get("a")).isEqualTo(Duration.ZERO);
		this.now.addAndGet(Duration.ofSeconds(1).toNanos());
		assertThat(this.cache.get("a")).isEqualTo(Duration.ZERO);
	}

	/** Concurrent attempts may be refused one after another, each for longer. */
	@Test
	void laterRefusalReplacesRetryAfter() {
		this.cache.put("a", Duration.ofSeconds(10));
		this.now.addAndGet(Duration.ofSeconds(1).toNanos());
		this.cache.put("a", Duration.ofSeconds(30));

		this.now.addAndGet(Duration.ofSeconds(15).toNanos());

		assertThat(this.cache.get("a")).isEqualTo(Duration.ofSeconds(15));
	}

}
