package dev.kennel.database;

import dev.kennel.concurrency.OperationDeadline;
import dev.kennel.database.embedded.DataDirectoryProperties;
import dev.kennel.database.embedded.EmbeddedPostgresServer;
import dev.kennel.database.sql.StatementObserver;
import dev.kennel.database.sql.StatementTracer;
import io.opentelemetry.api.trace.Tracer;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Configures the database: starts the embedded PostgreSQL if there is no {@code
 * spring.datasource.url}, and applies the deadlines of operations to the pool.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({ DataDirectoryProperties.class, DatabaseProperties.class,
		DirectConnectionProperties.class })
public class DatabaseConfiguration {

	@Bean
	static DeadlineDataSource.Processor deadlineDataSource(ObjectProvider<OperationDeadline> deadline,
			ObjectProvider<DatabaseProperties> properties, ObjectProvider<StatementObserver> observers,
			ObjectProvider<JdbcConnectionDetails> server, ObjectProvider<EmbeddedPostgresServer> embedded,
			ObjectProvider<DirectConnectionProperties> directConnection, ObjectProvider<ConnectionEviction> eviction) {
		return new DeadlineDataSource.Processor(deadline, properties, observers, server, embedded, directConnection,
				eviction);
	}

	/** The bean is defined whatever the settings are, and null if nothing is traced. */
	@Bean
	@Nullable StatementTracer statementTracer(ObjectProvider<Tracer> tracer) {
		Tracer available = tracer.getIfAvailable();
		return (available != null) ? new StatementTracer(available) : null;
	}

	/**
	 * The bean is defined whatever the settings are, and null if a database is
	 * configured.
	 */
	@Bean(destroyMethod = "close")
	@Nullable EmbeddedPostgresServer embeddedPostgresServer(DataSourceProperties configured, DataDirectoryProperties properties) {
		return StringUtils.hasText(configured.getUrl()) ? null : EmbeddedPostgresServer.start(properties.dataDir());
	}

	/** Settings of the pool take precedence over those of {@code spring.datasource}. */
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

		/** Leaves out the password, and the URL, which may contain one. */
		@Override
		public String toString() {
			return "Database[username=" + this.getUsername + "]";
		}

	}

}
