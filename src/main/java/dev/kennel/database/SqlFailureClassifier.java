package dev.kennel.database;

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
 * Tells apart the ways in which the store fails, whichever layer has wrapped the failure.
 *
 * @see <a href=
 * "https://www.postgresql.org/docs/current/errcodes-appendix.html">PostgreSQL Error
 * Codes</a>
 */
public final class SqlFailureClassifier {

	/**
	 * The classes that are about the server and not about the statement: connection
	 * exception (08), insufficient resources (53: too many connections, disk full, out of
	 * memory), and system error (58: I/O).
	 */
	private static final Set<String> UNAVAILABLE_CLASSES = Set.of("08", "53", "58");

	/**
	 * Admin shutdown, crash shutdown, cannot connect now, database dropped, and idle
	 * session timeout; idle in transaction timeout, by which the server has closed the
	 * connection; statement completion unknown; and read-only transaction: the server is
	 * a standby, or is being made one.
	 */
	private static final Set<String> UNAVAILABLE_STATES = Set.of("57P01", "57P02", "57P03", "57P04", "57P05", "25P03",
			"40003", SqlFailureClassifier.READ_ONLY_TRANSACTION);

	/** Serialization failure, deadlock detected, and lock not available. */
	private static final Set<String> CONTENTION_STATES = Set.of("40001", "40P01", "55P03");

	private static final String QUERY_CANCELED = "57014";

	/** The state of a write that a read-only server refuses. */
	static final String READ_ONLY_TRANSACTION = "25006";

	private SqlFailureClassifier() {
	}

	/**
	 * Answers whether the store has ended a transaction for the sake of another, so that
	 * the same transaction may succeed if it is run again.
	 * @param failure what was thrown
	 * @return whether two transactions got in each other's way
	 */
	public static boolean isContention(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			String state = ownState(cause);
			if (state != null && CONTENTION_STATES.contains(state)) {
				return true;
			}
		}
		return false;
	}

	/** The SQLSTATE that PostgreSQL has answered, by either client, or null. */
	private static @Nullable String ownState(Throwable failure) {
		return switch (failure) {
			case SQLException sqlException -> sqlException.getSQLState();
			case PgException pgException -> pgException.getSqlState();
			default -> null;
		};
	}

	/**
	 * Answers whether the deadline of the thread has stopped a statement, or kept it from
	 * being begun.
	 * @param failure what was thrown
	 * @return whether there was no time left
	 */
	public static boolean isTooLate(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof DeadlineExceededException || QUERY_CANCELED.equals(ownState(cause))) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Answers whether the store could not be reached, so that the same request may
	 * succeed later.
	 * @param failure what was thrown
	 * @return whether the connection, and not the statement, is what failed
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
	 * Whoever goes on with a connection that is lost, to roll back most of all, is told
	 * so by the pool, without a state; the driver always has one.
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
	 * Answers whether the store has refused a statement, so that nothing has come of it,
	 * and its connection is as good as before.
	 * @param failure what was thrown
	 * @return whether it has; not if nobody knows what has become of it
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
	 * Returns the SQLSTATE of a failure.
	 * @param failure what was thrown
	 * @return the state of the first cause that has one, or null
	 */
	static @Nullable String state(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			String state = ownState(cause);
			if (state != null) {
				return state;
			}
		}
		return null;
	}

	/**
	 * Answers which constraint refused a statement.
	 * @param failure what was thrown
	 * @return the constraint's name, or null if none did
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
