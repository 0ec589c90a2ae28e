package dev.kennel.throttle;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import dev.kennel.database.Deadline;
import dev.kennel.database.Turns;
import dev.kennel.graphql.error.ApiException;
import org.jspecify.annotations.Nullable;

/**
 * Lets few in at a time. Hashing passwords takes a processor and much memory: without a
 * bound, a flood of log-ins would leave nothing for anybody else. Those who wait take
 * turns by where they come from, and from one place come half of them at most, so that a
 * flood from there keeps nobody else out.
 */
final class Crowd {

	private static final Duration RETRY = Duration.ofSeconds(1);

	/**
	 * Longer than any queue takes: a request that waits for so long has been given up.
	 */
	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private final int queue;

	private final int share;

	private final ReentrantLock lock = new ReentrantLock();

	/** By where they come from; who is first has the next turn. */
	private final Map<String, Deque<Turn>> waiting = new LinkedHashMap<>();

	private int waitingCount;

	private int free;

	Crowd(int concurrency, int queue) {
		this.free = concurrency;
		this.queue = queue;
		this.share = queue / 2;
	}

	/**
	 * Does something once it is its turn.
	 * @param origin where the request comes from
	 * @throws ApiException with RATE_LIMITED if too many wait already, in all or from
	 * there
	 */
	<T extends @Nullable Object> T admit(String origin, Supplier<T> work) {
		// Who waits here must not keep others from doing something else.
		return Turns.aside(() -> {
			enter(origin);
			try {
				return work.get();
			}
			finally {
				leave();
			}
		});
	}

	/** How many wait. */
	int waiting() {
		this.lock.lock();
		try {
			return this.waitingCount;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void enter(String origin) {
		this.lock.lock();
		try {
			if (this.free > 0) {
				this.free--;
				return;
			}
			Deque<Turn> own = this.waiting.get(origin);
			if (this.waitingCount >= this.queue || (own != null && own.size() >= this.share)) {
				throw full();
			}
			Turn turn = new Turn(this.lock.newCondition());
			this.waiting.computeIfAbsent(origin, (first) -> new ArrayDeque<>()).add(turn);
			this.waitingCount++;
			await(turn, origin);
		}
		finally {
			this.lock.unlock();
		}
	}

	private void await(Turn turn, String origin) {
		Deadline deadline = Deadline.current();
		Duration patience = (deadline != null && deadline.remaining().compareTo(PATIENCE) < 0) ? deadline.remaining()
				: PATIENCE;
		long remaining = patience.toNanos();
		boolean interrupted = false;
		while (!turn.come && remaining > 0 && !interrupted) {
			try {
				remaining = turn.condition.awaitNanos(remaining);
			}
			catch (InterruptedException ex) {
				interrupted = true;
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
		if (!turn.come) {
			remove(turn, origin);
			if (deadline != null) {
				deadline.require();
			}
			throw full();
		}
	}

	private void remove(Turn turn, String origin) {
		Deque<Turn> own = this.waiting.get(origin);
		if (own != null && own.remove(turn)) {
			this.waitingCount--;
			if (own.isEmpty()) {
				this.waiting.remove(origin);
			}
		}
	}

	/** Whose turn is next takes the place. */
	private void leave() {
		this.lock.lock();
		try {
			Iterator<Map.Entry<String, Deque<Turn>>> origins = this.waiting.entrySet().iterator();
			if (!origins.hasNext()) {
				this.free++;
				return;
			}
			Map.Entry<String, Deque<Turn>> next = origins.next();
			origins.remove();
			Turn turn = next.getValue().remove();
			this.waitingCount--;
			if (!next.getValue().isEmpty()) {
				this.waiting.put(next.getKey(), next.getValue());
			}
			turn.come = true;
			turn.condition.signal();
		}
		finally {
			this.lock.unlock();
		}
	}

	private static ApiException full() {
		return ApiException.rateLimited("Too many people are logging in at this moment. Try again shortly.", RETRY);
	}

	/** Somebody who waits. Only with the lock held. */
	private static final class Turn {

		private final Condition condition;

		private boolean come;

		Turn(Condition condition) {
			this.condition = condition;
		}

	}

}
