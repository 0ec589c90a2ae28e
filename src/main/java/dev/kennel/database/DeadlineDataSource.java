package dev.kennel.database;

import java.sql.Connection;
import java.sql.SQLException;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import dev.kennel.concurrency.Deadline;
import dev.kennel.concurrency.DeadlineExceededException;
import dev.kennel.concurrency.EventLoops;
import dev.kennel.concurrency.OperationDeadline;
import dev.kennel.concurrency.Watchdog;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * A pool that a thread waits for no longer than until its deadline. The pool itself has
 * one patience for all; a thread whose deadline comes sooner is woken up. What it gets
 * then is a {@link DeadlineConnection}.
 */
class DeadlineDataSource extends DelegatingDataSource {

	DeadlineDataSource(DataSource pool) {
		super(pool);
	}

	@Override
	public Connection getConnection() throws SQLException {
		EventLoops.requireMayBlock();
		Deadline deadline = Deadline.current();
		if (deadline == null) {
			return super.getConnection();
		}
		return DeadlineConnection.of(take(deadline), deadline);
	}

	private Connection take(Deadline deadline) throws SQLException {
		deadline.require();
		// However far the deadline is, it may be brought forward meanwhile.
		Alarm alarm = new Alarm(Thread.currentThread(), deadline);
		Watchdog watch = Watchdog.start(alarm::look);
		try {
			return super.getConnection();
		}
		catch (SQLException ex) {
			if (deadline.remaining().isZero()) {
				throw new DeadlineExceededException();
			}
			throw ex;
		}
		finally {
			watch.stop();
			alarm.stop();
		}
	}

	/** Puts itself before the pool, and before whatever else does. */
	static class Processor implements BeanPostProcessor, PriorityOrdered {

		private final ObjectProvider<OperationDeadline> deadline;

		private final ObjectProvider<DatabaseProperties> properties;

		private final ObjectProvider<StatementObserver> observers;

		Processor(ObjectProvider<OperationDeadline> deadline, ObjectProvider<DatabaseProperties> properties,
				ObjectProvider<StatementObserver> observers) {
			this.deadline = deadline;
			this.properties = properties;
			this.observers = observers;
		}

		@Override
		public Object postProcessAfterInitialization(Object bean, String name) {
			if (!(bean instanceof HikariDataSource pool)) {
				return bean;
			}
			if (pool.getExceptionOverride() == null && pool.getExceptionOverrideClassName() == null) {
				pool.setExceptionOverride(new ReadOnlyServerEviction(pool));
			}
			ServerTimeouts.set(pool, this.deadline.getObject().value(), this.properties.getObject().timeoutSlack());
			return new DeadlineDataSource(
					new ObservedDataSource(pool, this.observers.getIfUnique(() -> StatementObserver.NONE)));
		}

		@Override
		public int getOrder() {
			return Ordered.HIGHEST_PRECEDENCE;
		}

	}

	/** Interrupts a thread, once and only while it waits. */
	private static final class Alarm {

		private final Thread waiting;

		private final Deadline deadline;

		private boolean over;

		private boolean rung;

		Alarm(Thread waiting, Deadline deadline) {
			this.waiting = waiting;
			this.deadline = deadline;
		}

		synchronized void look() {
			if (!this.over && !this.rung && this.deadline.remaining().isZero()) {
				this.rung = true;
				this.waiting.interrupt();
			}
		}

		synchronized void stop() {
			this.over = true;
			if (this.rung) {
				Thread.interrupted();
			}
		}

	}

}
