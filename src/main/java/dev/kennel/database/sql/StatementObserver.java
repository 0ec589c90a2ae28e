package dev.kennel.database.sql;

import java.util.List;
import java.util.stream.Stream;

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
	 * @param url the JDBC URL of the server whose statements they observe
	 * @return an observer, which may be one of them
	 */
	static StatementObserver all(Stream<StatementObserver> observers, String url) {
		StatementServer server = StatementServer.of(url);
		return all(observers.map((observer) -> observer.forServer(server)).toList());
	}

	private static StatementObserver all(List<StatementObserver> observers) {
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
	 * Returns the observer of the statements of one server.
	 * @param server the server
	 * @return an observer, which may be this one
	 */
	default StatementObserver forServer(StatementServer server) {
		return this;
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
