package dev.kennel.session;

import dev.kennel.error.ApiException;
import dev.kennel.server.HttpExchange;
import graphql.GraphQLContext;
import org.jspecify.annotations.Nullable;

/** How tokens travel between the service and its clients. */
interface TokenTransport {

	/**
	 * Finds the access token of a request.
	 * @return the token, or null if the request has none; an empty text, which is no
	 * token, if the request leaves open which one is meant
	 */
	@Nullable String accessToken(HttpExchange exchange);

	/**
	 * Finds the refresh token of an operation.
	 * @param input what the field was given, if anything
	 * @param context the operation's context
	 * @return the token, or null if there is none; an empty text, which is no token, if
	 * the request leaves open which one is meant, or contradicts itself
	 */
	@Nullable String refreshToken(@Nullable RefreshSessionInput input, GraphQLContext context);

	/**
	 * Makes sure that a client can be given tokens, before there are any.
	 * @param context the operation's context
	 * @throws ApiException with FORBIDDEN if the operation's own transport can't carry
	 * them
	 */
	void requireWritable(GraphQLContext context);

	/**
	 * Finds the device token of an operation.
	 * @param input what the field was given, if anything
	 * @param context the operation's context
	 * @return the token, or null if there is none
	 */
	@Nullable String deviceToken(@Nullable String input, GraphQLContext context);

	/**
	 * Gives a client the token of its device. A WebSocket carries no cookie: then the
	 * device is known after its next log-in.
	 * @param token the token; null for none
	 * @param context the operation's context
	 * @return the token for the payload; null if it is in a cookie, or there is none
	 */
	@Nullable String giveDevice(@Nullable String token, GraphQLContext context);

	/**
	 * Gives a client its tokens.
	 * @param tokens who is logged in
	 * @param context the operation's context
	 * @return the answer of the field
	 */
	AuthPayload writeTokens(IssuedTokens tokens, GraphQLContext context);

	/**
	 * Takes the tokens of a session that has ended away, as far as that can be done from
	 * here. The device token stays: it is none of the session's.
	 * @param context the operation's context
	 */
	void clearTokens(GraphQLContext context);

}
