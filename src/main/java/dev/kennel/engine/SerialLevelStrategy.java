package dev.kennel.engine;

import java.util.concurrent.CompletableFuture;

import graphql.ExecutionResult;
import graphql.execution.AsyncSerialExecutionStrategy;
import graphql.execution.DataFetcherExceptionHandler;
import graphql.execution.ExecutionContext;
import graphql.execution.ExecutionStrategyParameters;

/**
 * An execution strategy for mutations: executes the root fields one after the other, each
 * completely and level by level, or falls back to {@link AsyncSerialExecutionStrategy}
 * for a {@link FallbackReason}.
 */
public final class SerialLevelStrategy extends AsyncSerialExecutionStrategy {

	private final Planner planner;

	/**
	 * Creates a strategy.
	 * @param planner the planner
	 * @param exceptionHandler the handler of exceptions from data fetchers
	 */
	public SerialLevelStrategy(Planner planner, DataFetcherExceptionHandler exceptionHandler) {
		super(exceptionHandler);
		this.planner = planner;
	}

	@Override
	public CompletableFuture<ExecutionResult> execute(ExecutionContext context,
			ExecutionStrategyParameters parameters) {
		OperationPlan plan = this.planner.planOrCount(context);
		return (plan != null) ? new LevelExecution(context, plan, true, this.dataFetcherExceptionHandler).run()
				: super.execute(context, parameters);
	}

}
