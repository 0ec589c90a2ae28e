package dev.kennel.database;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;

import com.zaxxer.hikari.HikariDataSource;
import dev.kennel.database.sql.SqlFailureClassifier;
import dev.kennel.test.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class ServerTimeoutsTests {

	private final String url = String.valueOf(TestDatabase.create().get("spring.datasource.url"));

	private static HikariDataSource pool(String url, @Nullable String initSql, Duration deadline, Duration slack) {
		HikariDataSource pool = new HikariDataSource();
		pool.setJdbcUrl(url);
		pool.setUsername("postgres");
		pool.setMaximumPoolSize(1);
		pool.setConnectionInitSql(initSql);
		ServerTimeouts.set(pool, deadline, slack);
		return pool;
	}

	private List<String> timeouts(String parameters, @Nullable String initSql, Duration slack) throws SQLException {
		try (HikariDataSource pool = pool(this.url + parameters, initSql, Duration.ofSeconds(10), slack);
				Connection connection = pool.getConnection()) {
			return List.of(show(connection, "statement_timeout"),
					show(connection, "idle_in_transaction_session_timeout"));
		}
	}

	static String show(Connection connection, String setting) throws SQLException {
		try (Statement statement = connection.createStatement();
				ResultSet row = statement.executeQuery("SHOW " + setting)) {
			row.next();
			return row.getString(1);
		}
	}

	@Test
	void timeoutsAreTheDeadlinePlusSlack() throws SQLException {
		assertThat(timeouts("", null, Duration.ofSeconds(20))).containsExactly("30s", "30s");
		assertThat(timeouts("", null, Duration.ZERO)).containsExactly("0", "0");
	}

	@Test
	void explicitTimeoutsTakePrecedence() throws SQLException {
		Duration slack = Duration.ofSeconds(20);

		assertThat(timeouts("?options=-c%20statement_timeout=1234", null, slack)).containsExactly("1234ms", "30s");
		assertThat(timeouts("?options=-c%20statement_timeout=0", null, slack)).containsExactly("0", "30s");
		assertThat(timeouts("", "SET idle_in_transaction_session_timeout = 0", slack)).containsExactly("30s", "0");
		assertThat(timeouts("", "SET statement_timeout = '1min'", slack)).containsExactly("1min", "30s");
		execute("ALTER DATABASE " + this.url.substring(this.url.lastIndexOf('/') + 1)
				+ " SET idle_in_transaction_session_timeout = '7s'");
		assertThat(timeouts("", null, slack)).containsExactly("30s", "7s");
	}

	private void execute(String sql) throws SQLException {
		try (Connection connection = DriverManager.getConnection(this.url, "postgres", "");
				Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
	}

	@Test
	@Timeout(60)
	void idleTransactionReleasesItsLocks() throws SQLException {
		try (HikariDataSource pool = pool(this.url, null, Duration.ofMillis(200), Duration.ofMillis(300));
				Connection frozen = pool.getConnection();
				Statement statement = frozen.createStatement()) {
			frozen.setAutoCommit(false);
			statement.execute("SELECT pg_advisory_xact_lock(1)");

			// Waits for the lock, forever without a timeout.
			execute("SELECT pg_advisory_xact_lock(1)");

			Throwable failure = catchThrowableOfType(SQLException.class, () -> statement.execute("SELECT 1"));
			assertThat(failure).isNotNull();
			assertThat(SqlFailureClassifier.isUnavailable(failure)).isTrue();
		}
	}

	@Test
	@Timeout(60)
	void uncancelledStatementIsEndedByTheServer() throws SQLException {
		try (HikariDataSource pool = pool(this.url, null, Duration.ofMillis(200), Duration.ofMillis(300));
				Connection connection = pool.getConnection();
				Statement statement = connection.createStatement()) {
			Throwable failure = catchThrowableOfType(SQLException.class,
					() -> statement.execute("SELECT pg_sleep(3600)"));

			assertThat(failure).isNotNull();
			assertThat(SqlFailureClassifier.isDeadlineExceeded(failure)).isTrue();
		}
	}

}
