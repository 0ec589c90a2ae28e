package dev.kennel.database.pipeline;

/** A setting of the connection to PostgreSQL that only the JDBC driver understands. */
public final class StoreSettingsException extends RuntimeException {

	StoreSettingsException(String message) {
		super(message);
	}

}
