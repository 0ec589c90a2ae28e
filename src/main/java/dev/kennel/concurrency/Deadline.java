package dev.kennel.concurrency;

import java.time.Duration;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * The time until which an operation may work. Resources that it waits for register an
 * {@link ExpiryListener}: at the deadline, they cancel what they do, and start nothing
 * new. One that does not respond within {@link #GRACE_PERIOD} is abandoned.
 */
public final class Deadline {

	private static final ThreadLocal<@Nullable Deadline> CURRENT = new ThreadLocal<>();

	/**
	 * The grace period of a connection after the deadline: if a statement can't be
	 * cancelled within it, the database does not respond, and never will.
	 */
	public static final Duration GRACE_PERIOD = Duration.ofSeconds(5);

	/**
	 * The checks, of 50 ms each, in which work whose last statement has ended may
	 * complete by itself: its own error says which field has failed.
	 */
	private static final int COMPLETION_CHECKS = 10;

	private volatile long end;

	private volatile @Nullable Runnable timeoutAction;

	/** Checks since the database was last awaited; confined to the watchdog thread. */
	private int checksWithoutDatabase;

	/** A linked list, completed entries included: an operation has few. */
	private volatile @Nullable Pending pending;

	/** Enforces the deadline until it is closed. */
	private @Nullable Watchdog watchdog;

	private Deadline(long end) {
		this.end = end;
	}

	/**
	 * Begins a deadline of work that several threads execute, one after the other.
	 * @param time the time that the work may take
	 * @return the deadline, which has to be closed
	 */
	public static Deadline begin(Duration time) {
		Deadline deadline = new Deadline(System.nanoTime() + time.toNanos());
		deadline.watchdog = Watchdog.start(deadline::check);
		return deadline;
	}

	/** Stops enforcing the deadline: the work has completed. */
	public void close() {
		if (this.watchdog != null) {
			this.watchdog.stop();
		}
	}

	/**
	 * Executes a part of the work on the current thread, under this deadline.
	 * @param <T> the type of the result
	 * @param work the work
	 * @return the result of the work
	 */
	public <T> T call(Supplier<T> work) {
		Deadline outer = CURRENT.get();
		CURRENT.set(this);
		try {
			return work.get();
		}
		finally {
			// Not removed: event loops would create the entry anew for each request.
			CURRENT.set(outer);
		}
	}

	/**
	 * Executes work on the current thread in limited time.
	 * @param time the time that the work may take; an earlier deadline of the current
	 * thread takes precedence
	 * @param <T> the type of the result
	 * @param work the work
	 * @return the result of the work
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
	 * Returns the deadline of the current thread.
	 * @return the deadline, or null if there is none
	 */
	public static @Nullable Deadline current() {
		return CURRENT.get();
	}

	/**
	 * Returns the remaining time.
	 * @return the time, which is not negative
	 */
	public Duration remaining() {
		return Duration.ofNanos(Math.max(0, this.end - System.nanoTime()));
	}

	/** Expires the deadline now, since the result is no longer needed. */
	public void expire() {
		this.end = System.nanoTime();
	}

	/**
	 * Registers a listener for the expiry.
	 * @param listener a listener that waits for the database; it is called repeatedly
	 * from the expiry until the deadline is closed
	 */
	public synchronized void onExpiry(ExpiryListener listener) {
		this.pending = new Pending(listener, this.pending);
	}

	/**
	 * Sets the action that ends work which waits for anything but the database.
	 * @param action the action; it is executed repeatedly on the watchdog thread after
	 * the expiry until the deadline is closed, except while the database is awaited and
	 * half a second thereafter, since such work fails by itself
	 */
	public void onTimeout(Runnable action) {
		this.timeoutAction = action;
	}

	private void check() {
		long overdue = System.nanoTime() - this.end;
		if (overdue < 0) {
			return;
		}
		boolean graceOver = overdue >= GRACE_PERIOD.toNanos();
		boolean awaitsDatabase = false;
		for (Pending entry = this.pending; entry != null; entry = entry.next()) {
			awaitsDatabase |= entry.listener().expire(graceOver);
		}
		this.checksWithoutDatabase = awaitsDatabase ? 0 : this.checksWithoutDatabase + 1;
		Runnable action = this.timeoutAction;
		if (action != null && this.checksWithoutDatabase > COMPLETION_CHECKS) {
			action.run();
		}
	}

	/** Work that waits for the database. */
	@FunctionalInterface
	public interface ExpiryListener {

		/**
		 * Called after the deadline, on the watchdog thread. It does not block.
		 * @param graceOver whether the grace period is over too, so that no response of
		 * the database is expected
		 * @return whether the database is still awaited
		 */
		boolean expire(boolean graceOver);

	}

	private record Pending(ExpiryListener listener, @Nullable Pending next) {
	}

	/**
	 * Returns the remaining time, which is required.
	 * @return the time, which is positive
	 * @throws DeadlineExceededException if no time remains
	 */
	public Duration require() {
		Duration remaining = remaining();
		if (remaining.isZero()) {
			throw new DeadlineExceededException();
		}
		return remaining;
	}

}
