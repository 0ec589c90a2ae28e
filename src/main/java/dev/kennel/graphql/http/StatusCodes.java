package dev.kennel.graphql.http;

import dev.kennel.graphql.error.ApiError;
import dev.kennel.graphql.error.ErrorCode;
import graphql.ExecutionResult;
import graphql.GraphQLError;
import jakarta.servlet.http.HttpServletResponse;

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
		return (this == DRAFT) ? UNPROCESSABLE_CONTENT : HttpServletResponse.SC_BAD_REQUEST;
	}

	/** The status of an answer to a well-formed request. */
	int of(ExecutionResult result, ResponseMediaType mediaType) {
		boolean data = result.isDataPresent();
		if (result.getErrors().isEmpty()) {
			return HttpServletResponse.SC_OK;
		}
		if (data) {
			return (this == DRAFT && mediaType == ResponseMediaType.GRAPHQL_RESPONSE) ? PARTIAL_SUCCESS
					: HttpServletResponse.SC_OK;
		}
		GraphQLError error = result.getErrors().getFirst();
		int status = ofRequestError(error);
		boolean faultOfTheOperation = status == HttpServletResponse.SC_BAD_REQUEST
				&& error.getErrorType() != ErrorCode.BAD_REQUEST;
		return (this == AUDITED && faultOfTheOperation && mediaType == ResponseMediaType.JSON)
				? HttpServletResponse.SC_OK : status;
	}

	/** The media type of an answer with a status. */
	ResponseMediaType mediaType(int status, ResponseMediaType accepted) {
		// Who knows the old media type only can't tell a proxy's errors from Kennel's
		// under it.
		return (this == DRAFT && status >= 300) ? ResponseMediaType.GRAPHQL_RESPONSE : accepted;
	}

	private int ofRequestError(GraphQLError error) {
		if (!(error instanceof ApiError told)) {
			return HttpServletResponse.SC_INTERNAL_SERVER_ERROR;
		}
		return switch (told.code()) {
			case INTERNAL_SERVER_ERROR -> HttpServletResponse.SC_INTERNAL_SERVER_ERROR;
			case UNAVAILABLE, TIMEOUT -> HttpServletResponse.SC_SERVICE_UNAVAILABLE;
			case RATE_LIMITED -> TOO_MANY_REQUESTS;
			case UNAUTHENTICATED -> HttpServletResponse.SC_UNAUTHORIZED;
			case FORBIDDEN -> HttpServletResponse.SC_FORBIDDEN;
			case METHOD_NOT_ALLOWED -> HttpServletResponse.SC_METHOD_NOT_ALLOWED;
			case NOT_ACCEPTABLE -> HttpServletResponse.SC_NOT_ACCEPTABLE;
			case GRAPHQL_VALIDATION_FAILED, OPERATION_RESOLUTION_FAILURE, BAD_USER_INPUT -> illFormed();
			default -> HttpServletResponse.SC_BAD_REQUEST;
		};
	}

	/** The status of a failure outside of any operation. */
	static int of(ErrorCode code) {
		return (code == ErrorCode.UNAVAILABLE) ? HttpServletResponse.SC_SERVICE_UNAVAILABLE
				: HttpServletResponse.SC_INTERNAL_SERVER_ERROR;
	}

}
