package dev.kennel.database;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Properties;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariCredentialsProvider;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.util.Credentials;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.util.StringUtils;

/** Connections outside of the pool, for what lasts longer than an operation. */
final class DirectConnection {

	private DirectConnection() {
	}

	/**
	 * Connects as the pool does: with its credentials, its TLS and its other properties
	 * of the driver, its SQL for new connections, and its schema and catalog, but without
	 * the timeouts of its sockets, and without any of statements.
	 * @param server where the store is
	 * @param dataSource the pool
	 * @param settings properties of the driver, instead of the pool's
	 * @return the connection
	 */
	static Connection open(JdbcConnectionDetails server, DataSource dataSource, Map<String, String> settings)
			throws SQLException {
		Properties properties = new Properties();
		setProperty(properties, "user", server.getUsername());
		setProperty(properties, "password", server.getPassword());
		HikariDataSource pool = dataSource.isWrapperFor(HikariDataSource.class)
				? dataSource.unwrap(HikariDataSource.class) : null;
		if (pool != null) {
			pool.getDataSourceProperties()
				.forEach((name, value) -> properties.setProperty(name.toString(), value.toString()));
			HikariCredentialsProvider provider = pool.getCredentialsProvider();
			Credentials credentials = (provider != null) ? provider.getCredentials() : pool.getCredentials();
			setProperty(properties, "user", credentials.getUsername());
			setProperty(properties, "password", credentials.getPassword());
		}
		// It closes a connection on which nothing is answered in time.
		properties.remove("socketFactory", WatchedSocketFactory.class.getName());
		properties.putAll(settings);
		Connection connection = DriverManager.getConnection(server.getJdbcUrl(), properties);
		try {
			prepare(connection, pool);
			return connection;
		}
		catch (SQLException ex) {
			connection.close();
			throw ex;
		}
	}

	private static void prepare(Connection connection, @Nullable HikariDataSource pool) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			if (pool != null) {
				if (StringUtils.hasText(pool.getConnectionInitSql())) {
					statement.execute(pool.getConnectionInitSql());
				}
				if (pool.getSchema() != null) {
					connection.setSchema(pool.getSchema());
				}
				if (pool.getCatalog() != null) {
					connection.setCatalog(pool.getCatalog());
				}
			}
			// Also those that a role, a database or the URL sets.
			statement.execute("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0");
		}
	}

	private static void setProperty(Properties properties, String name, @Nullable String value) {
		if (value != null) {
			properties.setProperty(name, value);
		}
	}

}
