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
		return (wiring) -> wiring.scalar(Rfc3339.DATE_TIME).scalar(Rfc3339.DATE);
	}

}
