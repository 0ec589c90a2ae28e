package dev.kennel.graphql.operation;

import dev.kennel.error.ApiException;
import dev.kennel.error.ErrorCode;
import dev.kennel.identity.NodeKind;
import graphql.GraphQLContext;
import graphql.language.OperationDefinition;
import graphql.schema.DataFetchingEnvironment;

/**
 * Queries that have been torn, and are run again: each of its statements sees the store
 * as it is at that moment, and one has found an object, and a later one no longer what
 * the object belongs to. Whoever has removed it has removed both, so that the second run
 * finds neither.
 */
public final class ReadRetry {

	private static final Object KEY = ReadRetry.class;

	private ReadRetry() {
	}

	/**
	 * Notes that a field has to have a value and finds none, because it has been removed
	 * since the field's object was read.
	 * @param environment the field
	 * @param missing what the field is of
	 * @return the exception to throw, with NOT_FOUND: a client sees it if the operation
	 * can't be run again, because it is a mutation, which has been done, or a
	 * subscription; or if it has been torn again and again
	 */
	public static ApiException request(DataFetchingEnvironment environment, NodeKind missing) {
		if (environment.getOperationDefinition().getOperation() == OperationDefinition.Operation.QUERY) {
			environment.getGraphQlContext().put(KEY, true);
		}
		return ApiException.of(ErrorCode.NOT_FOUND,
				"The " + missing.typeName() + " was removed while this was being read. Read it again.");
	}

	/**
	 * Answers whether a query has been torn, and is to be run again.
	 * @param context the query's context
	 * @return whether something was removed while it was read
	 */
	public static boolean isRequested(GraphQLContext context) {
		return context.hasKey(KEY);
	}

}
