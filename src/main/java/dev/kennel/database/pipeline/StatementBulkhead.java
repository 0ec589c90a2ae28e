package dev.kennel.database.pipeline;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * A bulkhead: limits how many statements of a key are under way at once. The others wait,
 * without a thread, for one of the same key to end.
 */
final class StatementBulkhead {

	private final int limit;

	private final ConcurrentMap<Object, Share> shares = new ConcurrentHashMap<>();

	/**
	 * Creates a bulkhead.
	 * @param limit the most statements of a key that are under way at once
	 */
	StatementBulkhead(int limit) {
		this.limit = limit;
	}

	/**
	 * Sends a statement, now or when one of the same key has ended.
	 * @param key the key whose permit is used, such as an account
	 * @param send sends the statement; its end has to be told to {@link #release}
	 */
	void acquire(Object key, Runnable send) {
		boolean[] begun = new boolean[1];
		this.shares.compute(key, (same, known) -> {
			Share share = (known != null) ? known : new Share();
			if (share.running < this.limit) {
				share.running++;
				begun[0] = true;
			}
			else {
				share.waiting.add(send);
			}
			return share;
		});
		if (begun[0]) {
			send.run();
		}
	}

	/**
	 * Ends a statement.
	 * @param key its key
	 */
	void release(Object key) {
		Runnable[] next = new Runnable[1];
		this.shares.compute(key, (same, share) -> {
			if (share == null) {
				throw new IllegalStateException("No statement is under way for " + key);
			}
			next[0] = share.waiting.poll();
			if (next[0] == null) {
				share.running--;
			}
			return (share.running > 0) ? share : null;
		});
		if (next[0] != null) {
			next[0].run();
		}
	}

	/** The statements of a key. Only within {@code compute}. */
	private static final class Share {

		private final Deque<Runnable> waiting = new ArrayDeque<>();

		private int running;

	}

}
