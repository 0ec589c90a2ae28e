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
import org.postgresql.Driver;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.stereotype.Component;
import org.springframework.util.StringUtils;

/**
 * The settings by which the pool connects to PostgreSQL, for connections outside of the
 * pool; and those by which PostgreSQL is connected to directly, past a connection pooler.
 */
@Component
public class ConnectionSettings {

	private static final Duration DEFAULT_CONNECTION_TIMEOUT = Duration.ofSeconds(5);

	private final JdbcConnectionDetails server;

	private final DataSource dataSource;

	private final DirectConnectionProperties directConnection;

	/** Whether {@code kennel.notifications.url} is used instead of the pool's URL. */
	private final boolean direct;

	/** Reads the settings of the connections. */
	@Autowired
	public ConnectionSettings(JdbcConnectionDetails server, DataSource dataSource,
			DirectConnectionProperties directConnection) {
		this(server, dataSource, directConnection, false);
	}

	private ConnectionSettings(JdbcConnectionDetails server, DataSource dataSource,
			DirectConnectionProperties directConnection, boolean direct) {
		this.server = server;
		this.dataSource = dataSource;
		this.directConnection = directConnection;
		this.direct = direct;
	}

	/** Returns whether {@code kennel.notifications.url} is used. */
	public boolean isDirect() {
		return this.direct;
	}

	/** Returns whether {@code kennel.notifications.url} is set. */
	boolean hasDirectUrl() {
		return this.directConnection.url() != null;
	}

	/**
	 * Returns the settings of connections to PostgreSQL itself, for what needs a session:
	 * those of {@code kennel.notifications}, with the pool's as defaults.
	 */
	public ConnectionSettings direct() {
		return hasDirectUrl() ? new ConnectionSettings(this.server, this.dataSource, this.directConnection, true)
				: this;
	}

	/**
	 * Returns whether all statements of a connection are executed in one session.
	 * @return false behind a connection pooler in transaction mode
	 */
	public boolean keepsSessions() {
		try {
			return this.direct || !this.dataSource.isWrapperFor(DeadlineDataSource.class)
					|| this.dataSource.unwrap(DeadlineDataSource.class).keepsSessions();
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Returns the JDBC URL.
	 * @return the URL
	 */
	public String url() {
		String directUrl = this.directConnection.url();
		return (this.direct && directUrl != null) ? directUrl : this.server.getJdbcUrl();
	}

	/** Returns all settings of the driver: those of the URL override the properties. */
	Properties driverSettings() {
		Properties settings = properties();
		Properties parsed = Driver.parseURL(url(), new Properties());
		if (parsed != null) {
			parsed.stringPropertyNames().forEach((name) -> settings.setProperty(name, parsed.getProperty(name)));
		}
		return settings;
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
		if (this.direct) {
			setProperty(properties, "user", this.directConnection.username());
			setProperty(properties, "password", this.directConnection.password());
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
