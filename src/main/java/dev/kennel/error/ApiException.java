package dev.kennel.error;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A failure that is told to the client as it is: a code, a message for a person, and what
 * the code brings with it. Any other exception becomes
 * {@link ErrorCode#INTERNAL_SERVER_ERROR} and tells nothing.
 */
public final class ApiException extends RuntimeException {

	/**
	 * More faults than a person reads. A program finds the others when these are gone.
	 */
	private static final int MAX_VIOLATIONS = 100;

	private final ErrorCode code;

	private final transient Map<String, Object> extensions;

	private ApiException(ErrorCode code, String message, Map<String, Object> extensions) {
		// An answer, not a fault: nobody reads its stack trace.
		super(message, null, false, false);
		this.code = code;
		Map<String, Object> all = new LinkedHashMap<>();
		all.put("code", code.name());
		all.putAll(extensions);
		this.extensions = Collections.unmodifiableMap(all);
	}

	/**
	 * A failure that has nothing but its code and message.
	 * @param code the code
	 * @param message what happened, for a person
	 * @return the exception to throw
	 */
	public static ApiException of(ErrorCode code, String message) {
		return new ApiException(code, message, Map.of());
	}

	/**
	 * The field needs an account.
	 * @param reason what is missing or wrong, for a program
	 * @param message the same, for a person
	 * @return the exception to throw
	 */
	public static ApiException unauthenticated(ErrorReason reason, String message) {
		return withReason(ErrorCode.UNAUTHENTICATED, reason, message);
	}

	/**
	 * The account may not do this.
	 * @param reason what is missing, for a program
	 * @param message the same, for a person
	 * @return the exception to throw
	 */
	public static ApiException forbidden(ErrorReason reason, String message) {
		return withReason(ErrorCode.FORBIDDEN, reason, message);
	}

	private static ApiException withReason(ErrorCode code, ErrorReason reason, String message) {
		return new ApiException(code, message, Map.of("reason", reason.name()));
	}

	/**
	 * There is nothing with this id that the account may see. That it is another
	 * account's can't be told apart.
	 * @param what the type's name in the schema, as {@code Owner}
	 * @return the exception to throw
	 */
	public static ApiException notFound(String what) {
		return of(ErrorCode.NOT_FOUND, "There is no " + what + " with this id.");
	}

	/**
	 * What was asked for contradicts what is stored.
	 * @param message what it contradicts
	 * @param violations the parts of the input that do
	 * @return the exception to throw
	 */
	public static ApiException conflict(String message, List<Violation> violations) {
		return withViolations(ErrorCode.CONFLICT, message, violations);
	}

	/**
	 * The input is faulty.
	 * @param violations all its faults, of which the first hundred are told
	 * @return the exception to throw
	 */
	public static ApiException badUserInput(List<Violation> violations) {
		String message = (violations.size() == 1) ? violations.getFirst().message()
				: "The input has " + violations.size() + " faults."
						+ ((violations.size() > MAX_VIOLATIONS) ? " These are the first " + MAX_VIOLATIONS + "." : "");
		return withViolations(ErrorCode.BAD_USER_INPUT, message, violations);
	}

	/**
	 * There is too much of something.
	 * @param message of what, and how much there may be
	 * @param retryAfter when there may be room again
	 * @return the exception to throw
	 */
	public static ApiException rateLimited(String message, Duration retryAfter) {
		return new ApiException(ErrorCode.RATE_LIMITED, message, Map.of("retryAfter", retryAfter.toSeconds()));
	}

	/**
	 * An operation exceeds a limit.
	 * @param message what it has too much of
	 * @param limit the limit's name
	 * @param value what the operation has
	 * @param max what it may have
	 * @return the exception to throw
	 */
	public static ApiException tooComplex(String message, String limit, long value, long max) {
		Map<String, Object> extensions = new LinkedHashMap<>();
		extensions.put("limit", limit);
		extensions.put("value", value);
		extensions.put("max", max);
		return new ApiException(ErrorCode.OPERATION_TOO_COMPLEX, message, extensions);
	}

	/**
	 * The account has as much of something as it may have.
	 * @param message of what, and how much that is
	 * @param quota the quota's name
	 * @param max how much it may have
	 * @return the exception to throw
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
	 * Answers the code.
	 * @return the code
	 */
	public ErrorCode code() {
		return this.code;
	}

	/**
	 * Answers what the client is told beside the message.
	 * @return the error's {@code extensions}, the code among them
	 */
	public Map<String, Object> extensions() {
		return this.extensions;
	}

}
