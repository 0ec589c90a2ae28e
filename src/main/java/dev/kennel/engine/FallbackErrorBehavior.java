package dev.kennel.engine;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiFunction;

import graphql.ExecutionResult;
import graphql.ExecutionResultImpl;
import graphql.execution.ExecutionContext;
import graphql.execution.ExecutionStrategyParameters;
import graphql.execution.NonNullableFieldValidator;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/** Makes graphql-java's own strategies follow the {@link ErrorBehavior} of a request. */
final class FallbackErrorBehavior {

	private FallbackErrorBehavior() {
	}

	/**
	 * Executes an operation.
	 * @param strategy graphql-java's strategy
	 */
	static CompletableFuture<ExecutionResult> execute(ExecutionContext context, ExecutionStrategyParameters parameters,
			BiFunction<ExecutionContext, ExecutionStrategyParameters, CompletableFuture<ExecutionResult>> strategy) {
		ErrorBehavior behavior = ErrorBehavior.of(context);
		boolean propagates = behavior != ErrorBehavior.NULL;
		ExecutionContext adapted = (propagates == context.propagateErrorsOnNonNullContractFailure()) ? context : context
			.transform((builder) -> builder.propagapropagateErrorsOnNonNullContractFailureeErrors(propagates));
		ExecutionStrategyParameters adaptedParameters = adapted.equals(context) ? parameters : parameters
			.transform((builder) -> builder.nonNullFieldValidator(new NonNullableFieldValidator(adapted)));
		if (behavior != ErrorBehavior.HALT) {
			return strategy.apply(adapted, adaptedParameters);
		}
		return strategy.apply(adapted, adaptedParameters).handle((completed, failure) -> {
			if (!adapted.getErrors().isEmpty()) {
				return ErrorBehavior.halted(adapted.getErrors().getFirst());
			}
			if (failure != null) {
				throw (failure instanceof CompletionException wrapped) ? wrapped : new CompletionException(failure);
			}
			return (completed.getData() instanceof Publisher<?> events) ? new ExecutionResultImpl(
					Flux.from(events).cast(ExecutionResult.class).map(FallbackErrorBehavior::halted),
					completed.getErrors()) : completed;
		});
	}

	private static ExecutionResult halted(ExecutionResult event) {
		return event.getErrors().isEmpty() ? event : ErrorBehavior.halted(event.getErrors().getFirst());
	}

	/**
	 * Called before each root field of a mutation: none is executed after the error that
	 * halts it. A query is executed to its end, since fields may wait for loads that are
	 * dispatched with those of others.
	 */
	static void throwIfHalted(ExecutionContext context) {
		if (ErrorBehavior.of(context) == ErrorBehavior.HALT && !context.getErrors().isEmpty()) {
			throw new HaltedException();
		}
	}

	/** Ends the execution after its first error, which its context has. */
	private static final class HaltedException extends RuntimeException {

		HaltedException() {
			super("An error has halted the execution", null, false, false);
		}

	}

}
