package dev.kennel.database.sql;

import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessResourceFailureException;

/**
 * Thrown if there is no connection to the database, or if it was lost before the
 * response.
 */
public final class DatabaseUnavailableException extends DataAccessResourceFailureException {

	/**
	 * Creates an exception.
	 * @param message the message
	 * @param cause the cause, or null
	 */
	public DatabaseUnavailableException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
