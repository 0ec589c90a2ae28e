package dev.kennel.graphql.operation;

import java.util.List;

import dev.kennel.error.ApiError;
import dev.kennel.error.ErrorCode;
import graphql.ExecutionResult;
import graphql.GraphQLContext;
import graphql.language.OperationDefinition;
import org.jspecify.annotations.Nullable;

/**
 * Marks operations of safe HTTP methods, which must not execute mutations.
 *
 * @see <a href="https://graphql.github.io/graphql-over-http/draft/#sec-GET">GraphQL over
 * HTTP, GET</a>
 */
public final class ReadOnlyRequest {

	private static final Object KEY = ReadOnlyRequest.class;

	private ReadOnlyRequest() {
	}

	/**
	 * Marks an operation as read-only.
	 * @param context the operation's context
	 */
	public static void mark(GraphQLContext context) {
		context.put(KEY, true);
	}

	/** Returns the error of a mutation in a read-only request, or null. */
	static @Nullable ExecutionResult refusal(OperationDefinition operation, GraphQLContext context) {
		return (operation.getOperation() == OperationDefinition.Operation.MUTATION && context.hasKey(KEY))
				? ExecutionResult.newExecutionResult()
					.errors(List.of(ApiError.ofRequest(ErrorCode.METHOD_NOT_ALLOWED,
							"A mutation can't be sent with GET: send it with POST.")))
					.build()
				: null;
	}

}
