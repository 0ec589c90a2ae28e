package dev.kennel.concurrency;

/** A thread has no time left. */
public final class DeadlineExceededException extends RuntimeException {

	/** Makes the exception. */
	public DeadlineExceededException() {
		super("No time is left", null, false, false);
	}

}
