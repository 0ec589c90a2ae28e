package dev.kennel.database;

import java.sql.SQLException;
import java.sql.SQLWarning;

import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLWarning;
import org.postgresql.util.ServerErrorMessage;

/**
 * A commit that waits for a synchronous standby, and is cancelled, or timed out, is done
 * on the primary alone, and PostgreSQL says no more than a warning. If the standby is
 * made the primary, what was written is gone: no client may be told that it is done.
 *
 * @see <a href=
 * "https://www.postgresql.org/docs/current/warm-standby.html#SYNCHRONOUS-REPLICATION">PostgreSQL:
 * synchronous replication</a>
 */
final class UnreplicatedCommit {

	/** Where in PostgreSQL the warning is made; its text is in the server's language. */
	private static final String ROUTINE = "SyncRepWaitForLSN";

	/** Statement completion unknown. */
	private static final String STATE = "40003";

	private UnreplicatedCommit() {
	}

	/**
	 * Makes sure that no commit has given up waiting for a standby.
	 * @param warnings the warnings of a statement, or of a connection after a commit
	 * @throws SQLException with the state of a completion that is unknown, if one has
	 */
	static void requireNone(@Nullable SQLWarning warnings) throws SQLException {
		for (SQLWarning warning = warnings; warning != null; warning = warning.getNextWarning()) {
			if (warning instanceof PSQLWarning own) {
				ServerErrorMessage message = own.getServerErrorMessage();
				if (message != null && ROUTINE.equals(message.getRoutine())) {
					throw new SQLException("No standby has confirmed a commit", STATE, warning);
				}
			}
		}
	}

}
