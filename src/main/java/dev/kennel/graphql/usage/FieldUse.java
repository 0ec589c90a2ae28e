package dev.kennel.graphql.usage;

import java.util.concurrent.atomic.LongAdder;

/** Counts the uses of a field or argument by a client, with the time of the last one. */
final class FieldUse {

	private final LongAdder operations = new LongAdder();

	private volatile long last;

	void use(long now) {
		this.operations.increment();
		// A volatile write costs more than a read.
		if (now - this.last >= 1_000) {
			this.last = now;
		}
	}

	long operations() {
		return this.operations.sum();
	}

	/** Returns the time in milliseconds since the epoch, precise to a second. */
	long last() {
		return this.last;
	}

}
