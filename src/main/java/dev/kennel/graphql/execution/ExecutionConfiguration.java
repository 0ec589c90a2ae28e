package dev.kennel.graphql.execution;

import graphql.execution.DataFetcherExceptionHandler;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.graphql.autoconfigure.GraphQlSourceBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.graphql.execution.DataFetcherExceptionResolver;

/** Puts the strategies behind graphql-java's extension points. */
@Configuration(proxyBeanMethods = false)
class ExecutionConfiguration {

	@Bean
	ExecutionCounts executionCounts() {
		return new ExecutionCounts();
	}

	@Bean
	GraphQlSourceBuilderCustomizer executionStrategies(ExecutionCounts counts,
			ObjectProvider<DataFetcherExceptionResolver> resolvers) {
		return (source) -> {
			// A strategy that is set brings its own handler: this is Spring's.
			DataFetcherExceptionHandler handler = DataFetcherExceptionResolver
				.createExceptionHandler(resolvers.orderedStream().toList());
			Planner planner = new Planner(counts);
			source.configureGraphQl((engine) -> engine.queryExecutionStrategy(new LevelStrategy(planner, handler))
				.mutationExecutionStrategy(new SerialLevelStrategy(planner, handler)));
		};
	}

}
