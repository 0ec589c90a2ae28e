package dev.kennel.server.limit;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.ReentrantLock;

import dev.kennel.concurrency.VirtualThreads;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An executor of blocking requests on virtual threads. Limits the number of concurrent
 * requests, since each holds a response in memory. Further requests wait in a bounded
 * FIFO queue. A {@code ThreadPoolExecutor} has the same limits, but pools its threads.
 *
 * @see <a href="https://openjdk.org/jeps/444#Do-not-pool-virtual-threads">JEP 444, "Do
 * not pool virtual threads"</a>
 */
public final class RequestPermits implements Executor {

	private static final Logger logger = LoggerFactory.getLogger(RequestPermits.class);

	private final ThreadFactory threads = VirtualThreads.factory("request-");

	private final ReentrantLock lock = new ReentrantLock();

	private final Queue<Runnable> waiting = new ArrayDeque<>();

	private final int maxWaiting;

	private final int max;

	private int available;

	/**
	 * Creates an executor.
	 * @param permits the maximum number of concurrent requests
	 * @param maxWaiting the maximum length of the queue
	 */
	public RequestPermits(int permits, int maxWaiting) {
		this.max = permits;
		this.available = permits;
		this.maxWaiting = maxWaiting;
	}

	/**
	 * Executes a request, or queues it if no permit is available.
	 * @throws RejectedExecutionException if the queue is full
	 */
	@Override
	public void execute(Runnable request) {
		this.lock.lock();
		try {
			if (this.available == 0) {
				if (this.waiting.size() >= this.maxWaiting) {
					throw new RejectedExecutionException("Too many requests wait");
				}
				this.waiting.add(request);
				return;
			}
			this.available--;
		}
		finally {
			this.lock.unlock();
		}
		this.threads.newThread(() -> runWithPermit(request)).start();
	}

	/**
	 * Returns the number of permits.
	 * @return the number
	 */
	public int max() {
		return this.max;
	}

	/**
	 * Returns the number of running requests.
	 * @return the number
	 */
	public int taken() {
		this.lock.lock();
		try {
			return this.max - this.available;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Returns the number of queued requests.
	 * @return the number
	 */
	public int waiting() {
		this.lock.lock();
		try {
			return this.waiting.size();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Runs a request, and then queued ones with the same permit. */
	private void runWithPermit(Runnable first) {
		for (Runnable request = first; request != null; request = next()) {
			try {
				request.run();
			}
			catch (RuntimeException | Error ex) {
				// The permit is needed by the next request.
				logger.error("A request has failed without a response", ex);
			}
		}
	}

	private @Nullable Runnable next() {
		this.lock.lock();
		try {
			Runnable next = this.waiting.poll();
			if (next == null) {
				this.available++;
			}
			return next;
		}
		finally {
			this.lock.unlock();
		}
	}

}
