package dev.kennel.database.sql;

import java.sql.Connection;
import java.sql.SQLException;

import javax.sql.DataSource;

import dev.kennel.concurrency.Deadline;
import dev.kennel.concurrency.DeadlineExceededException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.datasource.ConnectionHandle;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.TransactionSystemException;

/**
 * A transaction that takes its connection for the first statement. If that is announced
 * as the last statement as well, it is committed by itself. Spring's transaction managers
 * take the connection, and turn off autocommit, before the work is known, so that each
 * write would cost a second round trip.
 */
final class StatementTransaction implements ConnectionHandle {

	private static final Logger logger = LoggerFactory.getLogger(StatementTransaction.class);

	private final DataSource dataSource;

	private @Nullable Connection connection;

	private boolean lastAnnounced;

	/** Whether the last statement is the only one. */
	private boolean singleStatement;

	/** Whether the only statement has been executed, and so committed. */
	private boolean committed;

	StatementTransaction(DataSource dataSource) {
		this.dataSource = dataSource;
	}

	/**
	 * Announces the next statement as the last one.
	 * @return whether it is the first one as well
	 */
	boolean announceLast() {
		this.lastAnnounced = true;
		return this.connection == null;
	}

	/**
	 * Allows the last statement to be executed again, since it was not executed or has
	 * failed.
	 */
	void retryLast() {
		this.committed = false;
	}

	/**
	 * Continues after the last statement, which has changed nothing.
	 * @throws CannotGetJdbcConnectionException if the connection is lost
	 */
	void continueAfterLastStatement() {
		this.lastAnnounced = false;
		this.committed = false;
		Connection current = this.connection;
		if (this.singleStatement && current != null) {
			try {
				current.setAutoCommit(false);
			}
			catch (SQLException ex) {
				throw new CannotGetJdbcConnectionException("No connection for a transaction", ex);
			}
		}
		this.singleStatement = false;
	}

	/**
	 * Returns the connection of a statement; Spring calls it for each statement.
	 * @throws IllegalTransactionStateException if the last statement has been executed
	 */
	@Override
	public Connection getConnection() {
		if (this.committed) {
			throw new IllegalTransactionStateException(
					"The transaction was committed with the statement announced as its last");
		}
		Connection current = this.connection;
		if (current != null) {
			return current;
		}
		try {
			Connection borrowed = this.dataSource.getConnection();
			this.connection = borrowed;
			if (this.lastAnnounced) {
				this.singleStatement = true;
				this.committed = true;
			}
			else {
				borrowed.setAutoCommit(false);
			}
			return borrowed;
		}
		catch (SQLException ex) {
			throw new CannotGetJdbcConnectionException("No connection for a transaction", ex);
		}
	}

	/**
	 * Commits, unless the only statement has done so.
	 * @throws DeadlineExceededException if the deadline of the thread has passed
	 * @throws TransactionSystemException if the database does not confirm the commit
	 */
	void commit() {
		Connection current = this.connection;
		if (current == null || this.singleStatement) {
			return;
		}
		Deadline deadline = Deadline.current();
		if (deadline != null) {
			deadline.require();
		}
		try {
			current.commit();
		}
		catch (SQLException ex) {
			throw new TransactionSystemException("The database has not confirmed a commit", ex);
		}
	}

	/**
	 * Never fails: if a connection can't roll back, it is lost, and PostgreSQL rolls
	 * back.
	 */
	void rollback() {
		Connection current = this.connection;
		if (current == null || this.singleStatement) {
			return;
		}
		try {
			current.rollback();
		}
		catch (SQLException ex) {
			logger.debug("A transaction could not be rolled back", ex);
		}
	}

	/**
	 * Returns the connection to the pool, which resets it. Nothing is left to commit.
	 */
	void release() {
		Connection borrowed = this.connection;
		this.connection = null;
		if (borrowed == null) {
			return;
		}
		try {
			borrowed.close();
		}
		catch (SQLException ex) {
			logger.debug("A connection could not be returned to the pool", ex);
		}
	}

}
