package dev.kennel.database.pipeline;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

/**
 * A bulkhead: limits the statements in flight per key. Further statements wait as
 * callbacks in a queue, until a permit of their key is released. In a
 * {@link dev.kennel.concurrency.FairBulkhead}, threads wait, and all keys share its
 * permits under one lock; here, there is no lock for all keys that event loops could
 * contend for.
 */
final class StatementBulkhead {

	private final int limit;

	private final ConcurrentMap<Object, KeyState> states = new ConcurrentHashMap<>();

	/**
	 * Creates a bulkhead.
	 * @param limit the maximum number of statements of a key in flight
	 */
	StatementBulkhead(int limit) {
		this.limit = limit;
	}

	/**
	 * Sends a statement, now or once a permit of its key is released.
	 * @param key the key whose permit is acquired, such as an account
	 * @param send sends the statement, after which {@link #release} has to be called at
	 * its end; or returns false, without having called it, if there is nothing to send
	 */
	void acquire(Object key, BooleanSupplier send) {
		boolean[] acquired = new boolean[1];
		this.states.compute(key, (same, existing) -> {
			KeyState state = (existing != null) ? existing : new KeyState();
			if (state.inFlight < this.limit) {
				state.inFlight++;
				acquired[0] = true;
			}
			else {
				state.queue.add(send);
			}
			return state;
		});
		if (acquired[0] && !send.getAsBoolean()) {
			release(key);
		}
	}

	/**
	 * Releases the permit of a statement, or passes it on to the next one in the queue.
	 * @param key the key
	 */
	void release(Object key) {
		// A loop: thousands of statements may have failed while they were queued.
		BooleanSupplier next = next(key);
		while (next != null && !next.getAsBoolean()) {
			next = next(key);
		}
	}

	private @Nullable BooleanSupplier next(Object key) {
		BooleanSupplier[] next = new BooleanSupplier[1];
		this.states.compute(key, (same, state) -> {
			if (state == null) {
				throw new IllegalStateException("No statement is executed for " + key);
			}
			next[0] = state.queue.poll();
			if (next[0] == null) {
				state.inFlight--;
			}
			return (state.inFlight > 0) ? state : null;
		});
		return next[0];
	}

	/** The permits and the queue of a key. Accessed only within {@code compute}. */
	private static final class KeyState {

		private final Deque<BooleanSupplier> queue = new ArrayDeque<>();

		private int inFlight;

	}

}
