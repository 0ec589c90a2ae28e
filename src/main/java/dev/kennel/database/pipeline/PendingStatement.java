package dev.kennel.database.pipeline;

import java.util.concurrent.CompletableFuture;

import dev.kennel.concurrency.Deadline;
import dev.kennel.concurrency.DeadlineExceededException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import org.jspecify.annotations.Nullable;

/**
 * A statement, from being asked for to its rows. At its deadline it fails, and nothing is
 * cancelled: a cancellation would hit whatever the shared connection runs when it
 * arrives. PostgreSQL itself ends the statement, by {@code statement_timeout}.
 */
final class PendingStatement extends CompletableFuture<RowSet<Row>> implements Deadline.ExpiryListener {

	private final String sql;

	private final Tuple parameters;

	/** Where it was sent. */
	private volatile @Nullable PipelinedConnection connection;

	private volatile long sentAt;

	private volatile Runnable end = () -> {
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

	/** What to do when nothing of it is under way any more. */
	void onEnd(Runnable action) {
		this.end = action;
	}

	void ended() {
		this.end.run();
	}

	void sent(PipelinedConnection on) {
		this.sentAt = System.nanoTime();
		this.connection = on;
	}

	/**
	 * The deadline of who waits for it is over. If PostgreSQL has answered nothing since
	 * it was sent, it is either slow, which it says itself about now, or has stopped.
	 */
	@Override
	public boolean expire(boolean patienceOver) {
		if (isDone()) {
			return false;
		}
		PipelinedConnection on = this.connection;
		if (on == null || on.hasAnsweredSince(this.sentAt)) {
			// What depends on it is no work for the thread that keeps the time.
			Thread.startVirtualThread(() -> completeExceptionally(new DeadlineExceededException()));
		}
		else if (patienceOver) {
			on.abort();
		}
		return true;
	}

}
