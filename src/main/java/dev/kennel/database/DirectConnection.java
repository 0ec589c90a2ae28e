package dev.kennel.database;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariCredentialsProvider;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.util.Credentials;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;

/** Connections outside of the pool, for what lasts longer than an operation. */
final class DirectConnection {

	private DirectConnection() {
	}

	/**
	 * Connects as the pool does: with its credentials, its TLS, and whatever else it sets
	 * of the driver, but without the timeouts of its sockets and statements.
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
		if (dataSource.isWrapperFor(HikariDataSource.class)) {
			HikariDataSource pool = dataSource.unwrap(HikariDataSource.class);
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
		return DriverManager.getConnection(server.getJdbcUrl(), properties);
	}

	private static void setProperty(Properties properties, String name, @Nullable String value) {
		if (value != null) {
			properties.setProperty(name, value);
		}
	}

}
