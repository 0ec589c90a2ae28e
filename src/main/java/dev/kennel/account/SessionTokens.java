package dev.kennel.account;

import dev.kennel.graphql.operation.OperationContext;
import graphql.schema.DataFetchingEnvironment;

/** The tokens of the session that sent an operation, as the client holds them. */
public interface SessionTokens {

	/**
	 * Clears the tokens of an ended session, as far as the transport can. The device
	 * token is kept: it does not belong to the session.
	 * @param context the operation's context
	 */
	void clearTokens(OperationContext context);

	/**
	 * Clears the tokens, and refuses the fields that follow.
	 * @param environment the field that has ended the session of its own request
	 */
	default void endSession(DataFetchingEnvironment environment) {
		clearTokens(OperationContext.of(environment));
		OperationContext.endSession(environment);
	}

}
