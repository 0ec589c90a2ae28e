package dev.kennel.database.sql;

import java.util.List;

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
	 * Returns an observer that notifies several.
	 * @param observers the observers
	 * @return an observer, which may be one of them
	 */
	static StatementObserver all(List<StatementObserver> observers) {
		if (observers.size() <= 1) {
			return observers.isEmpty() ? NONE : observers.getFirst();
		}
		StatementObserver first = observers.getFirst();
		StatementObserver others = all(observers.subList(1, observers.size()));
		return (sql) -> {
			Observation one = first.begin(sql);
			Observation rest = others.begin(sql);
			return (failure) -> {
				one.end(failure);
				rest.end(failure);
			};
		};
	}

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
