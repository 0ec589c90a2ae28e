package dev.kennel.graphql.http;

import java.util.Map;

import dev.kennel.error.ApiError;
import dev.kennel.error.ErrorCode;

import org.springframework.http.HttpStatus;

/** Thrown when a request is rejected before an operation is executed. */
public class BadRequestException extends RuntimeException {

	/**
	 * Placeholder for the status of well-formed JSON that is not a GraphQL request.
	 * Resolved by {@link StatusCodes}.
	 */
	private static final int ILL_FORMED = 0;

	private final int status;

	private final transient ApiError error;

	private final transient Map<String, String> headers;

	BadRequestException(int status, ApiError error, Map<String, String> headers) {
		super(error.getMessage(), null, false, false);
		this.status = status;
		this.error = error;
		this.headers = headers;
	}

	BadRequestException(int status, ErrorCode code, String message, Map<String, String> headers) {
		this(status, ApiError.ofRequest(code, message), headers);
	}

	BadRequestException(int status, ErrorCode code, String message) {
		this(status, code, message, Map.of());
	}

	/**
	 * Creates an exception for a request that can't be parsed.
	 * @param message the error message
	 * @return the exception, with BAD_REQUEST and the status 400
	 */
	public static BadRequestException of(String message) {
		return new BadRequestException(HttpStatus.BAD_REQUEST.value(), ErrorCode.BAD_REQUEST, message);
	}

	static BadRequestException illFormed(String message) {
		return new BadRequestException(ILL_FORMED, ErrorCode.BAD_REQUEST, message);
	}

	static BadRequestException notAcceptable(String message) {
		return new BadRequestException(HttpStatus.NOT_ACCEPTABLE.value(), ErrorCode.NOT_ACCEPTABLE, message);
	}

	int status(StatusCodes codes) {
		return (this.status == ILL_FORMED) ? codes.illFormed() : this.status;
	}

	/**
	 * Returns the error that is sent to the client.
	 * @return the error
	 */
	public ApiError error() {
		return this.error;
	}

	Map<String, String> headers() {
		return this.headers;
	}

}
