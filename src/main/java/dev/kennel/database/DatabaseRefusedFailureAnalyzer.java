package dev.kennel.database;

import java.sql.SQLException;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Reports that the database can't be used at start-up, and which settings to check. */
class DatabaseRefusedFailureAnalyzer extends AbstractFailureAnalyzer<SQLException> {

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, SQLException cause) {
		String state = cause.getSQLState();
		// Connection exception, invalid authorization specification, and invalid catalog
		// name.
		if (state == null || !(state.startsWith("08") || state.startsWith("28") || state.equals("3D000"))) {
			return null;
		}
		String message = cause.getMessage();
		// PgBouncer's, which no driver setting of Kennel's own causes.
		boolean parameter = message != null && message.contains("unsupported startup parameter");
		return new FailureAnalysis("PostgreSQL can't be used: " + message, parameter
				? "The connection pooler knows no such parameter: take it out of spring.datasource.url, and set it for "
						+ "the role instead (a schema: ALTER ROLE … SET search_path = …)."
				: "Start it, or set spring.datasource.url, spring.datasource.username and "
						+ "spring.datasource.password to another one. Without a URL, Kennel starts a PostgreSQL of its own.",
				cause);
	}

}
