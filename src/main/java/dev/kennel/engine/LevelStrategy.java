package dev.kennel.engine;

import java.util.concurrent.CompletableFuture;

import graphql.ExecutionResult;
import graphql.execution.AsyncExecutionStrategy;
import graphql.execution.DataFetcherExceptionHandler;
import graphql.execution.ExecutionContext;
import graphql.execution.ExecutionStrategyParameters;

/**
 * An execution strategy for queries: executes the plan of an operation level by level, or
 * falls back to {@link AsyncExecutionStrategy} for a {@link FallbackReason}.
 */
public final class LevelStrategy extends AsyncExecutionStrategy {

	private final Planner planner;

	/**
	 * Creates a strategy.
	 * @param planner the planner
	 * @param exceptionHandler the handler of exceptions from data fetchers
	 */
	public LevelStrategy(Planner planner, DataFetcherExceptionHandler exceptionHandler) {
		super(exceptionHandler);
		this.planner = planner;
	}

	@Override
	public CompletableFuture<ExecutionResult> execute(ExecutionContext context,
			ExecutionStrategyParameters parameters) {
		OperationPlan plan = this.planner.planOrCount(context);
		return (plan != null) ? new LevelExecution(context, plan, false, this.dataFetcherExceptionHandler).run()
				: super.execute(context, parameters);
	}

}
