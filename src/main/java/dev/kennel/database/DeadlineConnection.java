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
 * A connection borrowed under a deadline. The statement in execution is cancelled at the
 * deadline; the driver's own query timeout would start a timer for each statement, which
 * takes longer than a short statement does. The connection is closed if it is not
 * returned within {@link Deadline#GRACE_PERIOD}.
 */
final class DeadlineConnection extends JdbcProxy<Connection> implements Deadline.ExpiryListener {

	private static final Logger logger = LoggerFactory.getLogger(DeadlineConnection.class);

	private static final BurstWarning UNRESPONSIVE = new BurstWarning(logger,
			"PostgreSQL has not responded within {}, and its connection is closed");

	private final Deadline deadline;

	private final AtomicBoolean cancelling = new AtomicBoolean();

	private final AtomicBoolean aborted = new AtomicBoolean();

	/**
	 * The last statement, which may be executing; cancelling an idle one has no effect.
	 */
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
	@Nullable Object intercept(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
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
	public boolean expire(boolean graceOver) {
		if (isReturned()) {
			return false;
		}
		Statement last = this.statement;
		if (graceOver) {
			startOnce(this.aborted, this::abort);
		}
		else if (last != null) {
			// Repeated on each call, since the statement may not have been executing yet.
			startOnce(this.cancelling, () -> cancel(last));
		}
		return true;
	}

	private synchronized boolean isReturned() {
		return this.returned;
	}

	/** Starts work on a thread of its own, since PostgreSQL may not respond. */
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

	/** Closes the connection: all threads that wait for it fail. */
	private synchronized void abort() {
		if (this.returned) {
			return;
		}
		UNRESPONSIVE.log(Deadline.GRACE_PERIOD.toSeconds() + " s after the deadline");
		try {
			target().abort(Runnable::run);
		}
		catch (SQLException | RuntimeException ex) {
			logger.debug("A connection could not be closed", ex);
		}
	}

}
