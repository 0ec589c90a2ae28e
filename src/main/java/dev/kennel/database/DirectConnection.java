package dev.kennel.database;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Properties;

/** Connections outside of the pool, for what lasts longer than an operation. */
final class DirectConnection {

	private DirectConnection() {
	}

	/**
	 * Connects as the pool does, but without the timeouts of its sockets, and without any
	 * of statements.
	 * @param settings how the pool connects
	 * @param overrides properties of the driver, instead of the pool's
	 * @return the connection
	 */
	static Connection open(ConnectionSettings settings, Map<String, String> overrides) throws SQLException {
		Properties properties = settings.properties();
		// It closes a connection on which nothing is answered in time.
		properties.remove("socketFactory", WatchedSocketFactory.class.getName());
		properties.putAll(overrides);
		Connection connection = DriverManager.getConnection(settings.url(), properties);
		try (Statement statement = connection.createStatement()) {
			for (String sql : settings.initialStatements()) {
				statement.execute(sql);
			}
			// Also those that a role, a database or the URL sets.
			statement.execute("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0");
			return connection;
		}
		catch (SQLException ex) {
			connection.close();
			throw ex;
		}
	}

}
