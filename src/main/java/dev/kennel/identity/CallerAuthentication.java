package dev.kennel.identity;

import java.util.Map;

import dev.kennel.error.ApiException;
import dev.kennel.error.ErrorReason;
import org.jspecify.annotations.Nullable;

/**
 * The result of verifying an access token: its caller, or the reason of its rejection.
 */
public final class CallerAuthentication {

	private static final String ATTRIBUTE = CallerAuthentication.class.getName();

	private final @Nullable Caller caller;

	private final @Nullable ErrorReason refusal;

	private CallerAuthentication(@Nullable Caller caller, @Nullable ErrorReason refusal) {
		this.caller = caller;
		this.refusal = refusal;
	}

	/**
	 * Returns the authentication of a valid token.
	 * @param caller the account and session that the token was issued to
	 * @return the authentication
	 */
	public static CallerAuthentication of(Caller caller) {
		return new CallerAuthentication(caller, null);
	}

	/**
	 * Returns the authentication of a rejected token.
	 * @param reason the reason of the rejection
	 * @return the authentication
	 */
	public static CallerAuthentication refused(ErrorReason reason) {
		return new CallerAuthentication(null, reason);
	}

	/**
	 * Returns the caller.
	 * @return the account and session that the token was issued to, or null if the token
	 * is rejected
	 */
	public @Nullable Caller caller() {
		return this.caller;
	}

	/**
	 * Returns the reason of the rejection.
	 * @return the reason, or null if the token is valid
	 */
	public @Nullable ErrorReason refusal() {
		return this.refusal;
	}

	/**
	 * Returns the error of a request that is unauthenticated, for a field that requires
	 * authentication.
	 * @param authentication the result of verifying its token, or null if it has none
	 * @return the exception, with UNAUTHENTICATED, the reason, and a message for users
	 */
	public static ApiException unauthenticated(@Nullable CallerAuthentication authentication) {
		ErrorReason refusal = (authentication != null) ? authentication.refusal() : null;
		ErrorReason reason = (refusal != null) ? refusal : ErrorReason.TOKEN_MISSING;
		return ApiException.unauthenticated(reason, switch (reason) {
			case TOKEN_MISSING -> "Authentication is required. Log in, and send the access token.";
			case TOKEN_EXPIRED -> "The access token has expired. Refresh the session, and send the new one.";
			case SESSION_ENDED -> "The session has ended. Log in again.";
			default -> "The access token is not valid. Refresh the session, or log in again.";
		});
	}

	/**
	 * Returns the request attributes that hold an authentication.
	 * @param authentication the authentication, or null if the request has no token
	 * @return the attributes
	 */
	public static Map<String, Object> attributes(@Nullable CallerAuthentication authentication) {
		return (authentication != null) ? Map.of(ATTRIBUTE, authentication) : Map.of();
	}

	/**
	 * Returns the authentication that request attributes hold.
	 * @param attributes the attributes
	 * @return the authentication, or null if the request has no token
	 */
	public static @Nullable CallerAuthentication find(Map<String, Object> attributes) {
		return (CallerAuthentication) attributes.get(ATTRIBUTE);
	}

}
