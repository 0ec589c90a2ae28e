package dev.kennel.database;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import com.zaxxer.hikari.SQLExceptionOverride;
import dev.kennel.database.sql.SqlFailureClassifier;

/**
 * Decides which failures of a statement evict connections from a pool.
 *
 * <ul>
 * <li>A write that a server refuses as read-only (SQLSTATE 25006) evicts all connections.
 * After a failover behind a virtual address, or with several hosts in the URL, they lead
 * to a standby.
 * <li>A statement that the database does not support (0A000) evicts none. HikariCP would
 * evict its connection, and a distributed database that refuses a frequent statement
 * would be busy with new connections.
 * <li>The pool decides about all others.
 * </ul>
 */
final class EvictionPolicy implements SQLExceptionOverride {

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
	EvictionPolicy(Runnable eviction) {
		this.eviction = eviction;
	}

	/**
	 * Decides about the connection whose statement has failed. If the server is
	 * read-only, evicts all others as well, once a second.
	 */
	@java.lang.Override // The interface has a type of that name.
	public Override adjudicate(SQLException failure) {
		if (!SqlFailureClassifier.READ_ONLY_TRANSACTION.equals(failure.getSQLState())) {
			return SqlFailureClassifier.isUnsupported(failure) ? Override.DO_NOT_EVICT : Override.CONTINUE_EVICT;
		}
		long evicted = this.lastEviction.get();
		long now = System.nanoTime();
		if (now - evicted >= INTERVAL.toNanos() && this.lastEviction.compareAndSet(evicted, now)) {
			this.eviction.run();
		}
		return Override.MUST_EVICT;
	}

}
