package dev.kennel.graphql.stream;

import dev.kennel.graphql.Caller;
import dev.kennel.graphql.CallerAuthentication;
import org.jspecify.annotations.Nullable;

/**
 * What streams need to know of access tokens: implemented by whoever makes them. Both are
 * answered from memory.
 */
public interface CallerTokens {

	/**
	 * Reads a token.
	 * @param authorization what would be the value of an {@code Authorization} header
	 * @return the caller that it was issued to, or why it is refused; null if there is no
	 * token in it
	 */
	@Nullable CallerAuthentication verify(String authorization);

	/**
	 * Answers whether a caller's session has ended before its token has.
	 * @param caller the caller
	 * @return whether its token is refused from now on
	 */
	boolean isRevoked(Caller caller);

}
