package dev.kennel.database;

import java.sql.Connection;
import java.sql.SQLException;

import javax.sql.DataSource;

import dev.kennel.database.notification.NotificationChannel;
import dev.kennel.test.KennelTest;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;

import static dev.kennel.database.ServerTimeoutsTests.show;
import static org.assertj.core.api.Assertions.assertThat;

/** The connections of a service with default settings. */
@KennelTest
class ServerTimeoutsOfServiceTests {

	private final DataSource dataSource;

	private final Flyway flyway;

	private final NotificationChannel notifications;

	ServerTimeoutsOfServiceTests(DataSource dataSource, Flyway flyway, NotificationChannel notifications) {
		this.dataSource = dataSource;
		this.flyway = flyway;
		this.notifications = notifications;
	}

	@Test
	void operationsHaveTimeouts() throws SQLException {
		try (Connection connection = this.dataSource.getConnection()) {
			assertThat(show(connection, "statement_timeout")).isEqualTo("30s");
			assertThat(show(connection, "idle_in_transaction_session_timeout")).isEqualTo("30s");
			assertThat(show(connection, "application_name")).isEqualTo("kennel");
		}
	}

	@Test
	void migrationsHaveNoTimeouts() throws SQLException {
		try (Connection connection = this.flyway.getConfiguration().getDataSource().getConnection()) {
			assertThat(show(connection, "statement_timeout")).isEqualTo("0");
			assertThat(show(connection, "idle_in_transaction_session_timeout")).isEqualTo("0");
			assertThat(show(connection, "application_name")).isEqualTo("kennel-migrations");
			// The socket has no timeout either.
			assertThat(connection.getNetworkTimeout()).isZero();
		}
	}

	@Test
	void listeningConnectionHasNoStatementTimeout() throws SQLException {
		try (Connection connection = this.notifications.connect()) {
			assertThat(show(connection, "statement_timeout")).isEqualTo("0");
			assertThat(connection.getNetworkTimeout()).isEqualTo(6_000);
		}
	}

}
