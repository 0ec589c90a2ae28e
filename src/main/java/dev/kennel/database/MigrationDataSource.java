package dev.kennel.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;

import javax.sql.DataSource;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.jdbc.datasource.AbstractDataSource;

/**
 * Connections for migrations, which may take as long as they need: an index of a large
 * table is built for minutes, during which PostgreSQL answers nothing.
 */
final class MigrationDataSource extends AbstractDataSource {

	private final JdbcConnectionDetails server;

	private final DataSource pool;

	MigrationDataSource(JdbcConnectionDetails server, DataSource pool) {
		this.server = server;
		this.pool = pool;
	}

	@Override
	public Connection getConnection() throws SQLException {
		return DirectConnection.open(this.server, this.pool,
				Map.of("ApplicationName", "kennel-migrations", "socketTimeout", "0"));
	}

	@Override
	public Connection getConnection(String username, String password) throws SQLException {
		return getConnection();
	}

}
