package dev.kennel.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

import org.springframework.jdbc.datasource.AbstractDataSource;

/**
 * Connections for migrations, which may take as long as they need: an index of a large
 * table is built for minutes, during which PostgreSQL answers nothing.
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
