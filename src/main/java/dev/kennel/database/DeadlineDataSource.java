package dev.kennel.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import com.zaxxer.hikari.HikariDataSource;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * A pool that a thread waits for no longer than until its deadline. The pool itself has
 * one patience for all; a thread that has less left is woken up.
 */
class DeadlineDataSource extends DelegatingDataSource {

	private static final ScheduledExecutorService ALARMS = Executors
		.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("deadlines").factory());

	private final HikariDataSource pool;

	DeadlineDataSource(HikariDataSource pool) {
		super(pool);
		this.pool = pool;
	}

	@Override
	public Connection getConnection() throws SQLException {
		Deadline deadline = Deadline.current();
		if (deadline == null) {
			return super.getConnection();
		}
		Duration remaining = deadline.require();
		if (remaining.toMillis() >= this.pool.getConnectionTimeout()) {
			return super.getConnection();
		}
		Alarm alarm = new Alarm(Thread.currentThread());
		ScheduledFuture<?> ringing = ALARMS.schedule(alarm, remaining.toNanos(), TimeUnit.NANOSECONDS);
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
			ringing.cancel(false);
			alarm.stop();
		}
	}

	/** Puts itself before the pool, and before whatever else does. */
	static class Processor implements BeanPostProcessor, PriorityOrdered {

		@Override
		public Object postProcessAfterInitialization(Object bean, String name) {
			return (bean instanceof HikariDataSource pool) ? new DeadlineDataSource(pool) : bean;
		}

		@Override
		public int getOrder() {
			return Ordered.HIGHEST_PRECEDENCE;
		}

	}

	/** Interrupts a thread, once and only while it waits. */
	private static final class Alarm implements Runnable {

		private final Thread waiting;

		private boolean over;

		private boolean rung;

		Alarm(Thread waiting) {
			this.waiting = waiting;
		}

		@Override
		public synchronized void run() {
			if (!this.over) {
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
