package dev.kennel.concurrency;

/** Too many wait for their turn already. */
public final class BulkheadFullException extends RuntimeException {

	BulkheadFullException() {
		super("Too many wait for their turn", null, false, false);
	}

}
