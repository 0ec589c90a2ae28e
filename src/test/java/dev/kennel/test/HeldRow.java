package dev.kennel.test;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.IntPredicate;

import javax.sql.DataSource;

/** A concurrent transaction that locks a row and makes others wait. */
public final class HeldRow implements AutoCloseable {

	/** Longer than any step of a passing test takes. */
	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private final DataSource dataSource;

	private final Connection connection;

	/**
	 * Locks a row.
	 * @param dataSource the database
	 * @param sql selects it, for update
	 * @param parameter the statement's parameter
	 * @throws SQLException if it can't be locked
	 */
	public HeldRow(DataSource dataSource, String sql, Object parameter) throws SQLException {
		this.dataSource = dataSource;
		this.connection = dataSource.getConnection();
		this.connection.setAutoCommit(false);
		execute(sql, parameter);
	}

	/**
	 * Executes another statement in the transaction.
	 * @param sql the statement
	 * @param parameters its parameters
	 * @throws SQLException if it fails
	 */
	public void execute(String sql, Object... parameters) throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(sql)) {
			for (int i = 0; i < parameters.length; i++) {
				statement.setObject(i + 1, parameters[i]);
			}
			statement.execute();
		}
	}

	/**
	 * Waits until a statement waits for a lock.
	 * @param pattern the LIKE pattern of the statement
	 * @throws SQLException if that can't be queried
	 */
	public void awaitWaiter(String pattern) throws SQLException {
		await(pattern, (waiters) -> waiters > 0);
	}

	/**
	 * Waits until a number of statements wait for a lock.
	 * @param pattern the LIKE pattern of the statements
	 * @param count their number
	 * @throws SQLException if that can't be queried
	 */
	public void awaitWaiters(String pattern, int count) throws SQLException {
		await(pattern, (waiters) -> waiters == count);
	}

	/**
	 * Waits until no statement waits for a lock any more.
	 * @param pattern the LIKE pattern of the statement
	 * @throws SQLException if that can't be queried
	 */
	public void awaitNoWaiter(String pattern) throws SQLException {
		await(pattern, (waiters) -> waiters == 0);
	}

	private void await(String pattern, IntPredicate expected) throws SQLException {
		long end = System.nanoTime() + TIMEOUT.toNanos();
		int waiters;
		do {
			try (Connection other = this.dataSource.getConnection();
					PreparedStatement statement = other
						.prepareStatement("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
								+ "AND wait_event_type = 'Lock' AND query LIKE ?")) {
				statement.setString(1, pattern);
				try (ResultSet rows = statement.executeQuery()) {
					rows.next();
					waiters = rows.getInt(1);
				}
			}
			if (System.nanoTime() - end > 0) {
				throw new AssertionError("Statements that wait for a lock: " + waiters);
			}
		}
		while (!expected.test(waiters));
	}

	/**
	 * Commits, and so releases the lock.
	 * @throws SQLException if it fails
	 */
	public void commit() throws SQLException {
		this.connection.commit();
	}

	@Override
	public void close() throws SQLException {
		this.connection.rollback();
		this.connection.setAutoCommit(true);
		this.connection.close();
	}

}
