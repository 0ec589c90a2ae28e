package dev.kennel.graphql.operation;

import java.util.List;

import dev.kennel.error.ApiError;
import dev.kennel.error.ErrorCode;
import graphql.ExecutionResult;
import graphql.GraphQLContext;
import graphql.language.OperationDefinition;
import org.jspecify.annotations.Nullable;

/**
 * Keeps mutations from being run where the HTTP method promises that nothing is changed.
 *
 * @see <a href="https://graphql.github.io/graphql-over-http/draft/#sec-GET">GraphQL over
 * HTTP, GET</a>
 */
public final class ReadOnlyRequest {

	private static final Object KEY = ReadOnlyRequest.class;

	private ReadOnlyRequest() {
	}

	/**
	 * Promises that an operation changes nothing.
	 * @param context the operation's context
	 */
	public static void mark(GraphQLContext context) {
		context.put(KEY, true);
	}

	/** The refusal of an operation that would break the promise, or null. */
	static @Nullable ExecutionResult refusal(OperationDefinition operation, GraphQLContext context) {
		return (operation.getOperation() == OperationDefinition.Operation.MUTATION && context.hasKey(KEY))
				? ExecutionResult.newExecutionResult().errors(List.of(ApiError.ofRequest(ErrorCode.METHOD_NOT_ALLOWED,
						"A mutation can't be sent with GET: send it with POST."))).build()
				: null;
	}

}
