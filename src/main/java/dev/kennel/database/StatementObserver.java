package dev.kennel.database;

import org.jspecify.annotations.Nullable;

/**
 * Observes the statements of both drivers. It is called on the thread that sends a
 * statement, and on the thread that receives its result.
 */
public interface StatementObserver {

	/** Observes nothing. */
	StatementObserver NONE = (sql) -> (failure) -> {
	};

	/**
	 * Called before a statement is sent.
	 * @param sql the SQL, with parameters in the place of values
	 * @return the observer of its end
	 */
	Observation begin(String sql);

	/** An observed statement in flight. */
	@FunctionalInterface
	interface Observation {

		/**
		 * Called when the statement has ended.
		 * @param failure its failure, or null
		 */
		void end(@Nullable Throwable failure);

	}

}
