package dev.kennel.database;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;

/** Connections outside of the pool, for work that takes longer than an operation. */
public final class DirectConnection {

	private DirectConnection() {
	}

	/**
	 * Connects as the pool does, but without timeouts of statements. Behind a connection
	 * pooler that does not keep sessions, the timeouts of the role stay: a setting would
	 * be another client's.
	 * @param settings the connection settings of the pool
	 * @param name the connection's name in {@code pg_stat_activity}
	 * @param readTimeout the read timeout of the connection; 0 for none
	 * @return the connection
	 */
	public static Connection open(ConnectionSettings settings, String name, Duration readTimeout) throws SQLException {
		Properties properties = settings.properties();
		// That factory closes a connection at the read timeout.
		properties.remove("socketFactory", WatchdogSocketFactory.class.getName());
		properties.setProperty("ApplicationName", name);
		properties.setProperty("socketTimeout", String.valueOf(WatchdogSocketFactory.HANDSHAKE_TIMEOUT.toSeconds()));
		Connection connection = DriverManager.getConnection(settings.url(), properties);
		try (Statement statement = connection.createStatement()) {
			for (String sql : settings.initialStatements()) {
				statement.execute(sql);
			}
			if (settings.keepsSessions()) {
				// Overrides the timeouts of the role, the database and the URL.
				statement.execute("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0");
			}
			connection.setNetworkTimeout(Runnable::run, Math.toIntExact(readTimeout.toMillis()));
			return connection;
		}
		catch (SQLException ex) {
			connection.close();
			throw ex;
		}
	}

}
