package dev.kennel.error;

/**
 * What {@code extensions.reason} of an error says: of several causes with one code, the
 * one that it was, for a client that does something else about each.
 */
public enum ErrorReason {

	/** UNAUTHENTICATED: the username or the password is wrong. */
	INVALID_CREDENTIALS,
	/** UNAUTHENTICATED: the request has no token. */
	TOKEN_MISSING,
	/** UNAUTHENTICATED: the access token is this service's own, and has expired. */
	TOKEN_EXPIRED,
	/**
	 * UNAUTHENTICATED: the token was not issued by this service or for it, is malformed,
	 * is one of two, or has a cookie beside it that belongs to another session.
	 */
	TOKEN_INVALID,
	/** UNAUTHENTICATED: the session of the token has ended, or its account is deleted. */
	SESSION_ENDED,
	/** FORBIDDEN: the session has not proved its password recently enough. */
	REAUTHENTICATION_REQUIRED,
	/** FORBIDDEN: the operation sets cookies, which this transport can't. */
	HTTP_REQUIRED

}
