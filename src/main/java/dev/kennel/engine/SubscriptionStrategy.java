package dev.kennel.engine;

import java.util.concurrent.CompletableFuture;

import graphql.ExecutionResult;
import graphql.execution.DataFetcherExceptionHandler;
import graphql.execution.ExecutionContext;
import graphql.execution.ExecutionStrategyParameters;
import graphql.execution.SubscriptionExecutionStrategy;

/**
 * An execution strategy for subscriptions: graphql-java's, with the {@link ErrorBehavior}
 * of the request, which is that of each event.
 */
public final class SubscriptionStrategy extends SubscriptionExecutionStrategy {

	/**
	 * Creates a strategy.
	 * @param exceptionHandler the handler of exceptions from data fetchers
	 */
	public SubscriptionStrategy(DataFetcherExceptionHandler exceptionHandler) {
		super(exceptionHandler);
	}

	@Override
	public CompletableFuture<ExecutionResult> execute(ExecutionContext context,
			ExecutionStrategyParameters parameters) {
		return FallbackErrorBehavior.execute(context, parameters, super::execute);
	}

}
