package dev.kennel.engine;

import java.util.concurrent.CompletableFuture;

import graphql.ExecutionResult;
import graphql.execution.AsyncExecutionStrategy;
import graphql.execution.DataFetcherExceptionHandler;
import graphql.execution.ExecutionContext;
import graphql.execution.ExecutionStrategyParameters;

/**
 * Runs queries by plans, level by level. What it does not handle, graphql-java's own
 * strategy runs: see {@link FallbackReason}.
 */
public final class LevelStrategy extends AsyncExecutionStrategy {

	private final Planner planner;

	/**
	 * Creates a strategy.
	 * @param planner plans the operations
	 * @param exceptionHandler makes errors of what fetchers throw
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
