package dev.kennel.graphql.operation;

import dev.kennel.concurrency.FairBulkhead;
import dev.kennel.engine.BreadthFirstEngine;
import dev.kennel.engine.plan.ExecutionCounts;
import dev.kennel.graphql.limit.LimitProperties;
import graphql.execution.preparsed.PreparsedDocumentProvider;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.propagation.ContextPropagators;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Configures the execution of the operations of all transports. */
@Configuration(proxyBeanMethods = false)
class OperationConfiguration {

	/** The queue has no limit of its own: the server limits the accepted requests. */
	@Bean
	FairBulkhead operationPermits(LimitProperties limits) {
		int max = limits.concurrency();
		return new FairBulkhead(max, Math.max(1, max / 2), Integer.MAX_VALUE);
	}

	@Bean
	ExecutionMeters executionMeters(ExecutionCounts counts, @Qualifier("operationPermits") FairBulkhead permits) {
		return new ExecutionMeters(counts, permits);
	}

	@Bean
	OperationMeters operationMeters() {
		return new OperationMeters();
	}

	@Bean
	OperationTracer operationTracer(ObjectProvider<Tracer> tracer, ObjectProvider<ContextPropagators> propagators) {
		Tracer available = tracer.getIfAvailable();
		return (available != null) ? new OperationTracer(available, propagators.getObject().getTextMapPropagator())
				: OperationTracer.NONE;
	}

	@Bean
	OperationHandler operationHandler(PreparsedDocumentProvider documents, BreadthFirstEngine engine,
			ObjectProvider<OperationInterceptor> interceptors, LimitProperties limits,
			@Qualifier("operationPermits") FairBulkhead permits, OperationMeters meters, OperationTracer tracer) {
		return new OperationHandler(new OperationExecutor(documents, engine), interceptors.orderedStream().toList(),
				limits.deadline(), permits, meters, tracer);
	}

}
