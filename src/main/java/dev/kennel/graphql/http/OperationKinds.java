package dev.kennel.graphql.http;

import java.util.List;

import dev.kennel.graphql.error.ApiError;
import dev.kennel.graphql.error.ErrorCode;
import graphql.ExecutionResult;
import graphql.GraphQLContext;
import graphql.execution.AbortExecutionException;
import graphql.execution.ExecutionContext;
import graphql.execution.instrumentation.InstrumentationContext;
import graphql.execution.instrumentation.InstrumentationState;
import graphql.execution.instrumentation.SimplePerformantInstrumentation;
import graphql.execution.instrumentation.parameters.InstrumentationExecuteOperationParameters;
import graphql.language.OperationDefinition;
import org.jspecify.annotations.Nullable;

/**
 * Tells the transport which kind of operation has been run, and keeps the engine from
 * running mutations where the HTTP method promises that nothing is changed.
 *
 * @see <a href="https://graphql.github.io/graphql-over-http/draft/#sec-GET">GraphQL over
 * HTTP, GET</a>
 */
class OperationKinds extends SimplePerformantInstrumentation {

	private static final Object SAFE = new Object();

	private static final Object KIND = OperationKinds.class;

	/** Promises that an operation changes nothing. */
	static void requireSafe(GraphQLContext context) {
		context.put(SAFE, true);
	}

	/** Answers whether what has been run is a query; it is not known of what has not. */
	static boolean isQuery(GraphQLContext context) {
		return context.get(KIND) == OperationDefinition.Operation.QUERY;
	}

	@Override
	public @Nullable InstrumentationContext<ExecutionResult> beginExecuteOperation(
			InstrumentationExecuteOperationParameters parameters, @Nullable InstrumentationState state) {
		ExecutionContext execution = parameters.getExecutionContext();
		OperationDefinition.Operation kind = execution.getOperationDefinition().getOperation();
		GraphQLContext context = execution.getGraphQLContext();
		if (kind == OperationDefinition.Operation.MUTATION && context.hasKey(SAFE)) {
			throw new AbortExecutionException(List.of(ApiError.ofRequest(ErrorCode.METHOD_NOT_ALLOWED,
					"A mutation can't be sent with GET: send it with POST.")));
		}
		context.put(KIND, kind);
		return null;
	}

}
