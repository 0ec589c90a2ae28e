package dev.kennel.session;

import java.time.Duration;

import dev.kennel.account.SessionTokens;
import dev.kennel.error.ApiException;
import dev.kennel.graphql.operation.OperationContext;
import dev.kennel.server.HttpExchange;
import org.jspecify.annotations.Nullable;

/** Transports tokens between the service and its clients. */
interface TokenTransport extends SessionTokens {

	/**
	 * Returns the access token of a request.
	 * @return the token, or null if the request has none; an empty string, which is an
	 * invalid token, if the request is ambiguous
	 */
	@Nullable String accessToken(HttpExchange exchange);

	/**
	 * Returns the refresh token of an operation.
	 * @param input the input of the field, or null
	 * @param context the operation's context
	 * @return the token, or null if there is none; an empty string, which is an invalid
	 * token, if the request is ambiguous or contradicts itself
	 */
	@Nullable String refreshToken(@Nullable RefreshSessionInput input, OperationContext context);

	/**
	 * Requires that the response can carry tokens, before they are issued.
	 * @param context the operation's context
	 * @throws ApiException with FORBIDDEN if the transport of the operation can't carry
	 * them
	 */
	void requireWritable(OperationContext context);

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

}
