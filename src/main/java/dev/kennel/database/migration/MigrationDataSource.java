package dev.kennel.database.migration;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

import dev.kennel.database.ConnectionSettings;
import dev.kennel.database.DirectConnection;
import dev.kennel.database.PoolerCheck;
import dev.kennel.database.UnsupportedPoolerException;

import org.springframework.jdbc.datasource.AbstractDataSource;

/**
 * Connections for migrations, without timeouts: PostgreSQL sends nothing while it builds
 * the index of a large table, for minutes.
 */
final class MigrationDataSource extends AbstractDataSource {

	private final ConnectionSettings pool;

	/** The pool's, or those of the direct connection. */
	private final ConnectionSettings settings;

	MigrationDataSource(ConnectionSettings pool) {
		this.pool = pool;
		this.settings = pool.keepsSessions() ? pool : pool.direct();
	}

	/**
	 * Returns whether the connections keep their sessions, and with them Flyway's lock.
	 * @throws IllegalStateException if the database can't be connected to
	 * @throws UnsupportedPoolerException if the direct connection has other tables than
	 * the pool's
	 */
	boolean keepsSessions() {
		if (!this.settings.isDirect()) {
			return this.settings.keepsSessions();
		}
		try {
			PoolerCheck direct = PoolerCheck.of(this.settings);
			String schema = PoolerCheck.of(this.pool).schema();
			if (!direct.schema().equals(schema)) {
				throw new UnsupportedPoolerException("kennel.notifications.url leads to the schema " + direct.schema()
						+ ", and spring.datasource.url to " + schema + ": tables would be created in another schema",
						"Have both lead to the same database and schema.");
			}
			return direct.keepsSessions();
		}
		catch (SQLException ex) {
			throw new IllegalStateException("The database can't be migrated", ex);
		}
	}

	/**
	 * Throws if the newest migration has not been executed.
	 * @throws UnsupportedPoolerException with what to set
	 */
	void requireMigrated() {
		try (Connection connection = getConnection()) {
			if (SchemaVersion.isReached(connection, SchemaVersion.newest())) {
				return;
			}
		}
		catch (SQLException ex) {
			throw new IllegalStateException("The database can't be migrated", ex);
		}
		throw new UnsupportedPoolerException(
				"The database has to be migrated, which needs a session for its lock, and the connection pooler keeps no sessions",
				"Set kennel.notifications.url to PostgreSQL itself, or migrate before the start, with --kennel.migrate-only "
						+ "and a spring.datasource.url of PostgreSQL itself.");
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
