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
 * Keeps buckets of tokens in the store, so that all instances count together. Each use is
 * a short transaction of its own on one row.
 *
 * @see <a href="https://bucket4j.com/8.14.0/toc.html">Bucket4j reference</a>
 */
@Repository
class BucketRepository {

	/** How long a bucket is kept after it is full again. */
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
	 * @param configuration the limits of the bucket, if it does not exist yet
	 * @return zero if there was one, else how long until there is
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

}
