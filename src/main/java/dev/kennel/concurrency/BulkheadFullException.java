package dev.kennel.concurrency;

/** Thrown if no permit of a bulkhead is acquired and its queue is full. */
public final class BulkheadFullException extends RuntimeException {

	BulkheadFullException() {
		super("Too many wait for their turn", null, false, false);
	}

}
