package dev.kennel.paging;

import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;

import dev.kennel.database.sql.ResultRows;
import dev.kennel.paging.ListStatement.Arguments;

/** Executes the statements of lists. */
@FunctionalInterface
interface StatementRunner {

	/**
	 * Executes a statement.
	 * @param <R> the type that the rows are mapped to
	 * @param statement the statement
	 * @param arguments the values of its parameters
	 * @param reader maps the rows
	 * @return the result, which may be complete already
	 */
	<R> CompletableFuture<R> execute(ListStatement statement, Arguments arguments, Reader<R> reader);

	/**
	 * Maps all rows of a result.
	 *
	 * @param <R> the type that they are mapped to
	 */
	@FunctionalInterface
	interface Reader<R> {

		R read(ResultRows rows) throws SQLException;

		/** Maps rows that have been received already. */
		default R readReceived(ResultRows rows) {
			try {
				return read(rows);
			}
			catch (SQLException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

}
