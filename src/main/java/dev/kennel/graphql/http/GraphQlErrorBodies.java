package dev.kennel.graphql.http;

import dev.kennel.error.ApiError;
import dev.kennel.error.ApiErrorFactory;
import dev.kennel.error.ErrorCode;
import dev.kennel.server.ErrorBodies;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Renders errors outside of GraphQL execution as GraphQL responses: malformed HTTP,
 * unknown paths, and unexpected failures. The bodies contain no internal details.
 */
class GraphQlErrorBodies implements ErrorBodies {

	private final JsonMapper json = new JsonMapper();

	@Override
	public byte[] of(int status, String requestId, @Nullable Throwable failure) {
		ApiError error = (failure != null) ? ApiErrorFactory.ofRequest(failure, requestId) : error(status, requestId);
		return this.json.writeValueAsBytes(ResponseWriter.toMap(error));
	}

	private static ApiError error(int status, String requestId) {
		return switch (status) {
			case 403 ->
				ApiError.ofRequest(ErrorCode.FORBIDDEN, "The Host or Origin header of the request is not allowed.");
			case 404 -> ApiError.ofRequest(ErrorCode.NOT_FOUND, "Unknown path. The GraphQL endpoint is /graphql.");
			case 405 -> ApiError.ofRequest(ErrorCode.METHOD_NOT_ALLOWED, "The method is not allowed.");
			case 406 ->
				ApiError.ofRequest(ErrorCode.NOT_ACCEPTABLE, "No response has a media type of the Accept header.");
			case 414 -> ApiError.ofRequest(ErrorCode.BAD_REQUEST, "The URL is too long: send the operation with POST.");
			case 417 -> ApiError.ofRequest(ErrorCode.BAD_REQUEST, "The expectation of the Expect header can't be met.");
			case 431 -> ApiError.ofRequest(ErrorCode.BAD_REQUEST, "The headers are too large.");
			case 501, 505 -> ApiError.ofRequest(ErrorCode.BAD_REQUEST,
					"The method, the transfer coding or the version of HTTP is not supported.");
			case 503 -> ApiErrorFactory.ofUnavailable();
			default -> (status < 500) ? ApiError.ofRequest(ErrorCode.BAD_REQUEST, "The request is not valid HTTP.")
					: ApiErrorFactory.ofFault(requestId);
		};
	}

}
