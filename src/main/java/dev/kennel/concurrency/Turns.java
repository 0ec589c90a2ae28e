package dev.kennel.concurrency;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Lets so many threads work at once, and the others wait. With more of them than
 * processors and store can serve, all take longer, the fast ones too.
 *
 * <p>
 * Those who wait take turns by whom they work for, and nobody has more than a share of
 * the turns, nor of the places to wait: whoever floods the service, or keeps it waiting,
 * keeps nobody else out.
 */
public final class Turns {

	/** The turn that a thread has, if it has one. */
	private static final ThreadLocal<@Nullable Turn> CURRENT = new ThreadLocal<>();

	private final int atOnce;

	private final int share;

	private final int places;

	private final int shareOfPlaces;

	private final ReentrantLock lock = new ReentrantLock();

	/** By whom it is worked for; who is first has the next turn. */
	private final Map<Object, Line> lines = new LinkedHashMap<>();

	private int free;

	private int waiting;

	/**
	 * Makes turns.
	 * @param atOnce how many threads may work at once
	 * @param share how many of them for the same
	 * @param places how many threads may wait, half of them for the same
	 */
	public Turns(int atOnce, int share, int places) {
		this.atOnce = atOnce;
		this.free = atOnce;
		this.share = share;
		this.places = places;
		this.shareOfPlaces = Math.max(1, places / 2);
	}

	/**
	 * Does something when it is this thread's turn.
	 * @param <T> what the work answers
	 * @param whom the key whose permit is taken
	 * @param patience how long to wait for a turn; no longer than until the thread's
	 * deadline
	 * @param work what to do
	 * @return what the work answers
	 * @throws DeadlineExceededException if the thread's deadline comes before its turn
	 * @throws NoTurnException if too many wait already, or patience is over
	 */
	public <T extends @Nullable Object> T call(Object whom, Duration patience, Supplier<T> work) {
		Turn turn = new Turn(this, whom);
		if (!take(whom, patience)) {
			Deadline deadline = Deadline.current();
			if (deadline != null) {
				deadline.require();
			}
			throw new NoTurnException();
		}
		Turn outer = CURRENT.get();
		CURRENT.set(turn);
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
			if (turn.had) {
				give(whom);
			}
		}
	}

	/**
	 * Takes a permit for work that goes on on several threads, if there is one.
	 * @param whom the key whose permit is taken
	 * @return whether there was a permit, which has to be released then
	 */
	public boolean tryAcquire(Object whom) {
		this.lock.lock();
		try {
			Line line = this.lines.computeIfAbsent(whom, (first) -> new Line());
			return tryTake(whom, line);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Gives back a permit that was acquired.
	 * @param whom whom it was acquired for
	 */
	public void release(Object whom) {
		give(whom);
	}

	private boolean tryTake(Object whom, Line line) {
		if (this.free > 0 && line.working < this.share) {
			this.free--;
			line.working++;
			return true;
		}
		removeIfEmpty(whom, line);
		return false;
	}

	/**
	 * Does something that has a bound of its own: meanwhile another thread has this one's
	 * turn. What has been done is answered in any case: who has no turn again until the
	 * deadline goes on without one.
	 * @param <T> what the work answers
	 * @param work what to do
	 * @return what the work answers
	 */
	public static <T extends @Nullable Object> T aside(Supplier<T> work) {
		Turn turn = CURRENT.get();
		if (turn == null || !turn.had) {
			return work.get();
		}
		turn.had = false;
		turn.turns.give(turn.whom);
		try {
			return work.get();
		}
		finally {
			Deadline deadline = Deadline.current();
			turn.had = turn.turns.take(turn.whom, (deadline != null) ? deadline.remaining() : Duration.ZERO);
		}
	}

	/**
	 * Answers how many threads wait.
	 * @return their number
	 */
	public int waiting() {
		this.lock.lock();
		try {
			return this.waiting;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Returns how many threads may work at once.
	 * @return the number of permits
	 */
	public int max() {
		return this.atOnce;
	}

	/**
	 * Returns how many threads work.
	 * @return the number of permits that are taken
	 */
	public int taken() {
		this.lock.lock();
		try {
			return this.atOnce - this.free;
		}
		finally {
			this.lock.unlock();
		}
	}

	private boolean take(Object whom, Duration patience) {
		this.lock.lock();
		try {
			Line line = this.lines.computeIfAbsent(whom, (first) -> new Line());
			if (tryTake(whom, line)) {
				return true;
			}
			if (this.waiting >= this.places || line.waiting.size() >= this.shareOfPlaces) {
				return false;
			}
			this.lines.put(whom, line);
			Waiter waiter = new Waiter(this.lock.newCondition());
			line.waiting.add(waiter);
			this.waiting++;
			try {
				await(waiter, patience);
			}
			finally {
				if (!waiter.come) {
					line.waiting.remove(waiter);
					this.waiting--;
					removeIfEmpty(whom, line);
				}
			}
			return waiter.come;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void await(Waiter waiter, Duration patience) {
		Deadline deadline = Deadline.current();
		long end = System.nanoTime() + patience.toNanos();
		// The deadline may be brought forward meanwhile.
		BooleanSupplier over = () -> System.nanoTime() - end >= 0
				|| (deadline != null && deadline.remaining().isZero());
		Watch watch = Watch.begin(() -> wake(waiter, over));
		try {
			while (!waiter.come && !over.getAsBoolean()) {
				waiter.condition.await();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			watch.end();
		}
	}

	private void wake(Waiter waiter, BooleanSupplier over) {
		if (!over.getAsBoolean()) {
			return;
		}
		this.lock.lock();
		try {
			waiter.condition.signal();
		}
		finally {
			this.lock.unlock();
		}
	}

	private void give(Object whom) {
		this.lock.lock();
		try {
			Line line = this.lines.get(whom);
			if (line == null) {
				throw new IllegalStateException("Nobody has had a turn for " + whom);
			}
			line.working--;
			this.free++;
			removeIfEmpty(whom, line);
			next();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Whose turn is next takes the place, and goes to the end of the line of lines. */
	private void next() {
		if (this.waiting == 0) {
			return;
		}
		for (Iterator<Map.Entry<Object, Line>> entries = this.lines.entrySet().iterator(); entries.hasNext();) {
			Map.Entry<Object, Line> entry = entries.next();
			Line line = entry.getValue();
			if (line.working < this.share && !line.waiting.isEmpty()) {
				Waiter waiter = line.waiting.remove();
				this.waiting--;
				this.free--;
				line.working++;
				waiter.come = true;
				waiter.condition.signal();
				entries.remove();
				this.lines.put(entry.getKey(), line);
				return;
			}
		}
	}

	private void removeIfEmpty(Object whom, Line line) {
		if (line.working == 0 && line.waiting.isEmpty()) {
			this.lines.remove(whom);
		}
	}

	/** Of those who work for the same. Only with the lock held. */
	private static final class Line {

		private final Deque<Waiter> waiting = new ArrayDeque<>();

		private int working;

	}

	/** Somebody who waits. Only with the lock held. */
	private static final class Waiter {

		private final Condition condition;

		private boolean come;

		Waiter(Condition condition) {
			this.condition = condition;
		}

	}

	/** What a thread has. Only on that thread. */
	private static final class Turn {

		private final Turns turns;

		private final Object whom;

		private boolean had = true;

		Turn(Turns turns, Object whom) {
			this.turns = turns;
			this.whom = whom;
		}

	}

}
