package dev.kennel.database.pipeline;

import java.util.concurrent.CompletableFuture;

/** Is told of each statement, on the thread that asks for it. */
public interface StatementListener {

	/**
	 * A statement is about to be sent.
	 * @param sql its text
	 */
	void sending(String sql);

	/**
	 * A statement is being run.
	 * @param <T> what it answers
	 * @param sql its text
	 * @param rows what it answers
	 * @return the same, or what is completed after it
	 */
	default <T> CompletableFuture<T> sent(String sql, CompletableFuture<T> rows) {
		return rows;
	}

}
