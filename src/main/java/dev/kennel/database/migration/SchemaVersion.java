package dev.kennel.database.migration;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/** The version of the database's schema, which is that of its newest migration. */
public final class SchemaVersion {

	private SchemaVersion() {
	}

	/**
	 * Returns the version that this service needs.
	 * @return the highest version among its migrations
	 */
	public static String newest() {
		try {
			int newest = 0;
			for (Resource file : new PathMatchingResourcePatternResolver()
				.getResources("classpath:db/migration/V*__*.sql")) {
				String name = String.valueOf(file.getFilename());
				newest = Math.max(newest, Integer.parseInt(name.substring(1, name.indexOf("__"))));
			}
			return String.valueOf(newest);
		}
		catch (IOException ex) {
			throw new IllegalStateException("The migrations can't be listed", ex);
		}
	}

	/**
	 * Returns whether a migration has been executed.
	 * @param connection a connection to the database, which need not have been migrated
	 * @param version the version of the migration
	 * @return whether it has succeeded, by this process or another
	 */
	public static boolean isReached(Connection connection, String version) throws SQLException {
		// The history table does not exist before the first migration.
		try (PreparedStatement exists = connection
			.prepareStatement("SELECT to_regclass('flyway_schema_history') IS NOT NULL");
				ResultSet row = exists.executeQuery()) {
			if (!row.next() || !row.getBoolean(1)) {
				return false;
			}
		}
		try (PreparedStatement statement = connection
			.prepareStatement("SELECT EXISTS (SELECT FROM flyway_schema_history WHERE success AND version = ?)")) {
			statement.setString(1, version);
			try (ResultSet row = statement.executeQuery()) {
				return row.next() && row.getBoolean(1);
			}
		}
	}

}
