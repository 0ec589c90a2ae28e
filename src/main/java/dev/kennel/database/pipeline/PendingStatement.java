package dev.kennel.database.pipeline;

import java.util.concurrent.CompletableFuture;

import dev.kennel.concurrency.Deadline;
import dev.kennel.concurrency.DeadlineExceededException;
import dev.kennel.database.sql.DatabaseUnavailableException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import org.jspecify.annotations.Nullable;

/**
 * A statement, from the request to its rows. At its deadline it fails without a cancel
 * request, which would hit whatever statement the shared connection executes when it
 * arrives. PostgreSQL itself ends the statement, by {@code statement_timeout}.
 */
final class PendingStatement extends CompletableFuture<RowSet<Row>> implements Deadline.ExpiryListener {

	private final String sql;

	private final Tuple parameters;

	/** The connection that it was sent on. */
	private volatile PipelinedConnection.@Nullable Link link;

	private volatile boolean awaitsConnection;

	private volatile long sentAt;

	private volatile Runnable endAction = () -> {
	};

	PendingStatement(String sql, Tuple parameters) {
		this.sql = sql;
		this.parameters = parameters;
	}

	String sql() {
		return this.sql;
	}

	Tuple parameters() {
		return this.parameters;
	}

	/** Sets the action to execute once PostgreSQL has finished with the statement. */
	void onEnd(Runnable action) {
		this.endAction = action;
	}

	void ended() {
		this.endAction.run();
	}

	/** Called if there is no connection that the statement could be sent on. */
	void awaitConnection() {
		this.awaitsConnection = true;
	}

	void sent(PipelinedConnection.Link target) {
		this.awaitsConnection = false;
		this.sentAt = System.nanoTime();
		this.link = target;
	}

	/**
	 * Fails the statement at the deadline of its caller. If PostgreSQL has sent nothing
	 * since it was sent, it is either slow, and about to report that itself, or
	 * unresponsive: the connection is closed after the grace period.
	 */
	@Override
	public boolean expire(boolean graceOver) {
		if (isDone()) {
			return false;
		}
		PipelinedConnection.Link target = this.link;
		if (target == null || target.hasRespondedSince(this.sentAt)) {
			RuntimeException failure = this.awaitsConnection
					? new DatabaseUnavailableException("No connection was available until the deadline", null)
					: new DeadlineExceededException();
			// Dependent work must not be executed on the watchdog thread.
			Thread.startVirtualThread(() -> completeExceptionally(failure));
		}
		else if (graceOver) {
			target.abort();
		}
		return true;
	}

}
