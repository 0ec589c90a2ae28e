package dev.kennel.session;

import java.time.Duration;

import dev.kennel.account.ClientTokens;
import dev.kennel.error.ApiException;
import dev.kennel.graphql.operation.OperationContext;
import dev.kennel.identity.Caller;
import dev.kennel.server.HttpExchange;
import graphql.schema.DataFetchingEnvironment;
import org.jspecify.annotations.Nullable;

/** Transports tokens between the service and its clients. */
public interface TokenTransport extends ClientTokens {

	/**
	 * Returns whether browsers send the tokens by themselves.
	 * @return whether they are in cookies
	 */
	boolean usesCookies();

	/**
	 * Returns the access token of a request.
	 * @return the token, or null if the request has none; an empty string, which is an
	 * invalid token, if the request is ambiguous
	 */
	@Nullable String accessToken(HttpExchange exchange);

	/**
	 * Returns the refresh token of an operation.
	 * @param input the token in the input of the field, or null
	 * @param context the operation's context
	 * @return the token, or null if there is none; an empty string, which is an invalid
	 * token, if the request is ambiguous or contradicts itself
	 */
	@Nullable String refreshToken(@Nullable String input, OperationContext context);

	/**
	 * Requires that the response can carry tokens, before they are issued.
	 * @param context the operation's context
	 * @throws ApiException with FORBIDDEN if the transport of the operation can't carry
	 * them
	 */
	void requireWritable(OperationContext context);

	/**
	 * Returns the secret of the browser that has requested a log-in by mail.
	 * @param input the input of the field, or null
	 * @param context the operation's context
	 * @return the secret, or null if there is none
	 */
	@Nullable String browserSecret(@Nullable String input, OperationContext context);

	/**
	 * Writes the secret of a browser to the response.
	 * @param secret the secret
	 * @param lifetime how long it is valid
	 * @param context the operation's context
	 * @return the secret for the payload; null if it is in a cookie
	 */
	@Nullable String writeBrowserSecret(String secret, Duration lifetime, OperationContext context);

	/**
	 * Removes the secret of the browser.
	 * @param context the operation's context
	 */
	void clearBrowserSecret(OperationContext context);

	/**
	 * Writes tokens to the response.
	 * @param tokens the issued tokens
	 * @param context the operation's context
	 * @return the payload of the field
	 */
	AuthPayload writeTokens(IssuedTokens tokens, OperationContext context);

	/**
	 * Writes tokens to the response, and makes their session the caller, for the
	 * selection set of the field and the fields after it.
	 * @param tokens the issued tokens
	 * @param environment the field that has opened or refreshed the session
	 * @return the payload of the field
	 */
	default AuthPayload startSession(IssuedTokens tokens, DataFetchingEnvironment environment) {
		OperationContext.switchCaller(environment,
				new Caller(tokens.refresh().account(), tokens.refresh().session(), tokens.access().expiresAt()));
		return writeTokens(tokens, OperationContext.of(environment));
	}

}
