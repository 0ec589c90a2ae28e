package dev.kennel.concurrency;

import java.time.Duration;

/** How long an operation may take, by which PostgreSQL's own timeouts go. */
@FunctionalInterface
public interface OperationDeadline {

	/**
	 * Returns the deadline of operations.
	 * @return the time from an operation's beginning on
	 */
	Duration value();

}
