package dev.kennel.graphql;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.graphql.execution.BatchLoaderRegistry;
import org.springframework.graphql.execution.RuntimeWiringConfigurer;

/** What the engine knows beside the features' controllers. */
@Configuration(proxyBeanMethods = false)
class EngineConfiguration {

	@Bean
	BatchLoaderRegistry batchLoaderRegistry() {
		return new Batches.Registry();
	}

	@Bean
	RuntimeWiringConfigurer scalars() {
		// Two take the place of graphql-java's, which it would take for a mistake.
		return (wiring) -> wiring.scalar(Rfc3339.DATE_TIME)
			.scalar(Rfc3339.DATE)
			.strictMode(false)
			.scalar(IntegerInput.ID)
			.scalar(IntegerInput.INT)
			.strictMode(true);
	}

}
