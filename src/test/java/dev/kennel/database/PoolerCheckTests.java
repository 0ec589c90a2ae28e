package dev.kennel.database;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

import com.zaxxer.hikari.HikariDataSource;
import dev.kennel.test.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** {@code clients/poolers/pgbouncer.test.js} has the tests behind PgBouncer. */
class PoolerCheckTests {

	private final String url = String.valueOf(TestDatabase.create().get("spring.datasource.url"));

	private static ConnectionSettings settings(String url, HikariDataSource pool) {
		return new ConnectionSettings(new TrustingServer(url), pool, new DirectConnectionProperties(null, null, null));
	}

	@Test
	void directConnectionKeepsItsSession() throws SQLException {
		String name = this.url.substring(this.url.lastIndexOf('/') + 1);
		try (Connection connection = DriverManager.getConnection(this.url, "postgres", "");
				Statement statement = connection.createStatement()) {
			statement.execute("CREATE SCHEMA kennel");
		}

		assertThat(PoolerCheck.of(settings(this.url, new HikariDataSource())))
			.isEqualTo(new PoolerCheck(true, false, name + ".public"));
		assertThat(PoolerCheck.of(settings(this.url + "?currentSchema=kennel,%20public", new HikariDataSource())))
			.isEqualTo(new PoolerCheck(true, false, name + ".kennel"));
		assertThat(PoolerCheck
			.of(settings(this.url + "?options=-c%20search_path=kennel,public%20-c%20statement_timeout=60000%20"
					+ "--idle-in-transaction-session-timeout=1min", new HikariDataSource())))
			.isEqualTo(new PoolerCheck(true, true, name + ".kennel"));
	}

	@ParameterizedTest
	@CsvSource({ ", , ", "app, , app", "app, -c search_path=other, app", ", -c search_path=app, app",
			", '-csearch_path=a --search-path=b', b", ", '-c statement_timeout=1 -c search_path=a\\ b,c', 'a b,c'",
			", -c statement_timeout=1, " })
	void searchPathIsThatOfTheDriversSettings(@Nullable String schema, @Nullable String options,
			@Nullable String searchPath) {
		Properties settings = new Properties();
		if (schema != null) {
			settings.setProperty("currentSchema", schema);
		}
		if (options != null) {
			settings.setProperty("options", options);
		}

		assertThat(PoolerCheck.searchPath(settings)).isEqualTo(searchPath);
	}

	@Test
	void settingsOfSessionsAreRefusedBehindAPooler() {
		HikariDataSource schema = new HikariDataSource();
		schema.setSchema("app");
		refused(this.url, schema, "spring.datasource.hikari.schema applies to sessions, ");
		HikariDataSource initSql = new HikariDataSource();
		initSql.setConnectionInitSql("SET work_mem = '5MB'");
		refused(this.url, initSql, "spring.datasource.hikari.connection-init-sql applies to sessions, ");
		HikariDataSource isolation = new HikariDataSource();
		isolation.setTransactionIsolation("TRANSACTION_SERIALIZABLE");
		refused(this.url, isolation, "spring.datasource.hikari.transaction-isolation applies to sessions, ");
		refused(this.url + "?prepareThreshold=1", new HikariDataSource(), "spring.datasource.url prepares statements ");
	}

	private static void refused(String url, HikariDataSource pool, String message) {
		assertThatExceptionOfType(UnsupportedPoolerException.class)
			.isThrownBy(() -> TransactionPooling.configure(pool, settings(url, pool), true))
			.withMessageStartingWith(message);
		assertThat(pool.getDataSourceProperties()).isEmpty();
	}

	@Test
	void statementsAreNotPreparedBehindAPooler() {
		for (String parameters : new String[] { "", "?prepareThreshold=0" }) {
			HikariDataSource pool = new HikariDataSource();
			ConnectionSettings settings = settings(this.url + parameters, pool);
			TransactionPooling.configure(pool, settings, true);

			assertThat(settings.properties().getProperty("prepareThreshold")).isEqualTo("0");
		}
	}

}
