package dev.kennel.concurrency;

import java.time.Duration;

/** The time limit of an operation, from which PostgreSQL's own timeouts are derived. */
@FunctionalInterface
public interface OperationDeadline {

	/**
	 * Returns the time limit.
	 * @return the time from the start of an operation
	 */
	Duration value();

}
