package dev.kennel.database;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariCredentialsProvider;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.util.Credentials;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.stereotype.Component;
import org.springframework.util.StringUtils;

/**
 * The settings by which the pool connects to PostgreSQL, for connections outside of the
 * pool.
 */
@Component
public class ConnectionSettings {

	private static final Duration DEFAULT_CONNECTION_TIMEOUT = Duration.ofSeconds(5);

	private final JdbcConnectionDetails server;

	private final DataSource dataSource;

	ConnectionSettings(JdbcConnectionDetails server, DataSource dataSource) {
		this.server = server;
		this.dataSource = dataSource;
	}

	/**
	 * Returns the JDBC URL.
	 * @return the URL
	 */
	public String url() {
		return this.server.getJdbcUrl();
	}

	/**
	 * Returns the credentials and the other properties that the pool sets on the driver.
	 * @return the driver's properties, which the caller may change
	 */
	public Properties properties() {
		Properties properties = new Properties();
		setProperty(properties, "user", this.server.getUsername());
		setProperty(properties, "password", this.server.getPassword());
		HikariDataSource pool = pool();
		if (pool != null) {
			pool.getDataSourceProperties()
				.forEach((name, value) -> properties.setProperty(name.toString(), value.toString()));
			HikariCredentialsProvider provider = pool.getCredentialsProvider();
			Credentials credentials = (provider != null) ? provider.getCredentials() : pool.getCredentials();
			setProperty(properties, "user", credentials.getUsername());
			setProperty(properties, "password", credentials.getPassword());
		}
		return properties;
	}

	/**
	 * Returns the statements that the pool executes on each new connection: its init SQL,
	 * and the selection of its schema.
	 * @return the statements
	 */
	public List<String> initialStatements() {
		HikariDataSource pool = pool();
		List<String> statements = new ArrayList<>();
		if (pool != null && StringUtils.hasText(pool.getConnectionInitSql())) {
			statements.add(pool.getConnectionInitSql());
		}
		if (pool != null && pool.getSchema() != null) {
			statements.add("SET search_path TO '" + pool.getSchema().replace("'", "''") + "'");
		}
		return statements;
	}

	/**
	 * Returns how long a request waits for a connection.
	 * @return the pool's {@code connection-timeout}
	 */
	public Duration connectionTimeout() {
		HikariDataSource pool = pool();
		return (pool != null) ? Duration.ofMillis(pool.getConnectionTimeout()) : DEFAULT_CONNECTION_TIMEOUT;
	}

	private @Nullable HikariDataSource pool() {
		try {
			return this.dataSource.isWrapperFor(HikariDataSource.class) ? this.dataSource.unwrap(HikariDataSource.class)
					: null;
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void setProperty(Properties properties, String name, @Nullable String value) {
		if (value != null) {
			properties.setProperty(name, value);
		}
	}

}
