package dev.kennel.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import dev.kennel.concurrency.Deadline;
import dev.kennel.concurrency.EventLoops;
import dev.kennel.concurrency.OperationDeadline;
import dev.kennel.database.embedded.EmbeddedPostgresServer;
import dev.kennel.database.sql.StatementObserver;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * A data source that waits for a connection of the pool no longer than until the deadline
 * of the thread. The pool has one connection timeout for all; a thread whose deadline
 * comes sooner is interrupted. It returns a {@link DeadlineConnection}.
 */
public class DeadlineDataSource extends DelegatingDataSource {

	private final boolean keepsSessions;

	/**
	 * Creates a data source.
	 * @param pool the connection pool
	 */
	public DeadlineDataSource(DataSource pool) {
		this(pool, true);
	}

	private DeadlineDataSource(DataSource pool, boolean keepsSessions) {
		super(pool);
		this.keepsSessions = keepsSessions;
	}

	/** Returns whether all statements of a connection are executed in one session. */
	boolean keepsSessions() {
		return this.keepsSessions;
	}

	@Override
	public Connection getConnection() throws SQLException {
		EventLoops.requireMayBlock();
		Deadline deadline = Deadline.current();
		if (deadline == null) {
			return super.getConnection();
		}
		return DeadlineConnection.of(borrow(deadline), deadline);
	}

	private Connection borrow(Deadline deadline) throws SQLException {
		deadline.require();
		Interrupter interrupter = new Interrupter(Thread.currentThread());
		deadline.onExpiry(interrupter);
		try {
			return super.getConnection();
		}
		catch (SQLException ex) {
			if (deadline.remaining().isZero()) {
				// Nothing was executed: clients may retry, as after the pool's own
				// timeout.
				throw new SQLTransientConnectionException("No connection was available until the deadline", ex);
			}
			throw ex;
		}
		finally {
			interrupter.stop();
		}
	}

	/**
	 * Configures the pool for its server, and wraps it, before any other post-processor
	 * does.
	 */
	static class Processor implements BeanPostProcessor, PriorityOrdered {

		private final ObjectProvider<OperationDeadline> deadline;

		private final ObjectProvider<DatabaseProperties> properties;

		private final ObjectProvider<StatementObserver> observers;

		private final ObjectProvider<JdbcConnectionDetails> server;

		private final ObjectProvider<EmbeddedPostgresServer> embedded;

		private final ObjectProvider<DirectConnectionProperties> directConnection;

		private final ObjectProvider<ConnectionEviction> eviction;

		Processor(ObjectProvider<OperationDeadline> deadline, ObjectProvider<DatabaseProperties> properties,
				ObjectProvider<StatementObserver> observers, ObjectProvider<JdbcConnectionDetails> server,
				ObjectProvider<EmbeddedPostgresServer> embedded,
				ObjectProvider<DirectConnectionProperties> directConnection,
				ObjectProvider<ConnectionEviction> eviction) {
			this.deadline = deadline;
			this.properties = properties;
			this.observers = observers;
			this.server = server;
			this.embedded = embedded;
			this.directConnection = directConnection;
			this.eviction = eviction;
		}

		@Override
		public Object postProcessAfterInitialization(Object bean, String name) {
			if (!(bean instanceof HikariDataSource pool)) {
				return bean;
			}
			if (pool.getExceptionOverride() == null && pool.getExceptionOverrideClassName() == null) {
				pool.setExceptionOverride(
						new EvictionPolicy(() -> this.eviction.ifAvailable(ConnectionEviction::evict)));
			}
			boolean sessions = configureSessions(pool);
			// Takes all properties of the driver over.
			ReconnectingDataSource.set(pool);
			StatementObserver observer = StatementObserver.all(this.observers.orderedStream(),
					this.server.getObject().getJdbcUrl());
			return new DeadlineDataSource(new ObservedDataSource(pool, observer), sessions);
		}

		/** Returns whether the connections of the pool keep their sessions. */
		private boolean configureSessions(HikariDataSource pool) {
			Duration slack = this.properties.getObject().timeoutSlack();
			if (this.embedded.getIfAvailable() == null) {
				ConnectionSettings settings = new ConnectionSettings(this.server.getObject(), pool,
						this.directConnection.getObject());
				PoolerCheck check;
				try {
					check = PoolerCheck.of(settings);
				}
				catch (SQLException ex) {
					throw new IllegalStateException("The database can't be used", ex);
				}
				if (!check.keepsSessions()) {
					TransactionPooling.configure(pool, settings, check.timeouts() || slack.isZero());
					return false;
				}
			}
			ServerTimeouts.set(pool, this.deadline.getObject().value(), slack);
			return true;
		}

		@Override
		public int getOrder() {
			return Ordered.HIGHEST_PRECEDENCE;
		}

	}

	/** Interrupts a thread at its deadline, once and only while it waits. */
	private static final class Interrupter implements Deadline.ExpiryListener {

		private final Thread waiting;

		private boolean stopped;

		private boolean interrupted;

		Interrupter(Thread waiting) {
			this.waiting = waiting;
		}

		@Override
		public synchronized boolean expire(boolean graceOver) {
			if (!this.stopped && !this.interrupted) {
				this.interrupted = true;
				this.waiting.interrupt();
			}
			return !this.stopped;
		}

		synchronized void stop() {
			this.stopped = true;
			if (this.interrupted) {
				Thread.interrupted();
			}
		}

	}

}
