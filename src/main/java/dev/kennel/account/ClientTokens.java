package dev.kennel.account;

import dev.kennel.graphql.operation.OperationContext;
import graphql.schema.DataFetchingEnvironment;
import org.jspecify.annotations.Nullable;

/** The tokens of a session and of a device, as the client of an operation holds them. */
public interface ClientTokens {

	/**
	 * Returns the device token of an operation.
	 * @param input the input of the field, or null
	 * @param context the operation's context
	 * @return the token, or null if there is none
	 */
	@Nullable String deviceToken(@Nullable String input, OperationContext context);

	/**
	 * Writes the device token to the response. A WebSocket carries no cookie: the next
	 * log-in over HTTP then issues one.
	 * @param token the token; null for none
	 * @param context the operation's context
	 * @return the token for the payload; null if it is in a cookie, or there is none
	 */
	@Nullable String writeDeviceToken(@Nullable String token, OperationContext context);

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
