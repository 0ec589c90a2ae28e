package dev.kennel.error;

import graphql.ErrorClassification;

/**
 * What {@code extensions.code} of an error says. Names follow Apollo Server's where it
 * has one.
 *
 * @see <a href="https://www.apollographql.com/docs/apollo-server/data/errors">Apollo
 * Server: error handling</a>
 */
public enum ErrorCode implements ErrorClassification {

	/**
	 * The field needs an account and the request has none, or its token is not valid, or
	 * a log-in failed.
	 */
	UNAUTHENTICATED,

	/** The account may not do this. */
	FORBIDDEN,

	/** There is nothing with this id that the account may see. */
	NOT_FOUND,

	/** The request contradicts what is stored, for instance a name that is taken. */
	CONFLICT,

	/**
	 * The input is not as the schema and the descriptions ask for;
	 * {@code extensions.violations} says where.
	 */
	BAD_USER_INPUT,

	/**
	 * There is too much of something; {@code extensions.retryAfter} says in how many
	 * seconds there may be room again.
	 */
	RATE_LIMITED,

	/**
	 * The account has as much of something as it may have: {@code extensions.quota} says
	 * of what, {@code extensions.max} how much.
	 */
	QUOTA_EXCEEDED,

	/**
	 * The request has an {@code Idempotency-Key} that was used for another one before.
	 */
	IDEMPOTENCY_KEY_REUSED,

	/**
	 * The changes after this cursor are not kept any longer: what the client has is to be
	 * loaded anew.
	 */
	CURSOR_EXPIRED,

	/** The document is not GraphQL. */
	GRAPHQL_PARSE_FAILED,

	/** The document does not fit the schema. */
	GRAPHQL_VALIDATION_FAILED,

	/**
	 * The document has no operation of the name that was asked for, or several and none
	 * was named.
	 */
	OPERATION_RESOLUTION_FAILURE,

	/** The operation exceeds a limit, which the message names. */
	OPERATION_TOO_COMPLEX,

	/**
	 * The client sends the hash of a document that the service does not have: it has to
	 * send the document with it, once.
	 */
	PERSISTED_QUERY_NOT_FOUND,

	/** The service runs trusted documents only, and this is none. */
	PERSISTED_QUERY_REQUIRED,

	/** The operation has taken longer than it may. Nothing of it goes on. */
	TIMEOUT,

	/** The database can't be reached for the moment; the request may be sent again. */
	UNAVAILABLE,

	/** A fault of the service; {@code extensions.requestId} finds it in the log. */
	INTERNAL_SERVER_ERROR,

	/** The HTTP request is not a GraphQL request. */
	BAD_REQUEST,

	/** The HTTP method is not one that GraphQL over HTTP knows. */
	METHOD_NOT_ALLOWED,

	/** The client accepts no media type that the service can send. */
	NOT_ACCEPTABLE,

	/** The body of the HTTP request is too large. */
	PAYLOAD_TOO_LARGE,

	/** The body of the HTTP request is not JSON by its content type. */
	UNSUPPORTED_MEDIA_TYPE

}
