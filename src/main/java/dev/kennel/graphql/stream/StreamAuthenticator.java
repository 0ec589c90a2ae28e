package dev.kennel.graphql.stream;

import java.util.List;

import dev.kennel.identity.Caller;
import dev.kennel.identity.CallerAuthentication;
import dev.kennel.server.HttpExchange;
import org.jspecify.annotations.Nullable;

/**
 * What streams need to know of access tokens: implemented by whoever makes them. Both are
 * answered from memory.
 */
public interface StreamAuthenticator {

	/**
	 * Reads a token.
	 * @param authorization what would be the values of an {@code Authorization} header,
	 * one for each line
	 * @return the caller that it was issued to, or why it is refused, as several tokens
	 * are; null if there is no token
	 */
	@Nullable CallerAuthentication verify(List<String> authorization);

	/**
	 * Reads the token of an HTTP request.
	 * @param exchange the request
	 * @return the caller that it was issued to, or why it is refused; null if there is
	 * none
	 */
	@Nullable CallerAuthentication authenticate(HttpExchange exchange);

	/**
	 * Answers whether a caller's session has ended before its token has.
	 * @param caller the caller
	 * @return whether its token is refused from now on
	 */
	boolean isRevoked(Caller caller);

}
