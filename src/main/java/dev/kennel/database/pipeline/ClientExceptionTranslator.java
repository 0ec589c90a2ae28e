package dev.kennel.database.pipeline;

import dev.kennel.database.sql.DatabaseUnavailableException;
import io.vertx.pgclient.PgException;

import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.InvalidDataAccessResourceUsageException;

/**
 * Translates exceptions of the client to those of Spring, as its templates do for the
 * JDBC driver.
 */
final class ClientExceptionTranslator {

	private ClientExceptionTranslator() {
	}

	static DataAccessException translate(Throwable failure) {
		if (!(failure instanceof PgException refused)) {
			return new DatabaseUnavailableException("The connection to PostgreSQL was lost", failure);
		}
		// Class 23 is "integrity constraint violation".
		return refused.getSqlState().startsWith("23")
				? new DataIntegrityViolationException("A statement was refused", failure)
				: new InvalidDataAccessResourceUsageException("A statement has failed", failure);
	}

}
