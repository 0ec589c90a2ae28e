package dev.kennel.paging;

import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;

import dev.kennel.database.ResultRows;
import dev.kennel.paging.ListStatement.Arguments;

/** Runs the statements of lists. */
@FunctionalInterface
interface StatementRunner {

	/**
	 * Runs a statement.
	 * @param <R> what its rows are read into
	 * @param statement the statement
	 * @param arguments what it is run with
	 * @param reader reads the rows
	 * @return what was read, now or later
	 */
	<R> CompletableFuture<R> run(ListStatement statement, Arguments arguments, Reader<R> reader);

	/**
	 * Reads all rows of a result.
	 *
	 * @param <R> what they are read into
	 */
	@FunctionalInterface
	interface Reader<R> {

		R read(ResultRows rows) throws SQLException;

	}

}
