package dev.kennel.database.pipeline;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;

/**
 * The replication lag of a standby, in time: the age of the oldest change of the primary
 * that the standby has not replayed. The age of PostgreSQL's own
 * {@code pg_last_xact_replay_timestamp} grows while the primary is idle, and does not
 * show that a standby receives no WAL.
 */
final class ReplicaLag {

	/** An hour of heartbeats; afterwards, the oldest sample still counts. */
	private static final int MAX_SAMPLES = 7_200;

	private final LongSupplier nanoTime;

	/** What has not been replayed yet, the oldest sample first. Guarded by this. */
	private final Deque<Sample> samples = new ArrayDeque<>();

	ReplicaLag(LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
	}

	/**
	 * Records the current position of the primary in the WAL. After a failover that has
	 * lost writes, it is an earlier one: nothing will ever replay those in between.
	 */
	synchronized void written(long position) {
		Sample last = this.samples.peekLast();
		while (last != null && last.position() > position) {
			this.samples.removeLast();
			last = this.samples.peekLast();
		}
		if (this.samples.size() < MAX_SAMPLES && (last == null || position > last.position())) {
			this.samples.add(new Sample(position, this.nanoTime.getAsLong()));
		}
	}

	/** Records the position up to which the standby has replayed the WAL. */
	synchronized void replayed(long position) {
		while (!this.samples.isEmpty() && this.samples.peekFirst().position() <= position) {
			this.samples.removeFirst();
		}
	}

	/** Forgets all positions: the primary is another cluster, with other ones. */
	synchronized void clear() {
		this.samples.clear();
	}

	synchronized Duration current() {
		Sample oldest = this.samples.peekFirst();
		return (oldest != null) ? Duration.ofNanos(this.nanoTime.getAsLong() - oldest.at()) : Duration.ZERO;
	}

	private record Sample(long position, long at) {
	}

}
