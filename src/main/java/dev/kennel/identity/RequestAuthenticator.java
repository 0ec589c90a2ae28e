package dev.kennel.identity;

import java.util.List;

import dev.kennel.server.HttpExchange;
import org.jspecify.annotations.Nullable;

/**
 * Authenticates the requests of all transports. Implemented by the session package. No
 * method accesses the database.
 */
public interface RequestAuthenticator {

	/**
	 * Verifies a token.
	 * @param authorization the values of an {@code Authorization} header, one for each
	 * line
	 * @return the caller, or the reason for the refusal, also of several tokens; null if
	 * there is no token
	 */
	@Nullable CallerAuthentication verify(List<String> authorization);

	/**
	 * Verifies the token of an HTTP request.
	 * @param exchange the request
	 * @return the caller, or the reason for the refusal; null if there is no token
	 */
	@Nullable CallerAuthentication authenticate(HttpExchange exchange);

	/**
	 * Returns whether browsers send the tokens by themselves.
	 * @return whether tokens are in cookies
	 */
	boolean usesCookies();

	/**
	 * Returns whether a caller's session has been revoked before its token expires.
	 * @param caller the caller
	 * @return whether the session is revoked
	 */
	boolean isRevoked(Caller caller);

}
