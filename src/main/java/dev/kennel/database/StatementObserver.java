package dev.kennel.database;

import org.jspecify.annotations.Nullable;

/**
 * Observes statements, whichever driver sends them. It is called on the thread that sends
 * a statement, and on the one that has its result.
 */
public interface StatementObserver {

	/** Observes nothing. */
	StatementObserver NONE = (sql) -> (failure) -> {
	};

	/**
	 * A statement is about to be sent.
	 * @param sql its text, which has parameters in the place of values
	 * @return observes its end
	 */
	Observation begin(String sql);

	/** A statement under way. */
	@FunctionalInterface
	interface Observation {

		/**
		 * The statement has ended.
		 * @param failure what it has failed with, or null
		 */
		void end(@Nullable Throwable failure);

	}

}
