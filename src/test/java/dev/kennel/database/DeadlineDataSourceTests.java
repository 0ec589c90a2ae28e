package dev.kennel.database;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.kennel.test.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** A pool of one connection, to a database that stops answering. */
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
		this.pool = new HikariDataSource(settings);
		this.dataSource = new DeadlineDataSource(this.pool);
	}

	@AfterEach
	void stop() {
		this.pool.close();
		this.gate.close();
	}

	@Test
	void aConnectionOnWhichNothingIsAnsweredAnyMoreIsClosedAfterTheDeadline() throws Exception {
		FutureTask<Throwable> work = new FutureTask<>(
				() -> Deadline.call(Duration.ofMillis(500), () -> catchThrowableOfType(SQLException.class, () -> {
					try (Connection connection = this.dataSource.getConnection()) {
						this.gate.freeze();
						execute(connection);
					}
				})));
		Thread.startVirtualThread(work);

		assertThat(work).succeedsWithin(30, TimeUnit.SECONDS).satisfies((failure) -> {
			assertThat(failure).isNotNull();
			assertThat(StoreFailures.isUnavailable(failure)).isTrue();
			assertThat(StoreFailures.isTooLate(failure)).as("which would say that nothing was done").isFalse();
		});
		this.gate.thaw();
		try (Connection another = this.dataSource.getConnection()) {
			execute(another);
		}
	}

	@Test
	void oneThatWasGivenBackInTimeIsNotClosed() {
		Deadline.call(Duration.ofMillis(10), () -> {
			try {
				Connection known;
				try (Connection connection = this.dataSource.getConnection()) {
					known = connection.unwrap(Connection.class);
				}
				try (Connection ofAnother = this.pool.getConnection()) {
					Thread.sleep(Duration.ofSeconds(6));
					assertThat(ofAnother.unwrap(Connection.class)).isSameAs(known);
					execute(ofAnother);
				}
				return null;
			}
			catch (SQLException | InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		});
	}

	private static void execute(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.execute("SELECT 1");
		}
	}

}
