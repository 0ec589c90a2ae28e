package dev.kennel.engine;

import java.util.concurrent.CompletableFuture;

import graphql.ExecutionResult;
import graphql.execution.AsyncSerialExecutionStrategy;
import graphql.execution.DataFetcherExceptionHandler;
import graphql.execution.ExecutionContext;
import graphql.execution.ExecutionStrategyParameters;

/**
 * Runs mutations by plans: one field of the root after the other, each with all that is
 * below it, level by level. What it does not handle, graphql-java's own strategy runs:
 * see {@link FallbackReason}.
 */
public final class SerialLevelStrategy extends AsyncSerialExecutionStrategy {

	private final Planner planner;

	/**
	 * Creates a strategy.
	 * @param planner plans the operations
	 * @param exceptionHandler makes errors of what fetchers throw
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
