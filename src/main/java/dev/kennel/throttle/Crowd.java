package dev.kennel.throttle;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import dev.kennel.database.Deadline;
import dev.kennel.graphql.error.ApiException;
import org.jspecify.annotations.Nullable;

/**
 * Lets few in at a time. Hashing passwords takes a processor and much memory: without a
 * bound, a flood of log-ins would leave nothing for anybody else.
 */
final class Crowd {

	private static final Duration RETRY = Duration.ofSeconds(1);

	/**
	 * Longer than any queue takes: a request that waits for so long has been given up.
	 */
	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private final Semaphore inside;

	private final Semaphore waiting;

	Crowd(int concurrency, int queue) {
		this.inside = new Semaphore(concurrency, true);
		this.waiting = new Semaphore(concurrency + queue);
	}

	/**
	 * Does something once it is its turn.
	 * @throws ApiException with RATE_LIMITED if too many wait already
	 */
	<T extends @Nullable Object> T admit(Supplier<T> work) {
		if (!this.waiting.tryAcquire()) {
			throw full();
		}
		try {
			enter();
			try {
				return work.get();
			}
			finally {
				this.inside.release();
			}
		}
		finally {
			this.waiting.release();
		}
	}

	/** For how many more there is room. */
	int left() {
		return this.waiting.availablePermits();
	}

	private void enter() {
		try {
			Deadline deadline = Deadline.current();
			Duration patience = (deadline != null) ? deadline.require() : PATIENCE;
			if (!this.inside.tryAcquire(Math.min(patience.toMillis(), PATIENCE.toMillis()), TimeUnit.MILLISECONDS)) {
				if (deadline != null) {
					deadline.require();
				}
				throw full();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw full();
		}
	}

	private static ApiException full() {
		return ApiException.rateLimited("Too many people are logging in at this moment. Try again shortly.", RETRY);
	}

}
