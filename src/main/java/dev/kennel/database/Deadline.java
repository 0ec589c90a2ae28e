package dev.kennel.database;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Until when a thread may use the store. Statements are stopped then, no new one is
 * begun, and a transaction is rolled back, unless it is being committed already.
 */
public final class Deadline {

	private static final ThreadLocal<@Nullable Deadline> CURRENT = new ThreadLocal<>();

	private final long end;

	private Deadline(long end) {
		this.end = end;
	}

	/**
	 * Does something in limited time.
	 * @param time how long it may take; no longer than what surrounds it
	 * @param work what to do, on this thread
	 */
	public static void run(Duration time, Runnable work) {
		Deadline outer = CURRENT.get();
		long end = System.nanoTime() + time.toNanos();
		CURRENT.set((outer != null && outer.end - end < 0) ? outer : new Deadline(end));
		try {
			work.run();
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

	/** The time left in whole seconds, as JDBC has it: at least one. */
	int remainingSeconds() {
		return (int) Math.ceilDiv(require().toNanos(), 1_000_000_000L);
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
