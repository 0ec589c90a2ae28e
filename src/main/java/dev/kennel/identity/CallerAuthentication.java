package dev.kennel.identity;

import java.util.Map;

import dev.kennel.error.ApiException;
import dev.kennel.error.ErrorReason;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of verifying an access token: its caller, or the reason why it is refused.
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
	 * The token is valid.
	 * @param caller the account and session that it was issued to
	 * @return the authentication
	 */
	public static CallerAuthentication of(Caller caller) {
		return new CallerAuthentication(caller, null);
	}

	/**
	 * The token is refused.
	 * @param reason why, for a program
	 * @return the authentication
	 */
	public static CallerAuthentication refused(ErrorReason reason) {
		return new CallerAuthentication(null, reason);
	}

	/**
	 * Returns the caller.
	 * @return the account and session that the token was issued to, or null if the token
	 * is refused
	 */
	public @Nullable Caller caller() {
		return this.caller;
	}

	/**
	 * Returns why the token is refused.
	 * @return the reason, or null if the token is valid
	 */
	public @Nullable ErrorReason refusal() {
		return this.refusal;
	}

	/**
	 * Returns the error of a field that needs an account.
	 * @param reason why the request has none
	 * @return the exception, with UNAUTHENTICATED, the reason, and a message for people
	 */
	public static ApiException refusal(ErrorReason reason) {
		return ApiException.unauthenticated(reason, switch (reason) {
			case TOKEN_MISSING -> "This needs an account. Log in, and send the access token.";
			case TOKEN_EXPIRED -> "The access token has expired. Refresh the session, and send the new one.";
			case SESSION_ENDED -> "The session has ended. Log in again.";
			default -> "The access token is not valid. Refresh the session, or log in again.";
		});
	}

	/**
	 * Returns the attributes of an operation's request.
	 * @param authentication the outcome of verifying its token, or null if it has none
	 * @return the attributes, with the outcome
	 */
	public static Map<String, Object> attributes(@Nullable CallerAuthentication authentication) {
		return (authentication != null) ? Map.of(ATTRIBUTE, authentication) : Map.of();
	}

	/**
	 * Finds the outcome in the attributes of an operation's request.
	 * @param attributes the attributes
	 * @return the outcome, or null if the request has no token
	 */
	public static @Nullable CallerAuthentication find(Map<String, Object> attributes) {
		return (CallerAuthentication) attributes.get(ATTRIBUTE);
	}

}
