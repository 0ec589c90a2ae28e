package dev.kennel.database;

import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessResourceFailureException;

/** There is no connection to the store, or it was lost before the store has answered. */
public final class DatabaseUnavailableException extends DataAccessResourceFailureException {

	/**
	 * Makes one.
	 * @param message what there is not
	 * @param cause why, or null
	 */
	public DatabaseUnavailableException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
