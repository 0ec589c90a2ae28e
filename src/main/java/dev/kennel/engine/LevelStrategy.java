package dev.kennel.engine;

import java.util.concurrent.CompletableFuture;

import dev.kennel.engine.plan.FallbackReason;
import dev.kennel.engine.plan.OperationPlan;
import dev.kennel.engine.plan.Planner;
import graphql.ExecutionResult;
import graphql.execution.AsyncExecutionStrategy;
import graphql.execution.AsyncSerialExecutionStrategy;
import graphql.execution.DataFetcherExceptionHandler;
import graphql.execution.ExecutionContext;
import graphql.execution.ExecutionStrategy;
import graphql.execution.ExecutionStrategyParameters;

/**
 * An execution strategy: executes the plan of an operation level by level, or leaves the
 * operation to graphql-java's own strategy for a {@link FallbackReason}.
 */
public final class LevelStrategy extends ExecutionStrategy {

	private final Planner planner;

	private final boolean serial;

	private final ExecutionStrategy fallback;

	private LevelStrategy(Planner planner, DataFetcherExceptionHandler exceptionHandler, boolean serial,
			ExecutionStrategy fallback) {
		super(exceptionHandler);
		this.planner = planner;
		this.serial = serial;
		this.fallback = fallback;
	}

	/**
	 * Creates the strategy of queries.
	 * @param planner the planner
	 * @param exceptionHandler the handler of exceptions from data fetchers
	 * @return the strategy
	 */
	public static LevelStrategy ofQueries(Planner planner, DataFetcherExceptionHandler exceptionHandler) {
		return new LevelStrategy(planner, exceptionHandler, false, new AsyncExecutionStrategy(exceptionHandler));
	}

	/**
	 * Creates the strategy of mutations, which executes the root fields one after the
	 * other, each completely.
	 * @param planner the planner
	 * @param exceptionHandler the handler of exceptions from data fetchers
	 * @return the strategy
	 */
	public static LevelStrategy ofMutations(Planner planner, DataFetcherExceptionHandler exceptionHandler) {
		return new LevelStrategy(planner, exceptionHandler, true, new HaltingSerialStrategy(exceptionHandler));
	}

	@Override
	public CompletableFuture<ExecutionResult> execute(ExecutionContext context,
			ExecutionStrategyParameters parameters) {
		OperationPlan plan = this.planner.planOrCount(context);
		return (plan != null) ? new LevelExecution(context, plan, this.serial, this.dataFetcherExceptionHandler).run()
				: FallbackErrorBehavior.execute(context, parameters, this.fallback::execute);
	}

	/** Executes no further root field of a mutation once an error has halted it. */
	private static final class HaltingSerialStrategy extends AsyncSerialExecutionStrategy {

		HaltingSerialStrategy(DataFetcherExceptionHandler exceptionHandler) {
			super(exceptionHandler);
		}

		@Override
		protected Object resolveFieldWithInfo(ExecutionContext context, ExecutionStrategyParameters parameters) {
			if (parameters.getPath().getLevel() == 1) {
				FallbackErrorBehavior.throwIfHalted(context);
			}
			return super.resolveFieldWithInfo(context, parameters);
		}

	}

}
