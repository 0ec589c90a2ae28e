package dev.kennel.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import dev.kennel.concurrency.Watch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Until when a thread may use the store. Statements are stopped then, no new one is
 * begun, and a transaction is rolled back, unless it is being committed already. If the
 * store does not answer any more, the connection is closed some seconds later: the store
 * is unavailable then, and nobody knows what has become of a write.
 */
public final class Deadline {

	private static final Logger logger = LoggerFactory.getLogger(Deadline.class);

	private static final ThreadLocal<@Nullable Deadline> CURRENT = new ThreadLocal<>();

	/**
	 * How long a thread may have a connection after its deadline: a statement that can't
	 * be stopped within it never will, as the store does not answer.
	 */
	private static final Duration PATIENCE = Duration.ofSeconds(5);

	private volatile long end;

	private final AtomicBoolean stopping = new AtomicBoolean();

	private final AtomicBoolean abandoned = new AtomicBoolean();

	/** The one that may be running; nothing happens to one that is not. */
	private volatile @Nullable Statement statement;

	private volatile @Nullable Runnable timeoutAction;

	/** Those that were begun on this thread, done or not: an operation has few. */
	private volatile @Nullable Pending pending;

	/** The one that was taken last, until it is given back. Only with this locked. */
	private @Nullable Connection connection;

	/** Looks after it until it is closed. */
	private @Nullable Watch watch;

	private Deadline(long end) {
		this.end = end;
	}

	/**
	 * Begins a deadline of work that goes on on several threads, one after the other.
	 * @param time how long the work may take
	 * @return the deadline, which has to be closed
	 */
	public static Deadline begin(Duration time) {
		Deadline deadline = new Deadline(System.nanoTime() + time.toNanos());
		deadline.watch = Watch.begin(deadline::look);
		return deadline;
	}

	/** Ends it: the work is done. */
	public void close() {
		if (this.watch != null) {
			this.watch.end();
		}
	}

	/**
	 * Does a part of the work.
	 * @param <T> what the work answers
	 * @param work what to do, on this thread
	 * @return what the work answers
	 */
	public <T> T call(Supplier<T> work) {
		Deadline outer = CURRENT.get();
		CURRENT.set(this);
		try {
			return work.get();
		}
		finally {
			if (outer != null) {
				CURRENT.set(outer);
			}
			else {
				CURRENT.remove();
			}
		}
	}

	/**
	 * Does something in limited time.
	 * @param time how long it may take; no longer than what surrounds it
	 * @param <T> what the work answers
	 * @param work what to do, on this thread
	 * @return what the work answers
	 */
	public static <T> T call(Duration time, Supplier<T> work) {
		Deadline outer = CURRENT.get();
		long end = System.nanoTime() + time.toNanos();
		if (outer != null && outer.end - end < 0) {
			return work.get();
		}
		Deadline deadline = begin(time);
		try {
			return deadline.call(work);
		}
		finally {
			deadline.close();
		}
	}

	/**
	 * Answers the deadline of this thread.
	 * @return the deadline, or null if there is none
	 */
	public static @Nullable Deadline current() {
		return CURRENT.get();
	}

	/**
	 * Answers how much time is left.
	 * @return the time, which is not negative
	 */
	public Duration remaining() {
		return Duration.ofNanos(Math.max(0, this.end - System.nanoTime()));
	}

	/**
	 * Brings the deadline forward to this moment: the result is not needed any more.
	 */
	public void expire() {
		this.end = System.nanoTime();
	}

	/**
	 * Has a statement stopped at the deadline. The driver could do so by itself, but
	 * would set an alarm for each statement, which takes longer than a short statement
	 * does.
	 */
	void stops(Statement running) {
		this.statement = running;
	}

	/**
	 * Tells something when the deadline is over.
	 * @param pending what waits for the store; it is told again and again, some seconds
	 * long
	 */
	public void expires(Expiring pending) {
		this.pending = new Pending(pending, this.pending);
	}

	/**
	 * Ends work that waits for something else than the store.
	 * @param action is run again and again once the deadline is over, as long as the
	 * store is not waited for, which fails by itself; on the thread that keeps the time
	 */
	public void onTimeout(Runnable action) {
		this.timeoutAction = action;
	}

	private synchronized boolean hasConnection() {
		return this.connection != null;
	}

	/** Has a connection closed if it is not given back soon after the deadline. */
	synchronized void takes(Connection taken) {
		this.connection = taken;
	}

	/** From now on it may be somebody else's. */
	@SuppressWarnings("ReferenceEquality") // It is no other, whatever that says.
	synchronized void givesBack(Connection taken) {
		if (this.connection == taken) {
			this.connection = null;
		}
	}

	private void look() {
		long over = System.nanoTime() - this.end;
		if (over < 0) {
			return;
		}
		boolean patienceOver = over >= PATIENCE.toNanos();
		boolean storeIsWaitedFor = hasConnection();
		for (Pending one = this.pending; one != null; one = one.next()) {
			storeIsWaitedFor |= one.expiring().expire(patienceOver);
		}
		Runnable action = this.timeoutAction;
		if (action != null && !storeIsWaitedFor) {
			action.run();
		}
		if (patienceOver) {
			once(this.abandoned, this::abandon);
			return;
		}
		Statement running = this.statement;
		// Again with each look: it may not have begun when it was stopped.
		if (running != null) {
			once(this.stopping, () -> stop(running));
		}
	}

	/** On another thread, since both may wait for the store. */
	private static void once(AtomicBoolean begun, Runnable work) {
		if (begun.compareAndSet(false, true)) {
			try {
				Thread.startVirtualThread(work);
			}
			catch (Error ex) {
				begun.set(false);
				throw ex;
			}
		}
	}

	/** Something that waits for the store. */
	@FunctionalInterface
	public interface Expiring {

		/**
		 * The deadline is over. It is called on the thread that keeps the time, and
		 * returns at once.
		 * @param patienceOver whether it has been over for so long that the store can't
		 * be expected to answer any more
		 * @return whether the store is still waited for
		 */
		boolean expire(boolean patienceOver);

	}

	private record Pending(Expiring expiring, @Nullable Pending next) {
	}

	private void stop(Statement running) {
		try {
			running.cancel();
		}
		catch (SQLException | RuntimeException ex) {
			logger.debug("A statement could not be stopped", ex);
		}
		finally {
			this.stopping.set(false);
		}
	}

	/** Whoever waits for the store gets to know that the connection is lost. */
	private synchronized void abandon() {
		Connection taken = this.connection;
		if (taken == null) {
			return;
		}
		logger.warn("PostgreSQL has not answered within {} s after the deadline, and its connection is closed",
				PATIENCE.toSeconds());
		try {
			taken.abort(Runnable::run);
		}
		catch (SQLException | RuntimeException ex) {
			logger.debug("A connection could not be closed", ex);
		}
	}

	/**
	 * Answers how much time is left, if any.
	 * @return the time
	 * @throws DeadlineExceededException if none is
	 */
	public Duration require() {
		Duration remaining = remaining();
		if (remaining.isZero()) {
			throw new DeadlineExceededException();
		}
		return remaining;
	}

}
