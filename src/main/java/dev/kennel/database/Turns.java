package dev.kennel.database;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Lets so many threads work at once, and the others wait. With more of them than
 * processors and store can serve, all take longer, the fast ones too: they take turns on
 * the processors, with each other and with the JVM's own compiler.
 */
public final class Turns {

	private static final ThreadLocal<@Nullable Turns> CURRENT = new ThreadLocal<>();

	private final Semaphore free;

	/**
	 * Makes turns.
	 * @param atOnce how many threads may work at once
	 */
	public Turns(int atOnce) {
		this.free = new Semaphore(atOnce);
	}

	/**
	 * Does something when it is this thread's turn.
	 * @param <T> what the work answers
	 * @param work what to do
	 * @return what the work answers
	 * @throws DeadlineExceededException if the thread's deadline comes before its turn
	 */
	public <T> T call(Supplier<T> work) {
		if (CURRENT.get() != null) {
			return work.get();
		}
		take();
		CURRENT.set(this);
		try {
			return work.get();
		}
		finally {
			CURRENT.remove();
			this.free.release();
		}
	}

	/**
	 * Does something that waits for other things than processor and store, or has a bound
	 * of its own: meanwhile another thread has this one's turn.
	 * @param <T> what the work answers
	 * @param work what to do
	 * @return what the work answers
	 * @throws DeadlineExceededException if the thread's deadline comes before its next
	 * turn
	 */
	public static <T extends @Nullable Object> T aside(Supplier<T> work) {
		Turns turns = CURRENT.get();
		if (turns == null) {
			return work.get();
		}
		CURRENT.remove();
		turns.free.release();
		T answer;
		try {
			answer = work.get();
		}
		catch (RuntimeException | Error ex) {
			turns.takeUnchecked();
			CURRENT.set(turns);
			throw ex;
		}
		turns.takeUnchecked();
		CURRENT.set(turns);
		Deadline deadline = Deadline.current();
		if (deadline != null) {
			deadline.require();
		}
		return answer;
	}

	private void take() {
		if (this.free.tryAcquire()) {
			return;
		}
		Deadline deadline = Deadline.current();
		if (deadline == null) {
			takeUnchecked();
			return;
		}
		try {
			while (!this.free.tryAcquire(deadline.require().toNanos(), TimeUnit.NANOSECONDS)) {
				deadline.require();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while waiting for a turn", ex);
		}
	}

	/** What surrounds the work gives the turn back, so that it has to be there. */
	private void takeUnchecked() {
		this.free.acquireUninterruptibly();
	}

}
