package dev.kennel.graphql.execution;

import java.util.List;
import java.util.concurrent.Executor;

import dev.kennel.database.Turns;
import dev.kennel.graphql.OperationInterceptor;
import dev.kennel.graphql.limit.LimitProperties;
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
import org.springframework.graphql.execution.DataFetcherExceptionResolver;
import org.springframework.graphql.execution.DataLoaderRegistrar;
import org.springframework.graphql.execution.GraphQlSource;

/** Puts the strategies behind graphql-java's extension points. */
@Configuration(proxyBeanMethods = false)
class ExecutionConfiguration {

	@Bean
	ExecutionCounts executionCounts() {
		return new ExecutionCounts();
	}

	/** Like Spring Boot's, but for how methods are called. */
	@Bean
	Controllers controllers(
			@Qualifier(TaskExecutionAutoConfiguration.APPLICATION_TASK_EXECUTOR_BEAN_NAME) ObjectProvider<Executor> executor,
			ObjectProvider<HandlerMethodArgumentResolver> resolvers) {
		Controllers controllers = new Controllers();
		controllers
			.configureBinder((options) -> options.conversionService(ApplicationConversionService.getSharedInstance()));
		executor.ifAvailable(controllers::setExecutor);
		resolvers.orderedStream().forEach(controllers::addCustomArgumentResolver);
		return controllers;
	}

	/** Before whatever else looks at fetchers. */
	@Bean
	@Order(Ordered.HIGHEST_PRECEDENCE)
	GraphQlSourceBuilderCustomizer controllerFetchers(Controllers controllers) {
		return (source) -> source.typeVisitors(List.of(controllers.visitor()));
	}

	@Bean
	Planner planner(ExecutionCounts counts) {
		return new Planner(counts);
	}

	/** A strategy that is set brings its own handler: this is Spring's. */
	@Bean
	DataFetcherExceptionHandler fieldExceptionHandler(ObjectProvider<DataFetcherExceptionResolver> resolvers) {
		return DataFetcherExceptionResolver.createExceptionHandler(resolvers.orderedStream().toList());
	}

	@Bean
	GraphQlSourceBuilderCustomizer executionStrategies(Planner planner, DataFetcherExceptionHandler handler) {
		return (source) -> source
			.configureGraphQl((engine) -> engine.queryExecutionStrategy(new LevelStrategy(planner, handler))
				.mutationExecutionStrategy(new SerialLevelStrategy(planner, handler)));
	}

	/** As many may wait as the server has threads for. */
	@Bean
	Turns operationPermits(LimitProperties limits) {
		int atOnce = limits.concurrency();
		return new Turns(atOnce, Math.max(1, atOnce / 2), Integer.MAX_VALUE);
	}

	@Bean
	ExecutionMeters executionMeters(ExecutionCounts counts, @Qualifier("operationPermits") Turns permits) {
		return new ExecutionMeters(counts, permits);
	}

	@Bean
	OperationMeters operationMeters() {
		return new OperationMeters();
	}

	@Bean
	OperationHandler operationHandler(GraphQlSource source, ObjectProvider<DataLoaderRegistrar> loaders,
			Planner planner, DataFetcherExceptionHandler handler, ObjectProvider<OperationInterceptor> interceptors,
			LimitProperties limits, @Qualifier("operationPermits") Turns permits, OperationMeters meters,
			ExecutionCounts counts) {
		OperationEngine engine = new OperationEngine(source.graphQl(), loaders.orderedStream().toList(), planner,
				handler);
		return new OperationHandler(engine, interceptors.orderedStream().toList(), limits.deadline(), permits, meters,
				counts);
	}

}
