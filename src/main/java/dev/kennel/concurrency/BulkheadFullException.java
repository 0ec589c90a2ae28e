package dev.kennel.concurrency;

/** Thrown if no permit of a bulkhead is acquired and its queue is full. */
public final class BulkheadFullException extends RuntimeException {

	BulkheadFullException() {
		super("The queue of the bulkhead is full", null, false, false);
	}

}
