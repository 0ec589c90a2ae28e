package dev.kennel.database;

import javax.sql.DataSource;

import dev.kennel.concurrency.OperationDeadline;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.flyway.autoconfigure.FlywayConfigurationCustomizer;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Starts the embedded PostgreSQL when no {@code spring.datasource.url} says which one to
 * use, and has whatever uses it keep to the deadline of its thread.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({ DataDirectoryProperties.class, NotificationProperties.class,
		DatabaseProperties.class })
class DatabaseConfiguration {

	@Bean
	static DeadlineDataSource.Processor deadlineDataSource(ObjectProvider<OperationDeadline> deadline,
			ObjectProvider<DatabaseProperties> properties, ObjectProvider<StatementObserver> observers) {
		return new DeadlineDataSource.Processor(deadline, properties, observers);
	}

	/** Where Flyway has settings of its own for the database, those are used. */
	@Bean
	FlywayConfigurationCustomizer migrationConnections(ConnectionSettings settings, DataSource dataSource) {
		return (flyway) -> {
			if (dataSource.equals(flyway.getDataSource())) {
				flyway.dataSource(new MigrationDataSource(settings));
			}
		};
	}

	/**
	 * Several instances that start at once wait for each other: Flyway holds a lock of
	 * PostgreSQL's while it migrates.
	 */
	@Bean
	FlywayMigrationStrategy flywayMigrationStrategy(Environment settings) {
		boolean elsewhere = MigratedElsewhere.is(settings);
		return (flyway) -> {
			if (!elsewhere) {
				flyway.migrate();
			}
		};
	}

	/** Is there whatever the settings are, and null where it is not needed. */
	@Bean(destroyMethod = "close")
	@Nullable EmbeddedPostgresServer embeddedPostgresServer(DataSourceProperties configured, DataDirectoryProperties properties) {
		return StringUtils.hasText(configured.getUrl()) ? null : EmbeddedPostgresServer.start(properties.dataDir());
	}

	/** Where the settings say that the database is, those of the pool come first. */
	@Bean
	JdbcConnectionDetails jdbcConnectionDetails(ObjectProvider<EmbeddedPostgresServer> embedded,
			DataSourceProperties configured, Environment settings) {
		EmbeddedPostgresServer server = embedded.getIfAvailable();
		if (server != null) {
			return new Database(server.jdbcUrl(), server.username(), server.password(), Driver.class.getName());
		}
		String username = settings.getProperty("spring.datasource.hikari.username");
		String password = settings.getProperty("spring.datasource.hikari.password");
		return new Database(settings.getProperty("spring.datasource.hikari.jdbc-url", configured.determineUrl()),
				(username != null) ? username : configured.determineUsername(),
				(password != null) ? password : configured.determinePassword(), configured.determineDriverClassName());
	}

	private record Database(String getJdbcUrl, @Nullable String getUsername, @Nullable String getPassword,
			String getDriverClassName) implements JdbcConnectionDetails {

		/** Without the password, nor the URL, in which there may be one. */
		@Override
		public String toString() {
			return "Database[username=" + this.getUsername + "]";
		}

	}

}
