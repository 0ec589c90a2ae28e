package dev.kennel.throttle;

import java.time.Duration;

import javax.sql.DataSource;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.distributed.jdbc.PrimaryKeyMapper;
import io.github.bucket4j.postgresql.Bucket4jPostgreSQL;
import io.github.bucket4j.postgresql.PostgreSQLSelectForUpdateBasedProxyManager;

import org.springframework.stereotype.Repository;

/**
 * Keeps buckets of tokens in the store, so that all instances count together. Each use is
 * a short transaction of its own on one row.
 *
 * @see <a href="https://bucket4j.com/8.14.0/toc.html">Bucket4j reference</a>
 */
@Repository
class BucketRepository {

	/** What is left of a bucket that nobody uses any more is removed some time later. */
	private static final Duration KEPT = Duration.ofMinutes(10);

	private static final int REMOVED_AT_ONCE = 1_000;

	private final PostgreSQLSelectForUpdateBasedProxyManager<String> buckets;

	BucketRepository(DataSource dataSource) {
		this.buckets = Bucket4jPostgreSQL.selectForUpdateBasedBuilder(dataSource)
			.primaryKeyMapper(PrimaryKeyMapper.STRING)
			.table("throttle_buckets")
			.idColumn("id")
			.stateColumn("state")
			.expiresAtColumn("expires_at")
			.expirationAfterWrite(ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(KEPT))
			.build();
	}

	/**
	 * Takes a token.
	 * @return nothing if there was one, else how long to wait for it
	 */
	Duration take(String key, BucketConfiguration configuration) {
		ConsumptionProbe probe = this.buckets.builder().build(key, () -> configuration).tryConsumeAndReturnRemaining(1);
		return probe.isConsumed() ? Duration.ZERO : Duration.ofNanos(probe.getNanosToWaitForRefill());
	}

	/** Puts a token back. */
	void giveBack(String key, BucketConfiguration configuration) {
		this.buckets.builder().build(key, () -> configuration).addTokens(1);
	}

	void removeExpired() {
		int removed;
		do {
			removed = this.buckets.removeExpired(REMOVED_AT_ONCE);
		}
		while (removed == REMOVED_AT_ONCE);
	}

	/** A bucket that is full at first, and gives one token at a time once it is empty. */
	static Bandwidth full(int capacity, Duration refill) {
		return Bandwidth.builder().capacity(capacity).refillGreedy(1, refill).build();
	}

	/** A bucket that is empty at first, and has a token after some time. */
	static Bandwidth empty(Duration refill) {
		return Bandwidth.builder().capacity(1).refillIntervally(1, refill).initialTokens(0).build();
	}

}
