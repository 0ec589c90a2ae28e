package dev.kennel.database.pipeline;

/** Thrown if a setting of the JDBC driver has no counterpart in the pipelined client. */
public final class UnsupportedDriverSettingException extends RuntimeException {

	UnsupportedDriverSettingException(String message) {
		super(message);
	}

}
