package dev.kennel.database.pipeline;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The exponential backoff of a replica: how long it has to respond to heartbeats before
 * its next session begins. The delay is zero after a long session, and doubles after each
 * short one. Otherwise a server that fails under its load would get it back at once, and
 * fail again.
 */
final class ReplicaBackoff {

	private static final Duration FIRST = Duration.ofSeconds(1);

	private static final Duration MAX = Duration.ofSeconds(30);

	/** After a session of this duration, a loss is no repetition of an earlier one. */
	private static final Duration LONG_SESSION = Duration.ofMinutes(1);

	private final LongSupplier nanoTime;

	/** Guarded by this. */
	private Duration delay = Duration.ZERO;

	/** Guarded by this. */
	private long begunAt;

	/** Guarded by this. */
	private long respondingSince;

	ReplicaBackoff(LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
		this.respondingSince = nanoTime.getAsLong();
	}

	/** Records the begin of a session. */
	synchronized void begun() {
		this.begunAt = this.nanoTime.getAsLong();
	}

	/** Records the end of a session. */
	synchronized void ended() {
		missed();
		if (this.respondingSince - this.begunAt >= LONG_SESSION.toNanos()) {
			this.delay = Duration.ZERO;
		}
		else {
			Duration doubled = this.delay.isZero() ? FIRST : this.delay.multipliedBy(2);
			this.delay = (doubled.compareTo(MAX) < 0) ? doubled : MAX;
		}
	}

	/** Records that the replica has not responded. */
	synchronized void missed() {
		this.respondingSince = this.nanoTime.getAsLong();
	}

	/** Returns whether the replica has responded for long enough. */
	synchronized boolean isOver() {
		return this.nanoTime.getAsLong() - this.respondingSince >= this.delay.toNanos();
	}

}
