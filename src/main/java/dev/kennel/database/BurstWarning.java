package dev.kennel.database;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

import org.slf4j.Logger;

/**
 * A log warning with a rate limit, for failures that affect many requests at once, such
 * as an unreachable database: the first of a burst is logged, and later ones at most
 * every ten seconds, with the number of omitted warnings.
 */
public final class BurstWarning {

	private static final Duration INTERVAL = Duration.ofSeconds(10);

	private final Logger logger;

	private final String message;

	private final LongSupplier nanoTime;

	private final AtomicLong next;

	private final AtomicLong omitted = new AtomicLong();

	/**
	 * Creates a warning.
	 * @param logger the logger
	 * @param message the message, with a placeholder for the failure
	 */
	public BurstWarning(Logger logger, String message) {
		this(logger, message, System::nanoTime);
	}

	BurstWarning(Logger logger, String message, LongSupplier nanoTime) {
		this.logger = logger;
		this.message = message;
		this.nanoTime = nanoTime;
		this.next = new AtomicLong(nanoTime.getAsLong());
	}

	/**
	 * Logs the warning unless one was logged less than ten seconds ago.
	 * @param failure the failure, or what is known of it; no stack trace is logged
	 * @return whether it was logged
	 */
	public boolean log(Object failure) {
		long due = this.next.get();
		long now = this.nanoTime.getAsLong();
		if (now - due < 0 || !this.next.compareAndSet(due, now + INTERVAL.toNanos())) {
			this.omitted.incrementAndGet();
			return false;
		}
		long omittedCount = this.omitted.getAndSet(0);
		if (omittedCount == 0) {
			this.logger.warn(this.message, failure.toString());
		}
		else {
			this.logger.warn(this.message + " ({} more since the last warning)", failure.toString(), omittedCount);
		}
		return true;
	}

}
