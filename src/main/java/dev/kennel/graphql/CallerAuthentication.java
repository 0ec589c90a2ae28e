package dev.kennel.graphql;

import java.util.List;

import dev.kennel.graphql.error.ApiException;
import dev.kennel.graphql.error.ErrorReason;
import org.jspecify.annotations.Nullable;

import org.springframework.security.authentication.AbstractAuthenticationToken;

/**
 * The outcome of verifying an access token: its caller, or the reason why it is refused.
 */
public final class CallerAuthentication extends AbstractAuthenticationToken {

	private final transient @Nullable Caller caller;

	private final @Nullable ErrorReason refusal;

	private CallerAuthentication(@Nullable Caller caller, @Nullable ErrorReason refusal) {
		super(List.of());
		this.caller = caller;
		this.refusal = refusal;
		setAuthenticated(caller != null);
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
	 * Says why a field that needs an account can't be had.
	 * @param reason the reason, for a program
	 * @return the exception, with the same for a person
	 */
	static ApiException refusal(ErrorReason reason) {
		return ApiException.unauthenticated(reason, switch (reason) {
			case TOKEN_MISSING -> "This needs an account. Log in, and send the access token.";
			case TOKEN_EXPIRED -> "The access token has expired. Refresh the session, and send the new one.";
			case SESSION_ENDED -> "The session has ended. Log in again.";
			default -> "The access token is not valid. Refresh the session, or log in again.";
		});
	}

	@Override
	public @Nullable Object getPrincipal() {
		return this.caller;
	}

	/** The token itself is not kept. */
	@Override
	public @Nullable Object getCredentials() {
		return null;
	}

}
