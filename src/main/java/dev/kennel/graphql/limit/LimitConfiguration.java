package dev.kennel.graphql.limit;

import dev.kennel.concurrency.OperationDeadline;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Binds the limits. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({ LimitProperties.class, IntrospectionProperties.class })
class LimitConfiguration {

	@Bean
	OperationDeadline operationDeadline(LimitProperties limits) {
		return limits::deadline;
	}

}
