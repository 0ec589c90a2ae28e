package dev.kennel.database;

import java.sql.SQLException;
import java.sql.SQLWarning;

import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLWarning;
import org.postgresql.util.ServerErrorMessage;

/**
 * Detects a commit that no synchronous standby has confirmed. If a commit that waits for
 * a standby is cancelled or times out, it is done on the primary alone, and PostgreSQL
 * only sends a warning. If the standby is promoted, the write is lost: it must not be
 * acknowledged to a client.
 *
 * @see <a href=
 * "https://www.postgresql.org/docs/current/warm-standby.html#SYNCHRONOUS-REPLICATION">PostgreSQL:
 * synchronous replication</a>
 */
final class ReplicationCheck {

	/**
	 * The function of PostgreSQL that sends the warning; its text is in the server's
	 * language.
	 */
	private static final String ROUTINE = "SyncRepWaitForLSN";

	/** Statement completion unknown. */
	private static final String STATE = "40003";

	private ReplicationCheck() {
	}

	/**
	 * Throws if a commit has stopped waiting for a standby.
	 * @param warnings the warnings of a statement, or of a connection after a commit
	 * @throws SQLException with the SQLSTATE "statement completion unknown"
	 */
	static void requireConfirmed(@Nullable SQLWarning warnings) throws SQLException {
		for (SQLWarning warning = warnings; warning != null; warning = warning.getNextWarning()) {
			if (warning instanceof PSQLWarning psqlWarning) {
				ServerErrorMessage message = psqlWarning.getServerErrorMessage();
				if (message != null && ROUTINE.equals(message.getRoutine())) {
					throw new SQLException("No standby has confirmed a commit", STATE, warning);
				}
			}
		}
	}

}
