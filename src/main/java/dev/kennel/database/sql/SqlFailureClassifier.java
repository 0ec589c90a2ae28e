package dev.kennel.database.sql;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;

import dev.kennel.concurrency.DeadlineExceededException;
import io.vertx.pgclient.PgException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

import org.springframework.jdbc.CannotGetJdbcConnectionException;

/**
 * Classifies failures of the database by SQLSTATE, whichever layer has wrapped them.
 * Spring's translators know JDBC's exceptions only, and not those of the pipelined
 * client.
 *
 * @see <a href=
 * "https://www.postgresql.org/docs/current/errcodes-appendix.html">PostgreSQL Error
 * Codes</a>
 */
public final class SqlFailureClassifier {

	/**
	 * The SQLSTATE classes that concern the server and not the statement: connection
	 * exception (08), insufficient resources (53: too many connections, disk full, out of
	 * memory), and system error (58: I/O).
	 */
	private static final Set<String> UNAVAILABLE_CLASSES = Set.of("08", "53", "58");

	/**
	 * Admin shutdown, crash shutdown, cannot connect now, database dropped, and idle
	 * session timeout; idle in transaction timeout and transaction timeout, after which
	 * the server has closed the connection; statement completion unknown; and read-only
	 * transaction: the server is a standby, or is becoming one.
	 */
	private static final Set<String> UNAVAILABLE_STATES = Set.of("57P01", "57P02", "57P03", "57P04", "57P05", "25P03",
			"25P04", "40003", SqlFailureClassifier.READ_ONLY_TRANSACTION);

	/**
	 * Serialization failure, which also a standby reports if replication needs what a
	 * query reads; deadlock detected; and lock not available.
	 */
	private static final Set<String> CONTENTION_STATES = Set.of("40001", "40P01", "55P03");

	private static final String QUERY_CANCELED = "57014";

	private static final String FEATURE_NOT_SUPPORTED = "0A000";

	/**
	 * The function of PostgreSQL that refuses a prepared statement whose result type has
	 * changed, by the SQLSTATE of an unsupported feature.
	 */
	private static final String REVALIDATE_PLAN = "RevalidateCachedQuery";

	/** The SQLSTATE of a write that a read-only server refuses. */
	public static final String READ_ONLY_TRANSACTION = "25006";

	private SqlFailureClassifier() {
	}

	/**
	 * Returns whether the database has ended a transaction because of another one, so
	 * that a retry may succeed.
	 * @param failure the failure
	 * @return whether two transactions conflicted
	 */
	public static boolean isContention(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			String state = sqlState(cause);
			if (state != null && CONTENTION_STATES.contains(state)) {
				return true;
			}
		}
		return false;
	}

	/** Returns the SQLSTATE of an exception of either driver, or null. */
	private static @Nullable String sqlState(Throwable failure) {
		return switch (failure) {
			case SQLException sqlException -> sqlException.getSQLState();
			case PgException pgException -> pgException.getSqlState();
			default -> null;
		};
	}

	/**
	 * Returns whether the deadline of the thread has stopped a statement, or prevented it
	 * from starting.
	 * @param failure the failure
	 * @return whether the deadline was exceeded
	 */
	public static boolean isDeadlineExceeded(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof DeadlineExceededException || QUERY_CANCELED.equals(sqlState(cause))) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Returns whether the database could not be reached, so that the same request may
	 * succeed later.
	 * @param failure the failure
	 * @return whether the connection failed, and not the statement
	 */
	public static boolean isUnavailable(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof DatabaseUnavailableException || cause instanceof CannotGetJdbcConnectionException
					|| cause instanceof SQLTransientConnectionException
					|| (cause instanceof PgException pgException && isUnavailable(pgException.getSqlState()))
					|| (cause instanceof SQLException sqlException && isUnavailable(sqlException))) {
				return true;
			}
		}
		return false;
	}

	/**
	 * The pool throws an exception without an SQLSTATE if a lost connection is still
	 * used, above all for a rollback; exceptions of the driver always have one.
	 */
	private static boolean isUnavailable(SQLException failure) {
		String state = failure.getSQLState();
		return (state != null) ? isUnavailable(state) : !(failure instanceof PSQLException);
	}

	private static boolean isUnavailable(@Nullable String state) {
		return state != null && ((state.length() == 5 && UNAVAILABLE_CLASSES.contains(state.substring(0, 2)))
				|| UNAVAILABLE_STATES.contains(state));
	}

	/**
	 * Returns whether the database has refused a statement, so that it had no effect and
	 * its connection is still usable.
	 * @param failure the failure
	 * @return whether it was refused; false if the outcome is unknown
	 */
	public static boolean isRefused(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof PSQLException psqlException) {
				return psqlException.getServerErrorMessage() != null && !isUnavailable(psqlException.getSQLState());
			}
		}
		return false;
	}

	/**
	 * Returns whether the database does not support a statement, however often it is
	 * sent: Citus refuses row locks on several accounts, for example.
	 * @param failure the failure
	 * @return whether the statement is not supported; its connection is still usable
	 */
	public static boolean isUnsupported(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof PSQLException psqlException) {
				ServerErrorMessage message = psqlException.getServerErrorMessage();
				return message != null && FEATURE_NOT_SUPPORTED.equals(psqlException.getSQLState())
						&& !REVALIDATE_PLAN.equals(message.getRoutine());
			}
		}
		return false;
	}

	/**
	 * Returns the SQLSTATE of a failure.
	 * @param failure the failure
	 * @return the SQLSTATE of the first cause that has one, or null
	 */
	public static @Nullable String state(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			String state = sqlState(cause);
			if (state != null) {
				return state;
			}
		}
		return null;
	}

	/**
	 * Returns the constraint that refused a statement.
	 * @param failure the failure
	 * @return the constraint's name, or null if there is none
	 */
	public static @Nullable String violatedConstraint(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof PSQLException psqlException) {
				ServerErrorMessage message = psqlException.getServerErrorMessage();
				return (message != null) ? message.getConstraint() : null;
			}
			if (cause instanceof PgException pgException) {
				return pgException.getConstraint();
			}
		}
		return null;
	}

}
