package dev.kennel.database;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/**
 * Starts the embedded PostgreSQL when no {@code spring.datasource.url} says which one to
 * use.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({ DataDirectoryProperties.class, NotificationProperties.class })
class DatabaseConfiguration {

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
