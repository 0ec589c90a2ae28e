package dev.kennel.database;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.transaction.autoconfigure.TransactionManagerCustomizers;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionManager;
import org.springframework.util.StringUtils;

/**
 * Starts the embedded PostgreSQL when no {@code spring.datasource.url} says which one to
 * use, and has whatever uses it keep to the deadline of its thread.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({ DataDirectoryProperties.class, NotificationProperties.class })
class DatabaseConfiguration {

	/** Like Spring Boot's, but for the deadline. */
	@Bean
	JdbcTemplate jdbcTemplate(DataSource dataSource) {
		return new DeadlineJdbcTemplate(dataSource);
	}

	/** Like Spring Boot's, but for the deadline. */
	@Bean
	PlatformTransactionManager transactionManager(ObjectProvider<TransactionManagerCustomizers> customizers) {
		DeadlineTransactions manager = new DeadlineTransactions();
		customizers.ifAvailable((all) -> all.customize((TransactionManager) manager));
		return manager;
	}

	@Bean
	static DeadlineDataSource.Processor deadlineDataSource() {
		return new DeadlineDataSource.Processor();
	}

	/** Is there whatever the settings are, and null where it is not needed. */
	@Bean(destroyMethod = "close")
	@Nullable EmbeddedPostgresServer embeddedPostgresServer(DataSourceProperties configured, DataDirectoryProperties properties) {
		return StringUtils.hasText(configured.getUrl()) ? null : EmbeddedPostgresServer.start(properties.dataDir());
	}

	@Bean
	JdbcConnectionDetails jdbcConnectionDetails(ObjectProvider<EmbeddedPostgresServer> embedded,
			DataSourceProperties configured, Environment settings) {
		EmbeddedPostgresServer server = embedded.getIfAvailable();
		return (server != null) ? new Embedded(server) : new Configured(configured, settings);
	}

	/** It has its port when it is asked for. */
	private record Embedded(EmbeddedPostgresServer server) implements JdbcConnectionDetails {

		@Override
		public String getJdbcUrl() {
			return this.server.jdbcUrl();
		}

		@Override
		public String getUsername() {
			return this.server.username();
		}

		@Override
		public String getPassword() {
			return this.server.password();
		}

	}

	/** Where the settings say that the database is; those of the pool come first. */
	private record Configured(DataSourceProperties properties, Environment settings) implements JdbcConnectionDetails {

		@Override
		public String getJdbcUrl() {
			String ofPool = this.settings.getProperty("spring.datasource.hikari.jdbc-url");
			return (ofPool != null) ? ofPool : this.properties.determineUrl();
		}

		@Override
		public @Nullable String getUsername() {
			String ofPool = this.settings.getProperty("spring.datasource.hikari.username");
			return (ofPool != null) ? ofPool : this.properties.determineUsername();
		}

		@Override
		public @Nullable String getPassword() {
			String ofPool = this.settings.getProperty("spring.datasource.hikari.password");
			return (ofPool != null) ? ofPool : this.properties.determinePassword();
		}

		@Override
		public String getDriverClassName() {
			return this.properties.determineDriverClassName();
		}

	}

}
