package dev.kennel.database.pipeline;

import java.util.concurrent.CompletableFuture;

/** Receives the statements of the pipelined client, on the calling thread. */
public interface StatementListener {

	/**
	 * Called before a statement is sent.
	 * @param sql the SQL
	 */
	void sending(String sql);

	/**
	 * Called once a statement is sent.
	 * @param <T> the type of the result
	 * @param sql the SQL
	 * @param rows the result
	 * @return the result, or a future that completes after it
	 */
	default <T> CompletableFuture<T> sent(String sql, CompletableFuture<T> rows) {
		return rows;
	}

}
