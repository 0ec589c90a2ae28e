package dev.kennel.graphql.scalar;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.graphql.execution.RuntimeWiringConfigurer;

/** The schema's scalars. */
@Configuration(proxyBeanMethods = false)
class ScalarConfiguration {

	@Bean
	RuntimeWiringConfigurer scalars() {
		// Strict wiring rejects a replacement of graphql-java's own scalars.
		return (wiring) -> wiring.scalar(Rfc3339.DATE_TIME)
			.scalar(Rfc3339.DATE)
			.strictMode(false)
			.scalar(StrictIntegerCoercing.ID)
			.scalar(StrictIntegerCoercing.INT)
			.strictMode(true);
	}

}
