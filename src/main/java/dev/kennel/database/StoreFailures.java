package dev.kennel.database;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

import org.springframework.jdbc.CannotGetJdbcConnectionException;

/**
 * Tells apart the ways in which the store fails, whichever layer has wrapped the failure.
 */
public final class StoreFailures {

	/**
	 * Admin shutdown, crash shutdown, cannot connect now, too many connections, and a
	 * connection ended since its transaction was idle for too long.
	 */
	private static final Set<String> UNAVAILABLE_STATES = Set.of("57P01", "57P02", "57P03", "53300", "25P03");

	/** Serialization failure, deadlock detected, and lock not available. */
	private static final Set<String> CONTENTION_STATES = Set.of("40001", "40P01", "55P03");

	private static final String QUERY_CANCELED = "57014";

	private StoreFailures() {
	}

	/**
	 * Answers whether the store has ended a transaction for the sake of another, so that
	 * the same transaction may succeed if it is run again.
	 * @param failure what was thrown
	 * @return whether two transactions got in each other's way
	 */
	public static boolean isContention(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof SQLException sqlException && sqlException.getSQLState() != null
					&& CONTENTION_STATES.contains(sqlException.getSQLState())) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Answers whether the deadline of the thread has stopped a statement, or kept it from
	 * being begun.
	 * @param failure what was thrown
	 * @return whether there was no time left
	 */
	public static boolean isTooLate(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof DeadlineExceededException || (cause instanceof SQLException sqlException
					&& QUERY_CANCELED.equals(sqlException.getSQLState()))) {
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
			if (cause instanceof CannotGetJdbcConnectionException || cause instanceof SQLTransientConnectionException
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
		// Class 08 is "connection exception".
		return state != null && (state.startsWith("08") || UNAVAILABLE_STATES.contains(state));
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
		}
		return null;
	}

}
