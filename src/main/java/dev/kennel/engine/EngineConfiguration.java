package dev.kennel.engine;

import java.util.List;
import java.util.concurrent.Executor;

import dev.kennel.engine.loader.PendingBatches;
import dev.kennel.engine.plan.ExecutionCounts;
import dev.kennel.engine.plan.Planner;
import graphql.execution.DataFetcherExceptionHandler;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.graphql.autoconfigure.GraphQlSourceBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.graphql.data.method.HandlerMethodArgumentResolver;
import org.springframework.graphql.execution.BatchLoaderRegistry;
import org.springframework.graphql.execution.DataFetcherExceptionResolver;
import org.springframework.graphql.execution.DataLoaderRegistrar;
import org.springframework.graphql.execution.GraphQlSource;

/** Registers the engine with Spring for GraphQL and graphql-java. */
@Configuration(proxyBeanMethods = false)
public class EngineConfiguration {

	@Bean
	ExecutionCounts executionCounts() {
		return new ExecutionCounts();
	}

	@Bean
	BatchLoaderRegistry batchLoaderRegistry() {
		return new PendingBatches.Registry();
	}

	/** Configured as by Spring Boot's auto-configuration, which this bean replaces. */
	@Bean
	LevelControllerConfigurer controllers(
			@Qualifier(TaskExecutionAutoConfiguration.APPLICATION_TASK_EXECUTOR_BEAN_NAME) ObjectProvider<Executor> executor,
			ObjectProvider<HandlerMethodArgumentResolver> resolvers) {
		LevelControllerConfigurer controllers = new LevelControllerConfigurer();
		controllers
			.configureBinder((options) -> options.conversionService(ApplicationConversionService.getSharedInstance()));
		executor.ifAvailable(controllers::setExecutor);
		resolvers.orderedStream().forEach(controllers::addCustomArgumentResolver);
		return controllers;
	}

	/** Precedes all other visitors of data fetchers. */
	@Bean
	@Order(Ordered.HIGHEST_PRECEDENCE)
	GraphQlSourceBuilderCustomizer controllerFetchers(LevelControllerConfigurer controllers) {
		return (source) -> source.typeVisitors(List.of(controllers.visitor()));
	}

	@Bean
	Planner planner(ExecutionCounts counts) {
		return new Planner(counts);
	}

	/** A custom strategy needs the handler that Spring would have configured. */
	@Bean
	DataFetcherExceptionHandler fieldExceptionHandler(ObjectProvider<DataFetcherExceptionResolver> resolvers) {
		return DataFetcherExceptionResolver.createExceptionHandler(resolvers.orderedStream().toList());
	}

	@Bean
	GraphQlSourceBuilderCustomizer executionStrategies(Planner planner, DataFetcherExceptionHandler handler) {
		return (source) -> source
			.configureGraphQl((engine) -> engine.queryExecutionStrategy(LevelStrategy.ofQueries(planner, handler))
				.mutationExecutionStrategy(LevelStrategy.ofMutations(planner, handler))
				.subscriptionExecutionStrategy(new SubscriptionStrategy(handler)));
	}

	@Bean
	BreadthFirstEngine breadthFirstEngine(GraphQlSource source, Planner planner, DataFetcherExceptionHandler handler,
			ObjectProvider<DataLoaderRegistrar> loaders) {
		return new BreadthFirstEngine(source.graphQl(), planner, handler, loaders.orderedStream().toList());
	}

}
