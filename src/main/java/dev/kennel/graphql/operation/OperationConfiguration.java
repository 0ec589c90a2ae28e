package dev.kennel.graphql.operation;

import dev.kennel.concurrency.FairBulkhead;
import dev.kennel.engine.BreadthFirstEngine;
import dev.kennel.engine.ExecutionCounts;
import dev.kennel.graphql.OperationInterceptor;
import dev.kennel.graphql.limit.LimitProperties;
import graphql.execution.preparsed.PreparsedDocumentProvider;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The one way by which operations of all transports are executed. */
@Configuration(proxyBeanMethods = false)
class OperationConfiguration {

	/** As many operations may wait as the server accepts requests. */
	@Bean
	FairBulkhead operationPermits(LimitProperties limits) {
		int atOnce = limits.concurrency();
		return new FairBulkhead(atOnce, Math.max(1, atOnce / 2), Integer.MAX_VALUE);
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
	OperationHandler operationHandler(PreparsedDocumentProvider documents, BreadthFirstEngine engine,
			ObjectProvider<OperationInterceptor> interceptors, LimitProperties limits,
			@Qualifier("operationPermits") FairBulkhead permits, OperationMeters meters) {
		return new OperationHandler(new OperationExecutor(documents, engine), interceptors.orderedStream().toList(),
				limits.deadline(), permits, meters);
	}

}
