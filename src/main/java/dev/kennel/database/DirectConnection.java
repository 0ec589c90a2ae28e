package dev.kennel.database;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;

/** Connections outside of the pool, for what lasts longer than an operation. */
final class DirectConnection {

	private DirectConnection() {
	}

	/**
	 * Connects as the pool does, but without any timeouts of statements.
	 * @param settings how the pool connects
	 * @param name the connection's name in {@code pg_stat_activity}
	 * @param silence how long the server may say nothing, once it is connected; 0 for as
	 * long as it takes
	 * @return the connection
	 */
	static Connection open(ConnectionSettings settings, String name, Duration silence) throws SQLException {
		Properties properties = settings.properties();
		// It closes a connection on which nothing is answered in time.
		properties.remove("socketFactory", WatchdogSocketFactory.class.getName());
		properties.setProperty("ApplicationName", name);
		properties.setProperty("socketTimeout", String.valueOf(WatchdogSocketFactory.HANDSHAKE.toSeconds()));
		Connection connection = DriverManager.getConnection(settings.url(), properties);
		try (Statement statement = connection.createStatement()) {
			for (String sql : settings.initialStatements()) {
				statement.execute(sql);
			}
			// Also those that a role, a database or the URL sets.
			statement.execute("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0");
			connection.setNetworkTimeout(Runnable::run, Math.toIntExact(silence.toMillis()));
			return connection;
		}
		catch (SQLException ex) {
			connection.close();
			throw ex;
		}
	}

}
