package dev.kennel.database;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import com.zaxxer.hikari.SQLExceptionOverride;

/**
 * Evicts the connections of a pool when a server refuses a write as read-only (SQLSTATE
 * 25006). After a failover behind a virtual address, or with several hosts in the URL,
 * such connections lead to a standby, and would be kept until their maximum lifetime. New
 * connections lead to the primary.
 *
 * <p>
 * The connection whose statement failed and idle connections are evicted at once, those
 * in use when they are returned.
 */
final class ReadOnlyServerEviction implements SQLExceptionOverride {

	/**
	 * The minimum time between two evictions of the whole pool: while no primary can be
	 * reached, each write fails.
	 */
	private static final Duration INTERVAL = Duration.ofSeconds(1);

	private final HikariDataSource pool;

	private final AtomicLong lastEviction = new AtomicLong(System.nanoTime() - INTERVAL.toNanos());

	ReadOnlyServerEviction(HikariDataSource pool) {
		this.pool = pool;
	}

	@java.lang.Override // The interface has a type of that name.
	public Override adjudicate(SQLException failure) {
		if (!SqlFailureClassifier.READ_ONLY_TRANSACTION.equals(failure.getSQLState())) {
			return Override.CONTINUE_EVICT;
		}
		long evicted = this.lastEviction.get();
		long now = System.nanoTime();
		HikariPoolMXBean connections = this.pool.getHikariPoolMXBean();
		if (connections != null && now - evicted >= INTERVAL.toNanos()
				&& this.lastEviction.compareAndSet(evicted, now)) {
			connections.softEvictConnections();
		}
		return Override.MUST_EVICT;
	}

}
