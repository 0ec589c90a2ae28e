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
 * A bulkhead with fair queueing: limits concurrent executions, which take longer, all of
 * them, when there are more than processors and database can serve.
 *
 * <p>
 * Waiting keys are served round-robin. A key holds at most its share of the permits and
 * of the queue, so that a client that floods the service, or never finishes, blocks no
 * other client.
 */
public final class FairBulkhead {

	/** The permit of the current thread, if it holds one. */
	private static final ThreadLocal<@Nullable Permit> CURRENT = new ThreadLocal<>();

	private final int maxPermits;

	private final int maxPerKey;

	private final int maxQueued;

	private final int maxQueuedPerKey;

	private final ReentrantLock lock = new ReentrantLock();

	/** By key it is worked for; who is first has the next permit. */
	private final Map<Object, KeyQueue> queues = new LinkedHashMap<>();

	private int free;

	private int waiting;

	/**
	 * Creates a bulkhead.
	 * @param maxPermits the limit of concurrent executions
	 * @param maxPerKey the limit of concurrent executions of one key
	 * @param maxQueued the limit of waiting threads, half of which may wait for one key
	 */
	public FairBulkhead(int maxPermits, int maxPerKey, int maxQueued) {
		this.maxPermits = maxPermits;
		this.free = maxPermits;
		this.maxPerKey = maxPerKey;
		this.maxQueued = maxQueued;
		this.maxQueuedPerKey = Math.max(1, maxQueued / 2);
	}

	/**
	 * Does something when it is this thread's permit.
	 * @param <T> what the work answers
	 * @param key the key whose permit is taken
	 * @param patience how long to wait for a turn; no longer than until the thread's
	 * deadline
	 * @param work what to do
	 * @return what the work answers
	 * @throws DeadlineExceededException if the thread's deadline comes before its turn
	 * @throws BulkheadFullException if too many wait already, or patience is over
	 */
	public <T extends @Nullable Object> T call(Object key, Duration patience, Supplier<T> work) {
		Permit permit = new Permit(this, key);
		if (!acquire(key, patience)) {
			Deadline deadline = Deadline.current();
			if (deadline != null) {
				deadline.require();
			}
			throw new BulkheadFullException();
		}
		Permit outer = CURRENT.get();
		CURRENT.set(permit);
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
			if (permit.held) {
				releasePermit(key);
			}
		}
	}

	/**
	 * Takes a permit for work that goes on on several threads, if there is one.
	 * @param key the key whose permit is taken
	 * @return whether there was a permit, which has to be released then
	 */
	public boolean tryAcquire(Object key) {
		this.lock.lock();
		try {
			KeyQueue queue = this.queues.computeIfAbsent(key, (first) -> new KeyQueue());
			return tryAcquire(key, queue);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Gives back a permit that was acquired.
	 * @param key key it was acquired for
	 */
	public void release(Object key) {
		releasePermit(key);
	}

	private boolean tryAcquire(Object key, KeyQueue queue) {
		if (this.free > 0 && queue.permits < this.maxPerKey) {
			this.free--;
			queue.permits++;
			return true;
		}
		removeIfEmpty(key, queue);
		return false;
	}

	/**
	 * Does something that has a bound of its own: meanwhile another thread has this one's
	 * permit. What has been done is answered in any case: who has no turn again until the
	 * deadline goes on without one.
	 * @param <T> what the work answers
	 * @param work what to do
	 * @return what the work answers
	 */
	public static <T extends @Nullable Object> T withoutPermit(Supplier<T> work) {
		Permit permit = CURRENT.get();
		if (permit == null || !permit.held) {
			return work.get();
		}
		permit.held = false;
		permit.bulkhead.releasePermit(permit.key);
		try {
			return work.get();
		}
		finally {
			Deadline deadline = Deadline.current();
			permit.held = permit.bulkhead.acquire(permit.key, (deadline != null) ? deadline.remaining() : Duration.ZERO);
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
		return this.maxPermits;
	}

	/**
	 * Returns how many threads work.
	 * @return the number of permits that are taken
	 */
	public int taken() {
		this.lock.lock();
		try {
			return this.maxPermits - this.free;
		}
		finally {
			this.lock.unlock();
		}
	}

	private boolean acquire(Object key, Duration patience) {
		this.lock.lock();
		try {
			KeyQueue queue = this.queues.computeIfAbsent(key, (first) -> new KeyQueue());
			if (tryAcquire(key, queue)) {
				return true;
			}
			if (this.waiting >= this.maxQueued || queue.waiting.size() >= this.maxQueuedPerKey) {
				return false;
			}
			this.queues.put(key, queue);
			Waiter waiter = new Waiter(this.lock.newCondition());
			queue.waiting.add(waiter);
			this.waiting++;
			try {
				await(waiter, patience);
			}
			finally {
				if (!waiter.admitted) {
					queue.waiting.remove(waiter);
					this.waiting--;
					removeIfEmpty(key, queue);
				}
			}
			return waiter.admitted;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void await(Waiter waiter, Duration patience) {
		Deadline deadline = Deadline.current();
		long end = System.nanoTime() + patience.toNanos();
		// The deadline may be brought forward meanwhile.
		BooleanSupplier expired = () -> System.nanoTime() - end >= 0
				|| (deadline != null && deadline.remaining().isZero());
		Watchdog watch = Watchdog.start(() -> wake(waiter, expired));
		try {
			while (!waiter.admitted && !expired.getAsBoolean()) {
				waiter.condition.await();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			watch.stop();
		}
	}

	private void wake(Waiter waiter, BooleanSupplier expired) {
		if (!expired.getAsBoolean()) {
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

	private void releasePermit(Object key) {
		this.lock.lock();
		try {
			KeyQueue queue = this.queues.get(key);
			if (queue == null) {
				throw new IllegalStateException("Nobody has had a turn for " + key);
			}
			queue.permits--;
			this.free++;
			removeIfEmpty(key, queue);
			next();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Whose turn is next takes the place, and goes to the end of the line of queues. */
	private void next() {
		if (this.waiting == 0) {
			return;
		}
		for (Iterator<Map.Entry<Object, KeyQueue>> entries = this.queues.entrySet().iterator(); entries.hasNext();) {
			Map.Entry<Object, KeyQueue> entry = entries.next();
			KeyQueue queue = entry.getValue();
			if (queue.permits < this.maxPerKey && !queue.waiting.isEmpty()) {
				Waiter waiter = queue.waiting.remove();
				this.waiting--;
				this.free--;
				queue.permits++;
				waiter.admitted = true;
				waiter.condition.signal();
				entries.remove();
				this.queues.put(entry.getKey(), queue);
				return;
			}
		}
	}

	private void removeIfEmpty(Object key, KeyQueue queue) {
		if (queue.permits == 0 && queue.waiting.isEmpty()) {
			this.queues.remove(key);
		}
	}

	/** Of those who work for the same. Only with the lock held. */
	private static final class KeyQueue {

		private final Deque<Waiter> waiting = new ArrayDeque<>();

		private int permits;

	}

	/** Somebody who waits. Only with the lock held. */
	private static final class Waiter {

		private final Condition condition;

		private boolean admitted;

		Waiter(Condition condition) {
			this.condition = condition;
		}

	}

	/** What a thread has. Only on that thread. */
	private static final class Permit {

		private final FairBulkhead bulkhead;

		private final Object key;

		private boolean held = true;

		Permit(FairBulkhead bulkhead, Object key) {
			this.bulkhead = bulkhead;
			this.key = key;
		}

	}

}
