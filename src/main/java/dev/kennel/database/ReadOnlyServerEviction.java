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
 * such connections lead to a standby and would stay until their maximum lifetime. New
 * connections lead to the primary.
 *
 * <p>
 * The connection whose statement failed is evicted at once, idle ones too, and those in
 * use when they are returned.
 */
final class ReadOnlyServerEviction implements SQLExceptionOverride {

	/**
	 * While no primary can be reached, each write fails. All connections need not be made
	 * anew for each of them.
	 */
	private static final Duration INTERVAL = Duration.ofSeconds(1);

	private final HikariDataSource pool;

	private final AtomicLong last = new AtomicLong(System.nanoTime() - INTERVAL.toNanos());

	ReadOnlyServerEviction(HikariDataSource pool) {
		this.pool = pool;
	}

	@java.lang.Override // The interface has a type of that name.
	public Override adjudicate(SQLException failure) {
		if (!SqlFailureClassifier.READ_ONLY_TRANSACTION.equals(failure.getSQLState())) {
			return Override.CONTINUE_EVICT;
		}
		long evicted = this.last.get();
		long now = System.nanoTime();
		HikariPoolMXBean connections = this.pool.getHikariPoolMXBean();
		if (connections != null && now - evicted >= INTERVAL.toNanos() && this.last.compareAndSet(evicted, now)) {
			connections.softEvictConnections();
		}
		return Override.MUST_EVICT;
	}

}
