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
 * A bulkhead with fair queueing: limits concurrent executions, and serves waiting keys
 * round-robin, where that of Resilience4j has one queue for all. More executions than
 * processors and database can serve would slow down all of them.
 *
 * <p>
 * A key, such as an account, holds at most its share of the permits and half of the
 * queue. A client that floods the service, or never finishes, therefore blocks no other
 * client.
 *
 * <p>
 * Each key has a first-in, first-out queue. A released permit is handed to the first key
 * that has a waiter and is below its share; that key then moves behind all others. A key
 * without permits and waiters takes no memory.
 *
 * <p>
 * Threads wait here. Statements of the pipelined client wait without a thread, as
 * callbacks of its {@code StatementBulkhead}, which limits each key by itself: there are
 * no permits that keys share, and so no order between keys.
 */
public final class FairBulkhead {

	/** The permit of the current thread, if it holds one. */
	private static final ThreadLocal<@Nullable Permit> CURRENT = new ThreadLocal<>();

	private final int maxPermits;

	private final int maxPerKey;

	private final int maxQueued;

	private final int maxQueuedPerKey;

	private final ReentrantLock lock = new ReentrantLock();

	/** In the order in which keys are served. */
	private final Map<Object, KeyQueue> queues = new LinkedHashMap<>();

	private int available;

	private int queued;

	/**
	 * Creates a bulkhead.
	 * @param maxPermits the limit of concurrent executions
	 * @param maxPerKey the limit of concurrent executions of one key
	 * @param maxQueued the limit of waiting threads, half of which may wait for one key
	 */
	public FairBulkhead(int maxPermits, int maxPerKey, int maxQueued) {
		this.maxPermits = maxPermits;
		this.available = maxPermits;
		this.maxPerKey = maxPerKey;
		this.maxQueued = maxQueued;
		this.maxQueuedPerKey = Math.max(1, maxQueued / 2);
	}

	/**
	 * Executes work while the current thread holds a permit.
	 * @param <T> the type of the result
	 * @param key the key whose share of permits is charged, such as an account
	 * @param maxWait the longest time to wait for a permit; the wait also ends with the
	 * current thread's {@link Deadline}
	 * @param work the work
	 * @return the result of the work
	 * @throws DeadlineExceededException if the deadline expires before a permit is
	 * acquired
	 * @throws BulkheadFullException if the queue, or the key's half of it, is full, or
	 * {@code maxWait} has elapsed
	 */
	public <T extends @Nullable Object> T call(Object key, Duration maxWait, Supplier<T> work) {
		Permit permit = new Permit(this, key);
		if (!acquire(key, maxWait)) {
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
	 * Acquires a permit if one is available at once, for work that is not bound to one
	 * thread.
	 * @param key the key whose share of permits is charged
	 * @return whether a permit was acquired, which {@link #release} has to return
	 */
	public boolean tryAcquire(Object key) {
		this.lock.lock();
		try {
			KeyQueue queue = this.queues.computeIfAbsent(key, (absent) -> new KeyQueue());
			return tryAcquire(key, queue);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Releases a permit that {@link #tryAcquire(Object)} acquired.
	 * @param key the key that the permit was charged to
	 */
	public void release(Object key) {
		releasePermit(key);
	}

	private boolean tryAcquire(Object key, KeyQueue queue) {
		if (this.available > 0 && queue.permits < this.maxPerKey) {
			this.available--;
			queue.permits++;
			return true;
		}
		removeIfEmpty(key, queue);
		return false;
	}

	/**
	 * Executes work that has a limit of its own, such as another bulkhead's, with the
	 * current thread's permit released meanwhile. If the permit cannot be reacquired
	 * before the deadline, execution continues without one, so that completed work is
	 * still returned.
	 * @param <T> the type of the result
	 * @param work the work
	 * @return the result of the work
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
			permit.held = permit.bulkhead.acquire(permit.key,
					(deadline != null) ? deadline.remaining() : Duration.ZERO);
		}
	}

	/**
	 * Returns the length of the queue.
	 * @return the number of waiting threads of all keys
	 */
	public int waiting() {
		this.lock.lock();
		try {
			return this.queued;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Returns the limit of concurrent executions.
	 * @return the number of permits, acquired or not
	 */
	public int max() {
		return this.maxPermits;
	}

	/**
	 * Returns the number of current executions.
	 * @return the number of acquired permits
	 */
	public int taken() {
		this.lock.lock();
		try {
			return this.maxPermits - this.available;
		}
		finally {
			this.lock.unlock();
		}
	}

	private boolean acquire(Object key, Duration maxWait) {
		this.lock.lock();
		try {
			KeyQueue queue = this.queues.computeIfAbsent(key, (absent) -> new KeyQueue());
			if (tryAcquire(key, queue)) {
				return true;
			}
			if (this.queued >= this.maxQueued || queue.waiters.size() >= this.maxQueuedPerKey) {
				return false;
			}
			this.queues.put(key, queue);
			Waiter waiter = new Waiter(this.lock.newCondition());
			queue.waiters.add(waiter);
			this.queued++;
			try {
				await(waiter, maxWait);
			}
			finally {
				if (!waiter.admitted) {
					queue.waiters.remove(waiter);
					this.queued--;
					removeIfEmpty(key, queue);
				}
			}
			return waiter.admitted;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void await(Waiter waiter, Duration maxWait) {
		Deadline deadline = Deadline.current();
		long end = System.nanoTime() + maxWait.toNanos();
		// Deadline.expire() may bring the deadline forward during the wait.
		BooleanSupplier expired = () -> System.nanoTime() - end >= 0
				|| (deadline != null && deadline.remaining().isZero());
		Watchdog watchdog = Watchdog.start(() -> signalIfExpired(waiter, expired));
		try {
			while (!waiter.admitted && !expired.getAsBoolean()) {
				waiter.condition.await();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			watchdog.stop();
		}
	}

	private void signalIfExpired(Waiter waiter, BooleanSupplier expired) {
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
				throw new IllegalStateException("No permit is held for the key " + key);
			}
			queue.permits--;
			this.available++;
			removeIfEmpty(key, queue);
			admitNext();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Hands the permit to the next key's first waiter, and moves that key to the end. */
	private void admitNext() {
		if (this.queued == 0) {
			return;
		}
		for (Iterator<Map.Entry<Object, KeyQueue>> entries = this.queues.entrySet().iterator(); entries.hasNext();) {
			Map.Entry<Object, KeyQueue> entry = entries.next();
			KeyQueue queue = entry.getValue();
			if (queue.permits < this.maxPerKey && !queue.waiters.isEmpty()) {
				Waiter waiter = queue.waiters.remove();
				this.queued--;
				this.available--;
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
		if (queue.permits == 0 && queue.waiters.isEmpty()) {
			this.queues.remove(key);
		}
	}

	/** The acquired permits and waiters of one key. Guarded by the lock. */
	private static final class KeyQueue {

		private final Deque<Waiter> waiters = new ArrayDeque<>();

		private int permits;

	}

	/** A thread that waits for a permit. Guarded by the lock. */
	private static final class Waiter {

		private final Condition condition;

		private boolean admitted;

		Waiter(Condition condition) {
			this.condition = condition;
		}

	}

	/** A permit that a thread has acquired. Confined to that thread. */
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
