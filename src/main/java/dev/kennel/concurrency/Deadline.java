package dev.kennel.concurrency;

import java.time.Duration;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Until when a thread may use the store. Statements are stopped then, no new one is
 * begun, and a transaction is rolled back, unless it is being committed already. If the
 * store does not answer any more, the connection is closed some seconds later: the store
 * is unavailable then, and nobody knows what has become of a write.
 */
public final class Deadline {

	private static final ThreadLocal<@Nullable Deadline> CURRENT = new ThreadLocal<>();

	/**
	 * How long a connection may be used after the deadline: a statement that can't be
	 * cancelled within it never will, as the store does not answer.
	 */
	public static final Duration PATIENCE = Duration.ofSeconds(5);

	private volatile long end;

	private volatile @Nullable Runnable timeoutAction;

	/** Those that were begun on this thread, done or not: an operation has few. */
	private volatile @Nullable Pending pending;

	/** Looks after it until it is closed. */
	private @Nullable Watchdog watch;

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
		deadline.watch = Watchdog.start(deadline::look);
		return deadline;
	}

	/** Ends it: the work is done. */
	public void close() {
		if (this.watch != null) {
			this.watch.stop();
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
	 * Tells something when the deadline is over.
	 * @param pending what waits for the store; it is told again and again, some seconds
	 * long
	 */
	public void onExpiry(ExpiryListener pending) {
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

	private void look() {
		long over = System.nanoTime() - this.end;
		if (over < 0) {
			return;
		}
		boolean patienceOver = over >= PATIENCE.toNanos();
		boolean storeIsWaitedFor = false;
		for (Pending one = this.pending; one != null; one = one.next()) {
			storeIsWaitedFor |= one.listener().expire(patienceOver);
		}
		Runnable action = this.timeoutAction;
		if (action != null && !storeIsWaitedFor) {
			action.run();
		}
	}

	/** Something that waits for the store. */
	@FunctionalInterface
	public interface ExpiryListener {

		/**
		 * The deadline is over. It is called on the thread that keeps the time, and
		 * returns at once.
		 * @param patienceOver whether it has been over for so long that the store can't
		 * be expected to answer any more
		 * @return whether the store is still waited for
		 */
		boolean expire(boolean patienceOver);

	}

	private record Pending(ExpiryListener listener, @Nullable Pending next) {
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
