package dev.kennel.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

import org.springframework.jdbc.datasource.AbstractDataSource;

/**
 * Connections for migrations, without timeouts: PostgreSQL sends nothing while it builds
 * the index of a large table, for minutes.
 */
final class MigrationDataSource extends AbstractDataSource {

	private final ConnectionSettings settings;

	MigrationDataSource(ConnectionSettings settings) {
		this.settings = settings;
	}

	@Override
	public Connection getConnection() throws SQLException {
		return DirectConnection.open(this.settings, "kennel-migrations", Duration.ZERO);
	}

	@Override
	public Connection getConnection(String username, String password) throws SQLException {
		return getConnection();
	}

}
