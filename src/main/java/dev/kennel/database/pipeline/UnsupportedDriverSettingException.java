package dev.kennel.database.pipeline;

/** A setting of the connection to PostgreSQL that only the JDBC driver understands. */
public final class UnsupportedDriverSettingException extends RuntimeException {

	UnsupportedDriverSettingException(String message) {
		super(message);
	}

}
