package dev.kennel.database.pipeline;

import java.time.Duration;
import java.util.function.Function;

import io.vertx.core.Future;
import io.vertx.pgclient.impl.PgConnectionImpl;
import org.jspecify.annotations.Nullable;

/**
 * What is required of the connections of a client, and what happens without one.
 *
 * @param timeout how long a statement waits for a connection; with zero, it fails at once
 * while there is none
 * @param check checks a new connection, and closes one that it refuses
 * @param lossListener called, on a thread that may block, when a connection is lost; or
 * null
 */
record ConnectionPolicy(Duration timeout, Function<PgConnectionImpl, Future<PgConnectionImpl>> check,
		@Nullable Runnable lossListener) {

	/** Returns the policy for the database that is written to. */
	static ConnectionPolicy of(DatabaseAddress address, Duration timeout) {
		return new ConnectionPolicy(timeout,
				address.primary() ? HostConnector::requirePrimary : Future::succeededFuture, null);
	}

	/** Returns whether a statement fails while there is no connection. */
	boolean failsWithoutConnection() {
		return this.timeout.isZero();
	}

}
