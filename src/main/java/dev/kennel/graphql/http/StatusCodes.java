package dev.kennel.graphql.http;

import dev.kennel.error.ApiError;
import dev.kennel.error.ErrorCode;
import graphql.ExecutionResult;
import graphql.GraphQLError;

import org.springframework.http.HttpStatus;

/**
 * The mapping of results to HTTP status codes. The audits of {@code graphql-http}, the
 * common test suite of clients and servers, contradict the draft of the specification
 * since July 2026, so both are supported.
 *
 * @see <a href=
 * "https://graphql.github.io/graphql-over-http/draft/#sec-Status-Codes">GraphQL over
 * HTTP, status codes</a>
 */
enum StatusCodes {

	/**
	 * An invalid operation is 400, or 200 as {@code application/json}. Data with errors
	 * is 200.
	 */
	AUDITED,

	/**
	 * An invalid operation is 422, for all media types. Data with errors is 294.
	 */
	DRAFT;

	private static final int UNPROCESSABLE_CONTENT = 422;

	private static final int TOO_MANY_REQUESTS = 429;

	private static final int PARTIAL_SUCCESS = 294;

	/** Returns the status of well-formed JSON that is not a GraphQL-over-HTTP request. */
	int illFormed() {
		return (this == DRAFT) ? UNPROCESSABLE_CONTENT : HttpStatus.BAD_REQUEST.value();
	}

	/** Returns the status of the response to a well-formed request. */
	int of(ExecutionResult result, ResponseMediaType mediaType) {
		boolean data = result.isDataPresent();
		if (result.getErrors().isEmpty()) {
			return HttpStatus.OK.value();
		}
		if (data) {
			return (this == DRAFT && mediaType == ResponseMediaType.GRAPHQL_RESPONSE) ? PARTIAL_SUCCESS
					: HttpStatus.OK.value();
		}
		GraphQLError error = result.getErrors().getFirst();
		int status = ofRequestError(error);
		boolean operationError = status == HttpStatus.BAD_REQUEST.value()
				&& error.getErrorType() != ErrorCode.BAD_REQUEST;
		return (this == AUDITED && operationError && mediaType == ResponseMediaType.JSON) ? HttpStatus.OK.value()
				: status;
	}

	/** Returns the media type of a response with this status. */
	ResponseMediaType mediaType(int status, ResponseMediaType accepted) {
		// With the legacy media type, a client can't distinguish a proxy's errors from
		// Kennel's.
		return (this == DRAFT && status >= 300) ? ResponseMediaType.GRAPHQL_RESPONSE : accepted;
	}

	private int ofRequestError(GraphQLError error) {
		if (!(error instanceof ApiError apiError)) {
			return HttpStatus.INTERNAL_SERVER_ERROR.value();
		}
		return switch (apiError.code()) {
			case INTERNAL_SERVER_ERROR -> HttpStatus.INTERNAL_SERVER_ERROR.value();
			case UNAVAILABLE, TIMEOUT -> HttpStatus.SERVICE_UNAVAILABLE.value();
			case RATE_LIMITED -> TOO_MANY_REQUESTS;
			case UNAUTHENTICATED -> HttpStatus.UNAUTHORIZED.value();
			case FORBIDDEN -> HttpStatus.FORBIDDEN.value();
			case METHOD_NOT_ALLOWED -> HttpStatus.METHOD_NOT_ALLOWED.value();
			case NOT_ACCEPTABLE -> HttpStatus.NOT_ACCEPTABLE.value();
			case GRAPHQL_VALIDATION_FAILED, OPERATION_RESOLUTION_FAILURE, BAD_USER_INPUT -> illFormed();
			default -> HttpStatus.BAD_REQUEST.value();
		};
	}

	/** Returns the status of a failure outside of an operation. */
	static int of(ErrorCode code) {
		return (code == ErrorCode.UNAVAILABLE) ? HttpStatus.SERVICE_UNAVAILABLE.value()
				: HttpStatus.INTERNAL_SERVER_ERROR.value();
	}

}
