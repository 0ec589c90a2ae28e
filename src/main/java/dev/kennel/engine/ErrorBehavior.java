package dev.kennel.engine;

import java.util.List;

import graphql.ExecutionResult;
import graphql.ExecutionResultImpl;
import graphql.GraphQLContext;
import graphql.GraphQLError;
import graphql.execution.ExecutionContext;

/**
 * What an execution error does to the data of a response.
 *
 * @see <a href= "https://github.com/graphql/graphql-spec/pull/1163">GraphQL, proposal:
 * error behaviors</a>
 */
public enum ErrorBehavior {

	/** A null at a non-null position propagates to the nearest nullable position. */
	PROPAGATE,

	/** The position of the error is null, even if its type is non-null. */
	NULL,

	/**
	 * The first error ends the execution: the response has no other error, and no data.
	 * If it occurs after the initial result, all deliveries end with it, without data.
	 */
	HALT;

	private static final Object CONTEXT_KEY = ErrorBehavior.class;

	/**
	 * Makes an execution follow this behavior.
	 * @param context the context of the execution
	 */
	public void putInto(GraphQLContext context) {
		context.put(CONTEXT_KEY, this);
	}

	/**
	 * Returns the requested behavior, or that of the operation: graphql-java's directive
	 * {@code @experimental_disableErrorPropagation} is {@link #NULL}.
	 */
	static ErrorBehavior of(ExecutionContext context) {
		ErrorBehavior requested = context.getGraphQLContext().get(CONTEXT_KEY);
		if (requested != null) {
			return requested;
		}
		return context.propagateErrorsOnNonNullContractFailure() ? PROPAGATE : NULL;
	}

	/** Returns the result of an execution that an error has halted. */
	static ExecutionResult halted(GraphQLError error) {
		return new ExecutionResultImpl(null, List.of(error));
	}

}
