package dev.kennel.graphql.http;

import dev.kennel.error.ApiError;
import dev.kennel.error.ErrorCode;
import graphql.ExecutionResult;
import graphql.GraphQLError;

import org.springframework.http.HttpStatus;

/**
 * Which HTTP status an answer has. The audits of {@code graphql-http}, which clients and
 * servers are measured by, and the draft of the specification since July 2026 contradict
 * each other, so that both can be had.
 *
 * @see <a href=
 * "https://graphql.github.io/graphql-over-http/draft/#sec-Status-Codes">GraphQL over
 * HTTP, status codes</a>
 */
enum StatusCodes {

	/**
	 * What is wrong with an operation is 400, and 200 for who asks for
	 * {@code application/json}; data with errors is 200.
	 */
	AUDITED,

	/**
	 * What is wrong with an operation is 422, whatever the client asks for; data with
	 * errors is 294.
	 */
	DRAFT;

	private static final int UNPROCESSABLE_CONTENT = 422;

	private static final int TOO_MANY_REQUESTS = 429;

	private static final int PARTIAL_SUCCESS = 294;

	/** The status of what is no GraphQL-over-HTTP request, though it is JSON. */
	int illFormed() {
		return (this == DRAFT) ? UNPROCESSABLE_CONTENT : HttpStatus.BAD_REQUEST.value();
	}

	/** The status of an answer to a well-formed request. */
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
		boolean faultOfTheOperation = status == HttpStatus.BAD_REQUEST.value()
				&& error.getErrorType() != ErrorCode.BAD_REQUEST;
		return (this == AUDITED && faultOfTheOperation && mediaType == ResponseMediaType.JSON) ? HttpStatus.OK.value()
				: status;
	}

	/** The media type of an answer with a status. */
	ResponseMediaType mediaType(int status, ResponseMediaType accepted) {
		// Who knows the old media type only can't tell a proxy's errors from Kennel's
		// under it.
		return (this == DRAFT && status >= 300) ? ResponseMediaType.GRAPHQL_RESPONSE : accepted;
	}

	private int ofRequestError(GraphQLError error) {
		if (!(error instanceof ApiError told)) {
			return HttpStatus.INTERNAL_SERVER_ERROR.value();
		}
		return switch (told.code()) {
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

	/** The status of a failure outside of any operation. */
	static int of(ErrorCode code) {
		return (code == ErrorCode.UNAVAILABLE) ? HttpStatus.SERVICE_UNAVAILABLE.value()
				: HttpStatus.INTERNAL_SERVER_ERROR.value();
	}

}
