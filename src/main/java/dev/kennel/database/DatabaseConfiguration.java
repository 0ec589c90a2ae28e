package dev.kennel.database;

import javax.sql.DataSource;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.transaction.autoconfigure.TransactionManagerCustomizers;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.type.AnnotatedTypeMetadata;
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

	@Configuration(proxyBeanMethods = false)
	@Conditional(NoDataSourceUrl.class)
	static class Embedded {

		@Bean(destroyMethod = "close")
		EmbeddedPostgresServer embeddedPostgresServer(DataDirectoryProperties properties) {
			return EmbeddedPostgresServer.start(properties.dataDir());
		}

	}

	static class NoDataSourceUrl implements Condition {

		@Override
		public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
			return !StringUtils.hasText(context.getEnvironment().getProperty("spring.datasource.url"));
		}

	}

}
