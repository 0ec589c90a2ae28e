package dev.kennel.database;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.kennel.concurrency.Deadline;
import dev.kennel.concurrency.DeadlineExceededException;
import dev.kennel.database.sql.SqlFailureClassifier;
import dev.kennel.test.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** A pool of one connection, to a database that stops responding. */
class DeadlineDataSourceTests {

	private Gate gate;

	private HikariDataSource pool;

	private DataSource dataSource;

	@BeforeEach
	void start() throws IOException {
		this.gate = new Gate(String.valueOf(TestDatabase.create().get("spring.datasource.url")));
		HikariConfig settings = new HikariConfig();
		settings.setJdbcUrl(this.gate.jdbcUrl());
		settings.setUsername("postgres");
		settings.setMaximumPoolSize(1);
		settings.addDataSourceProperty("socketFactory", WatchdogSocketFactory.class.getName());
		settings.addDataSourceProperty("socketTimeout", 60);
		settings.addDataSourceProperty("cancelSignalTimeout", 5);
		this.pool = new HikariDataSource(settings);
		this.dataSource = new DeadlineDataSource(this.pool);
	}

	@AfterEach
	void stop() {
		this.pool.close();
		this.gate.close();
	}

	@Test
	void expiredDeadlineEndsTheWaitForAConnection() throws Exception {
		AtomicReference<Deadline> deadline = new AtomicReference<>();
		try (Connection only = this.dataSource.getConnection()) {
			FutureTask<Throwable> work = new FutureTask<>(() -> Deadline.call(Duration.ofDays(1), () -> {
				deadline.set(Objects.requireNonNull(Deadline.current()));
				return catchThrowableOfType(SQLTransientConnectionException.class,
						() -> this.dataSource.getConnection().close());
			}));
			Thread.ofVirtual().start(work);
			while (this.pool.getHikariPoolMXBean().getThreadsAwaitingConnection() == 0) {
				Thread.onSpinWait();
			}

			deadline.get().expire();

			// Hikari would wait for 30 seconds.
			assertThat(work.get(20, TimeUnit.SECONDS)).isNotNull();
			assertThat(only.isValid(1)).isTrue();
		}
	}

	@Test
	void unresponsiveConnectionIsClosedAfterTheDeadline() throws Exception {
		FutureTask<Throwable> work = new FutureTask<>(
				() -> Deadline.call(Duration.ofMillis(500), () -> catchThrowableOfType(SQLException.class, () -> {
					try (Connection connection = this.dataSource.getConnection()) {
						this.gate.freeze();
						execute(connection, "SELECT 1");
					}
				})));
		Thread.startVirtualThread(work);

		assertThat(work).succeedsWithin(30, TimeUnit.SECONDS).satisfies((failure) -> {
			assertThat(failure).isNotNull();
			assertThat(SqlFailureClassifier.isUnavailable(failure)).isTrue();
			assertThat(SqlFailureClassifier.isDeadlineExceeded(failure)).as("which would say that nothing was done")
				.isFalse();
		});
		this.gate.thaw();
		execute("SELECT 1");
	}

	@Test
	void statementIsCancelledAtTheDeadline() throws SQLException {
		Throwable failure = Deadline.call(Duration.ofSeconds(2),
				() -> catchThrowableOfType(SQLException.class, () -> execute("SELECT pg_sleep(60)")));

		assertThat(failure).isNotNull();
		assertThat(SqlFailureClassifier.isDeadlineExceeded(failure)).isTrue();
		execute("SELECT 1");
	}

	@Test
	void lostConnectionCountsAsUnavailable() throws SQLException {
		Connection lost = this.dataSource.getConnection();
		lost.close();

		Throwable failure = catchThrowableOfType(SQLException.class, lost::rollback);

		assertThat(SqlFailureClassifier.isUnavailable(new IllegalStateException(failure))).isTrue();
	}

	@Test
	void noStatementIsExecutedAfterTheDeadline() {
		assertThatExceptionOfType(DeadlineExceededException.class)
			.isThrownBy(() -> Deadline.call(Duration.ofSeconds(2), () -> {
				try (Connection connection = this.dataSource.getConnection()) {
					Thread.sleep(Duration.ofMillis(2100));
					execute(connection, "SELECT 1");
					return null;
				}
				catch (SQLException | InterruptedException ex) {
					throw new IllegalStateException(ex);
				}
			}));
	}

	@Test
	void connectionReturnedInTimeIsNotClosed() {
		Deadline.call(Duration.ofSeconds(2), () -> {
			try {
				Connection pooled;
				try (Connection connection = this.dataSource.getConnection()) {
					pooled = connection.unwrap(Connection.class);
				}
				try (Connection ofAnother = this.pool.getConnection()) {
					// Until after the grace period of five seconds.
					Thread.sleep(Duration.ofSeconds(8));
					assertThat(ofAnother.unwrap(Connection.class)).isSameAs(pooled);
					execute(ofAnother, "SELECT 1");
				}
				return null;
			}
			catch (SQLException | InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		});
	}

	private void execute(String sql) throws SQLException {
		try (Connection connection = this.dataSource.getConnection()) {
			execute(connection, sql);
		}
	}

	private static void execute(Connection connection, String sql) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
	}

}
