package dev.kennel.error;

import graphql.ErrorClassification;

/**
 * The value of {@code extensions.code}. Names follow Apollo Server's where it defines
 * one.
 *
 * @see <a href="https://www.apollographql.com/docs/apollo-server/data/errors">Apollo
 * Server: error handling</a>
 */
public enum ErrorCode implements ErrorClassification {

	/**
	 * The field requires authentication, and the request has no token or an invalid one,
	 * or a login failed.
	 */
	UNAUTHENTICATED,

	/** The session is not allowed to execute the operation. */
	FORBIDDEN,

	/** The id or the path is unknown, or the id belongs to another account. */
	NOT_FOUND,

	/** The input conflicts with stored data, for instance a username that is taken. */
	CONFLICT,

	/**
	 * The input violates the schema or a constraint; {@code extensions.violations} has
	 * the paths.
	 */
	BAD_USER_INPUT,

	/**
	 * A rate limit is exceeded; {@code extensions.retryAfter} is the time in seconds
	 * after which a retry may succeed.
	 */
	RATE_LIMITED,

	/**
	 * A quota of the account is exhausted; {@code extensions.quota} is its name,
	 * {@code extensions.max} its value.
	 */
	QUOTA_EXCEEDED,

	/**
	 * The {@code Idempotency-Key} has been used for a different request.
	 */
	IDEMPOTENCY_KEY_REUSED,

	/**
	 * The changes after the cursor have been deleted: the client has to reload its data.
	 */
	CURSOR_EXPIRED,

	/** The document has a syntax error. */
	GRAPHQL_PARSE_FAILED,

	/** The document is not valid against the schema. */
	GRAPHQL_VALIDATION_FAILED,

	/**
	 * The document has no operation of the given {@code operationName}, or several and no
	 * name is given.
	 */
	OPERATION_RESOLUTION_FAILURE,

	/** The operation exceeds a limit, which the message names. */
	OPERATION_TOO_COMPLEX,

	/**
	 * The document of the hash is unknown: the client has to send hash and document once.
	 */
	PERSISTED_QUERY_NOT_FOUND,

	/**
	 * The service executes trusted documents only, and the document is not one of them.
	 */
	PERSISTED_QUERY_REQUIRED,

	/** The operation has exceeded its deadline, and has been stopped. */
	TIMEOUT,

	/**
	 * The service can't execute the request at the moment: the database is unavailable,
	 * the instance is overloaded, or it is shutting down. The request may be retried.
	 */
	UNAVAILABLE,

	/** A fault of the service; {@code extensions.requestId} finds it in the log. */
	INTERNAL_SERVER_ERROR,

	/** The HTTP request is not a GraphQL request. */
	BAD_REQUEST,

	/** The HTTP method is not allowed, or a mutation was sent with GET. */
	METHOD_NOT_ALLOWED,

	/** No media type of the {@code Accept} header is supported. */
	NOT_ACCEPTABLE,

	/** The HTTP request body is too large. */
	PAYLOAD_TOO_LARGE,

	/** The {@code Content-Type} of the HTTP request is not JSON. */
	UNSUPPORTED_MEDIA_TYPE

}
