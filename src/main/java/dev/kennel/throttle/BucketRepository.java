package dev.kennel.throttle;

import java.time.Duration;

import javax.sql.DataSource;

import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.distributed.jdbc.PrimaryKeyMapper;
import io.github.bucket4j.postgresql.Bucket4jPostgreSQL;
import io.github.bucket4j.postgresql.PostgreSQLSelectForUpdateBasedProxyManager;

import org.springframework.stereotype.Repository;

/**
 * Stores token buckets in the database, so that all instances share them. Each use is a
 * short transaction of its own on one row.
 *
 * @see <a href="https://bucket4j.com/8.14.0/toc.html">Bucket4j reference</a>
 */
@Repository
class BucketRepository {

	/** How long a bucket is kept after it is full again. */
	private static final Duration RETENTION = Duration.ofMinutes(10);

	private static final int BATCH_SIZE = 1_000;

	private final PostgreSQLSelectForUpdateBasedProxyManager<String> buckets;

	BucketRepository(DataSource dataSource) {
		this.buckets = Bucket4jPostgreSQL.selectForUpdateBasedBuilder(dataSource)
			.primaryKeyMapper(PrimaryKeyMapper.STRING)
			.table("throttle_buckets")
			.idColumn("id")
			.stateColumn("state")
			.expiresAtColumn("expires_at")
			.expirationAfterWrite(ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(RETENTION))
			.build();
	}

	/**
	 * Takes a token.
	 * @param configuration the limits of the bucket, if it does not exist yet
	 * @return zero if a token was taken, else the time until one is refilled
	 */
	Duration take(String key, BucketConfiguration configuration) {
		ConsumptionProbe probe = this.buckets.builder().build(key, () -> configuration).tryConsumeAndReturnRemaining(1);
		return probe.isConsumed() ? Duration.ZERO : Duration.ofNanos(probe.getNanosToWaitForRefill());
	}

	/** Refunds a token. */
	void refund(String key, BucketConfiguration configuration) {
		this.buckets.builder().build(key, () -> configuration).addTokens(1);
	}

	void removeExpired() {
		int removed;
		do {
			removed = this.buckets.removeExpired(BATCH_SIZE);
		}
		while (removed == BATCH_SIZE);
	}

}
