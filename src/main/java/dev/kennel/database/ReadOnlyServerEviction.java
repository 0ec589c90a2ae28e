package dev.kennel.database;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import com.zaxxer.hikari.SQLExceptionOverride;

/**
 * Evicts all connections when a server refuses a write as read-only (SQLSTATE 25006).
 * After a failover behind a virtual address, or with several hosts in the URL, they lead
 * to a standby.
 */
final class ReadOnlyServerEviction implements SQLExceptionOverride {

	/**
	 * The minimum time between two evictions of all connections: while no primary can be
	 * reached, each write fails.
	 */
	private static final Duration INTERVAL = Duration.ofSeconds(1);

	private final Runnable eviction;

	private final AtomicLong lastEviction = new AtomicLong(System.nanoTime() - INTERVAL.toNanos());

	/**
	 * Creates an override for the exceptions of a pool.
	 * @param eviction evicts all connections
	 */
	ReadOnlyServerEviction(Runnable eviction) {
		this.eviction = eviction;
	}

	/**
	 * Evicts the connection whose statement has failed, and once a second all others.
	 */
	@java.lang.Override // The interface has a type of that name.
	public Override adjudicate(SQLException failure) {
		if (!SqlFailureClassifier.READ_ONLY_TRANSACTION.equals(failure.getSQLState())) {
			return Override.CONTINUE_EVICT;
		}
		long evicted = this.lastEviction.get();
		long now = System.nanoTime();
		if (now - evicted >= INTERVAL.toNanos() && this.lastEviction.compareAndSet(evicted, now)) {
			this.eviction.run();
		}
		return Override.MUST_EVICT;
	}

}
