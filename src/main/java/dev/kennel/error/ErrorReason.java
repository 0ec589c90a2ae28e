package dev.kennel.error;

/**
 * The value of {@code extensions.reason}: distinguishes causes with the same code that a
 * client handles differently.
 */
public enum ErrorReason {

	/** UNAUTHENTICATED: the username or the password is wrong. */
	INVALID_CREDENTIALS,
	/** UNAUTHENTICATED: the password is right, and the log-in needs a second factor. */
	SECOND_FACTOR_REQUIRED,
	/** UNAUTHENTICATED: the request has no token. */
	TOKEN_MISSING,
	/** UNAUTHENTICATED: the access token was issued by this service, and has expired. */
	TOKEN_EXPIRED,
	/**
	 * UNAUTHENTICATED: the token was not issued by or for this service, is malformed, is
	 * one of two tokens, or is sent with a cookie of another session.
	 */
	TOKEN_INVALID,
	/** UNAUTHENTICATED: the session of the token has ended, or its account is deleted. */
	SESSION_ENDED,
	/** FORBIDDEN: the session has no recent proof of the kind that the mutation needs. */
	REAUTHENTICATION_REQUIRED,
	/** FORBIDDEN: the operation sets cookies, which needs HTTP. */
	HTTP_REQUIRED,
	/** FORBIDDEN: the service has no log-ins by mail. */
	EMAIL_LOGIN_DISABLED

}
