package dev.kennel.graphql.usage;

import java.util.concurrent.atomic.LongAdder;

/** How often a client has used a field or an argument, and when last. */
final class FieldUse {

	private final LongAdder operations = new LongAdder();

	private volatile long last;

	void use(long now) {
		this.operations.increment();
		// A write that all processors see costs more than a look.
		if (now - this.last >= 1_000) {
			this.last = now;
		}
	}

	long operations() {
		return this.operations.sum();
	}

	/** In milliseconds since the epoch, to a second. */
	long last() {
		return this.last;
	}

}
