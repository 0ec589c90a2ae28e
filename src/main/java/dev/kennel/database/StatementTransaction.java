package dev.kennel.database;

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
 * A transaction on a connection that it takes when its first statement is run. If that is
 * announced as its last one, too, it commits by itself.
 */
final class StatementTransaction implements ConnectionHandle {

	private static final Logger logger = LoggerFactory.getLogger(StatementTransaction.class);

	private final DataSource dataSource;

	private @Nullable Connection connection;

	private boolean lastAnnounced;

	/** Whether the last statement is the only one. */
	private boolean alone;

	/** Whether it has been run, and so committed. */
	private boolean committed;

	StatementTransaction(DataSource dataSource) {
		this.dataSource = dataSource;
	}

	/**
	 * What comes next is the last statement.
	 * @return whether it is the first one, too
	 */
	boolean announceLast() {
		this.lastAnnounced = true;
		return this.connection == null;
	}

	/** The last statement has not been run, or has failed: another comes in its place. */
	void repeatLast() {
		this.committed = false;
	}

	/**
	 * The last statement has changed nothing, and others follow on it after all.
	 * @throws CannotGetJdbcConnectionException if the connection is lost
	 */
	void continueAfterCommit() {
		this.lastAnnounced = false;
		this.committed = false;
		Connection known = this.connection;
		if (this.alone && known != null) {
			try {
				known.setAutoCommit(false);
			}
			catch (SQLException ex) {
				throw new CannotGetJdbcConnectionException("No connection for a transaction", ex);
			}
		}
		this.alone = false;
	}

	/**
	 * Answers what to run a statement on: Spring asks each time.
	 * @throws IllegalTransactionStateException if the last statement has been run
	 */
	@Override
	public Connection getConnection() {
		if (this.committed) {
			throw new IllegalTransactionStateException(
					"The transaction was committed with the statement announced as its last");
		}
		Connection known = this.connection;
		if (known != null) {
			return known;
		}
		try {
			Connection taken = this.dataSource.getConnection();
			this.connection = taken;
			if (this.lastAnnounced) {
				this.alone = true;
				this.committed = true;
			}
			else {
				taken.setAutoCommit(false);
			}
			return taken;
		}
		catch (SQLException ex) {
			throw new CannotGetJdbcConnectionException("No connection for a transaction", ex);
		}
	}

	/**
	 * Commits what is not committed yet.
	 * @throws DeadlineExceededException if the deadline of the thread is over
	 * @throws TransactionSystemException if the store does not confirm it
	 */
	void commit() {
		Connection begun = this.connection;
		if (begun == null || this.alone) {
			return;
		}
		Deadline deadline = Deadline.current();
		if (deadline != null) {
			deadline.require();
		}
		try {
			begun.commit();
		}
		catch (SQLException ex) {
			throw new TransactionSystemException("The store has not confirmed a commit", ex);
		}
	}

	/** Never fails: a connection that can't roll back is lost, and the store does it. */
	void rollback() {
		Connection begun = this.connection;
		if (begun == null || this.alone) {
			return;
		}
		try {
			begun.rollback();
		}
		catch (SQLException ex) {
			logger.debug("A transaction could not be rolled back", ex);
		}
	}

	/** Gives the connection back: the pool resets it. Nothing is left to commit. */
	void release() {
		Connection taken = this.connection;
		this.connection = null;
		if (taken == null) {
			return;
		}
		try {
			taken.close();
		}
		catch (SQLException ex) {
			logger.debug("A connection could not be given back", ex);
		}
	}

}
