package dev.kennel.graphql.operation;

import dev.kennel.error.ApiException;
import dev.kennel.error.ErrorCode;
import dev.kennel.identity.NodeKind;
import graphql.language.OperationDefinition;
import graphql.schema.DataFetchingEnvironment;

/**
 * Requests another execution of a query that has encountered read skew. Each statement
 * has its own snapshot: one has found an object, and a later one no longer finds the
 * object that it belongs to. Both have been deleted together, so that the second
 * execution finds neither.
 */
public final class ReadRetry {

	private ReadRetry() {
	}

	/**
	 * Requests another execution because the value of a non-null field has been deleted
	 * since the field's object was read.
	 * @param environment the field
	 * @param missing the kind of the deleted object
	 * @return the exception to throw, with NOT_FOUND. The client receives it if the
	 * operation can't be executed again, because it is a mutation, which has been
	 * executed, or a subscription; or if the query encounters read skew on every attempt
	 */
	public static ApiException request(DataFetchingEnvironment environment, NodeKind missing) {
		if (environment.getOperationDefinition().getOperation() == OperationDefinition.Operation.QUERY) {
			OperationContext.of(environment).requestRetry();
		}
		return ApiException.of(ErrorCode.NOT_FOUND,
				"The " + missing.typeName() + " was removed while this was being read. Read it again.");
	}

}
