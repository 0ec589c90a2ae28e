package dev.kennel.server;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Runs what may block on virtual threads, and limits how many requests do so at once,
 * since each has a response in memory. The others wait in the order in which they came,
 * as far as there is room for them.
 */
final class RequestPermits implements Executor {

	private final ThreadFactory threads = VirtualThreads.factory("request-");

	private final ReentrantLock lock = new ReentrantLock();

	private final Queue<Runnable> waiting = new ArrayDeque<>();

	private final int maxWaiting;

	private final int max;

	private int free;

	/**
	 * Creates permits.
	 * @param permits how many requests run at once
	 * @param maxWaiting how many more may wait
	 */
	RequestPermits(int permits, int maxWaiting) {
		this.max = permits;
		this.free = permits;
		this.maxWaiting = maxWaiting;
	}

	/**
	 * Runs a request, now or when it is its turn.
	 * @throws RejectedExecutionException if too many wait already
	 */
	@Override
	public void execute(Runnable request) {
		this.lock.lock();
		try {
			if (this.free == 0) {
				if (this.waiting.size() >= this.maxWaiting) {
					throw new RejectedExecutionException("Too many requests wait");
				}
				this.waiting.add(request);
				return;
			}
			this.free--;
		}
		finally {
			this.lock.unlock();
		}
		this.threads.newThread(() -> runAll(request)).start();
	}

	/** The number of permits. */
	int max() {
		return this.max;
	}

	/** The number of requests that run. */
	int taken() {
		this.lock.lock();
		try {
			return this.max - this.free;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** The number of requests that wait. */
	int waiting() {
		this.lock.lock();
		try {
			return this.waiting.size();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Runs a request, and then those that wait: a permit goes from one to the next. */
	private void runAll(Runnable first) {
		for (Runnable request = first; request != null; request = next()) {
			request.run();
		}
	}

	private @org.jspecify.annotations.Nullable Runnable next() {
		this.lock.lock();
		try {
			Runnable next = this.waiting.poll();
			if (next == null) {
				this.free++;
			}
			return next;
		}
		finally {
			this.lock.unlock();
		}
	}

}
