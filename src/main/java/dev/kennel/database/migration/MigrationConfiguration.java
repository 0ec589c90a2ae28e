package dev.kennel.database.migration;

import javax.sql.DataSource;

import dev.kennel.database.ConnectionSettings;
import dev.kennel.database.UnsupportedPoolerException;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.flyway.autoconfigure.FlywayConfigurationCustomizer;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** Configures Flyway. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(MigrationProperties.class)
class MigrationConfiguration {

	/**
	 * Database settings of Flyway's own take precedence. Behind a connection pooler that
	 * does not keep sessions, migrations use the direct connection, if there is one.
	 */
	@Bean
	FlywayConfigurationCustomizer migrationConnections(ConnectionSettings settings, DataSource dataSource) {
		return (flyway) -> {
			if (dataSource.equals(flyway.getDataSource())) {
				flyway.dataSource(new MigrationDataSource(settings));
			}
		};
	}

	/**
	 * Instances that start at the same time wait for each other: Flyway holds a
	 * PostgreSQL lock while it migrates.
	 * @throws UnsupportedPoolerException if the database has to be migrated, and the lock
	 * would not be kept
	 */
	@Bean
	FlywayMigrationStrategy flywayMigrationStrategy(Environment settings) {
		boolean migratedElsewhere = ExternalMigrations.isSet(settings);
		return (flyway) -> {
			if (migratedElsewhere) {
				return;
			}
			if (flyway.getConfiguration().getDataSource() instanceof MigrationDataSource connections
					&& !connections.keepsSessions()) {
				connections.requireMigrated();
				return;
			}
			flyway.migrate();
		};
	}

}
