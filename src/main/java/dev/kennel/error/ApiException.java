package dev.kennel.error;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An exception that is sent to the client: a code, a message for the user, and the
 * extensions of the code. Any other exception becomes
 * {@link ErrorCode#INTERNAL_SERVER_ERROR} without details.
 */
public final class ApiException extends RuntimeException {

	/**
	 * The limit of violations in an error: more than a user reads. The rest is reported
	 * once these are corrected.
	 */
	private static final int MAX_VIOLATIONS = 100;

	private final ErrorCode code;

	private final transient Map<String, Object> extensions;

	private ApiException(ErrorCode code, String message, Map<String, Object> extensions) {
		// An expected result, whose stack trace is not needed.
		super(message, null, false, false);
		this.code = code;
		Map<String, Object> all = new LinkedHashMap<>();
		all.put("code", code.name());
		all.putAll(extensions);
		this.extensions = Collections.unmodifiableMap(all);
	}

	/**
	 * Returns an exception without further extensions.
	 * @param code the code
	 * @param message the message for the user
	 * @return the exception
	 */
	public static ApiException of(ErrorCode code, String message) {
		return new ApiException(code, message, Map.of());
	}

	/**
	 * Returns an exception for a field that requires authentication.
	 * @param reason the reason why the request is unauthenticated
	 * @param message the message for the user
	 * @return the exception
	 */
	public static ApiException unauthenticated(ErrorReason reason, String message) {
		return withReason(ErrorCode.UNAUTHENTICATED, reason, message);
	}

	/**
	 * Returns an exception for an operation that the session is not allowed to execute.
	 * @param reason the missing condition
	 * @param message the message for the user
	 * @return the exception
	 */
	public static ApiException forbidden(ErrorReason reason, String message) {
		return withReason(ErrorCode.FORBIDDEN, reason, message);
	}

	private static ApiException withReason(ErrorCode code, ErrorReason reason, String message) {
		return new ApiException(code, message, Map.of("reason", reason.name()));
	}

	/**
	 * Returns an exception for an id that is unknown to the account. An id of another
	 * account is indistinguishable from an unknown one.
	 * @param typeName the name of the type in the schema, such as {@code Owner}
	 * @return the exception
	 */
	public static ApiException notFound(String typeName) {
		return of(ErrorCode.NOT_FOUND, "There is no " + typeName + " with this id.");
	}

	/**
	 * Returns an exception for an input that conflicts with stored data.
	 * @param message the conflict
	 * @param violations the conflicting parts of the input
	 * @return the exception
	 */
	public static ApiException conflict(String message, List<Violation> violations) {
		return withViolations(ErrorCode.CONFLICT, message, violations);
	}

	/**
	 * Returns an exception for an invalid input.
	 * @param violations all violations, of which the first hundred are sent
	 * @return the exception
	 */
	public static ApiException badUserInput(List<Violation> violations) {
		String message = (violations.size() == 1) ? violations.getFirst().message()
				: "The input has " + violations.size() + " violations."
						+ ((violations.size() > MAX_VIOLATIONS) ? " The first " + MAX_VIOLATIONS + " are listed." : "");
		return withViolations(ErrorCode.BAD_USER_INPUT, message, violations);
	}

	/**
	 * Returns an exception for an exceeded rate limit.
	 * @param message the limit
	 * @param retryAfter the time after which a retry may succeed
	 * @return the exception
	 */
	public static ApiException rateLimited(String message, Duration retryAfter) {
		return new ApiException(ErrorCode.RATE_LIMITED, message, Map.of("retryAfter", retryAfter.toSeconds()));
	}

	/**
	 * Returns an exception for an operation that exceeds a limit.
	 * @param message the exceeded limit
	 * @param limit the name of the limit
	 * @param value the value of the operation
	 * @param max the maximum value
	 * @return the exception
	 */
	public static ApiException tooComplex(String message, String limit, long value, long max) {
		Map<String, Object> extensions = new LinkedHashMap<>();
		extensions.put("limit", limit);
		extensions.put("value", value);
		extensions.put("max", max);
		return new ApiException(ErrorCode.OPERATION_TOO_COMPLEX, message, extensions);
	}

	/**
	 * Returns an exception for an exhausted quota of the account.
	 * @param message the quota
	 * @param quota the name of the quota
	 * @param max the maximum value
	 * @return the exception
	 */
	public static ApiException quotaExceeded(String message, String quota, long max) {
		Map<String, Object> extensions = new LinkedHashMap<>();
		extensions.put("quota", quota);
		extensions.put("max", max);
		return new ApiException(ErrorCode.QUOTA_EXCEEDED, message, extensions);
	}

	private static ApiException withViolations(ErrorCode code, String message, List<Violation> violations) {
		return new ApiException(code, message, Map.of("violations",
				violations.stream().limit(MAX_VIOLATIONS).map(Violation::toSpecification).toList()));
	}

	/**
	 * Returns the code.
	 * @return the code
	 */
	public ErrorCode code() {
		return this.code;
	}

	/**
	 * Returns the extensions of the error.
	 * @return the {@code extensions}, including the code
	 */
	public Map<String, Object> extensions() {
		return this.extensions;
	}

}
