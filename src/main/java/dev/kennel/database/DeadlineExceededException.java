package dev.kennel.database;

/** A thread has no time left. */
public final class DeadlineExceededException extends RuntimeException {

	DeadlineExceededException() {
		super("No time is left", null, false, false);
	}

}
