package dev.kennel.concurrency;

/** Thrown if the deadline of the current thread has expired. */
public final class DeadlineExceededException extends RuntimeException {

	/** Creates the exception, without a stack trace. */
	public DeadlineExceededException() {
		super("The deadline has expired", null, false, false);
	}

}
