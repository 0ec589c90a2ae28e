package dev.kennel.database;

import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.kennel.concurrency.Deadline;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection that was borrowed under a deadline. The statement that it executes then is
 * cancelled at the deadline; the driver's own query timeout would start a timer for each
 * statement, which takes longer than a short statement does. The connection is closed if
 * it is not returned within {@link Deadline#PATIENCE}.
 */
final class DeadlineConnection extends JdbcProxy<Connection> implements Deadline.ExpiryListener {

	private static final Logger logger = LoggerFactory.getLogger(DeadlineConnection.class);

	private final Deadline deadline;

	private final AtomicBoolean cancelling = new AtomicBoolean();

	private final AtomicBoolean aborted = new AtomicBoolean();

	/** The last one, which may be executing; cancelling one that is not has no effect. */
	private volatile @Nullable Statement statement;

	/** Guarded by this. */
	private boolean returned;

	private DeadlineConnection(Connection connection, Deadline deadline) {
		super(connection);
		this.deadline = deadline;
	}

	static Connection of(Connection borrowed, Deadline deadline) {
		DeadlineConnection connection = new DeadlineConnection(borrowed, deadline);
		deadline.onExpiry(connection);
		return connection.as(Connection.class);
	}

	@Override
	@Nullable Object call(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
		if (method.getName().equals("close")) {
			markReturned();
		}
		boolean createsStatement = Statement.class.isAssignableFrom(method.getReturnType());
		if (createsStatement) {
			this.deadline.require();
		}
		Object result = proceed(method, arguments);
		if (createsStatement && result instanceof Statement created) {
			this.statement = created;
		}
		return result;
	}

	private synchronized void markReturned() {
		this.returned = true;
		this.statement = null;
	}

	@Override
	public boolean expire(boolean patienceOver) {
		if (isReturned()) {
			return false;
		}
		Statement last = this.statement;
		if (patienceOver) {
			startOnce(this.aborted, this::abort);
		}
		else if (last != null) {
			// Again with each call: it may not have been executing yet.
			startOnce(this.cancelling, () -> cancel(last));
		}
		return true;
	}

	private synchronized boolean isReturned() {
		return this.returned;
	}

	/** On a thread of its own, as PostgreSQL may not answer. */
	private static void startOnce(AtomicBoolean started, Runnable work) {
		if (started.compareAndSet(false, true)) {
			try {
				Thread.startVirtualThread(work);
			}
			catch (Error ex) {
				started.set(false);
				throw ex;
			}
		}
	}

	private void cancel(Statement last) {
		try {
			last.cancel();
		}
		catch (SQLException | RuntimeException ex) {
			logger.debug("A statement could not be cancelled", ex);
		}
		finally {
			this.cancelling.set(false);
		}
	}

	/** Whatever waits for PostgreSQL fails by that. */
	private synchronized void abort() {
		if (this.returned) {
			return;
		}
		logger.warn("PostgreSQL has not answered within {} s after the deadline, and its connection is closed",
				Deadline.PATIENCE.toSeconds());
		try {
			target().abort(Runnable::run);
		}
		catch (SQLException | RuntimeException ex) {
			logger.debug("A connection could not be closed", ex);
		}
	}

}
