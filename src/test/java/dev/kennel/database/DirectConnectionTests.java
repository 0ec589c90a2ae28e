package dev.kennel.database;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

import com.zaxxer.hikari.HikariDataSource;
import dev.kennel.test.TestDatabase;
import org.junit.jupiter.api.Test;

import static dev.kennel.database.ServerTimeoutsTests.show;
import static org.assertj.core.api.Assertions.assertThat;

class DirectConnectionTests {

	private final String url = String.valueOf(TestDatabase.create().get("spring.datasource.url"));

	@Test
	void schemaAndInitSqlOfThePoolApplyWithoutStatementTimeouts() throws SQLException {
		try (Connection connection = DriverManager.getConnection(this.url, "postgres", "");
				Statement statement = connection.createStatement()) {
			statement.execute("CREATE SCHEMA kennel; ALTER DATABASE "
					+ this.url.substring(this.url.lastIndexOf('/') + 1) + " SET statement_timeout = '1s'");
		}
		HikariDataSource pool = new HikariDataSource();
		pool.setJdbcUrl(this.url);
		pool.setUsername("postgres");
		pool.setSchema("kennel");
		pool.setConnectionInitSql("SET work_mem = '5MB'");
		ServerTimeouts.set(pool, Duration.ofSeconds(10), Duration.ofSeconds(20));

		try (Connection connection = DirectConnection.open(new ConnectionSettings(new TrustingServer(this.url), pool,
				new DirectConnectionProperties(null, null, null)), "kennel-test", Duration.ZERO)) {
			assertThat(connection.getSchema()).isEqualTo("kennel");
			assertThat(show(connection, "work_mem")).isEqualTo("5MB");
			assertThat(show(connection, "statement_timeout")).isEqualTo("0");
			assertThat(show(connection, "idle_in_transaction_session_timeout")).isEqualTo("0");
		}
	}

	@Test
	void toStringOfPropertiesOmitsUrlAndPassword() {
		assertThat(new DirectConnectionProperties("jdbc:postgresql://h/d?password=hidden", "u", "hidden"))
			.hasToString("DirectConnectionProperties[username=u]");
	}

}
