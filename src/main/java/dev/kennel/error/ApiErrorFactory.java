package dev.kennel.error;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.kennel.database.BurstWarning;
import dev.kennel.database.sql.SqlFailureClassifier;
import graphql.ErrorType;
import graphql.GraphQLError;
import graphql.execution.InputMapDefinesTooManyFieldsException;
import graphql.execution.NonNullableValueCoercedAsNullException;
import graphql.execution.UnknownOperationException;
import graphql.introspection.GoodFaithIntrospection.BadFaithIntrospectionError;
import graphql.language.SourceLocation;
import graphql.schema.CoercingParseLiteralException;
import graphql.schema.CoercingParseValueException;
import jakarta.validation.ConstraintViolationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.validation.BindException;

/**
 * Maps failures, and errors of graphql-java, to the errors of responses.
 */
public final class ApiErrorFactory {

	private static final String NOT_AVAILABLE = "The service is not available at the moment. Try again shortly.";

	private static final Logger logger = LoggerFactory.getLogger(ApiErrorFactory.class);

	private static final BurstWarning UNAVAILABLE = new BurstWarning(logger, "The database is unavailable: {}");

	private static final BurstWarning CONTENTION = new BurstWarning(logger,
			"A transaction was aborted by conflicts on every attempt: {}");

	/**
	 * The positions of client values in messages of graphql-java, by the texts in its
	 * {@code i18n}: in errors of arguments, of numbers, of enums, and of default values.
	 */
	private static final Pattern VALUE = Pattern.compile(" with value '.*'(?= is not| must| contains| is missing)"
			+ "|(?<=integer range|(?:String|Boolean|Number) input), but it was a '.*'|(?<=Unknown value|No value found for name|Bad default value) '.*'"
			+ "(?= for type |$)|(?<=not in allowable values for enum '[A-Za-z0-9_]{1,100}') - '.*'", Pattern.DOTALL);

	/** It names classes of Java: what was expected, and what the variable is. */
	private static final Pattern NO_INPUT_OBJECT = Pattern
		.compile("Expected type 'Map' but was '\\w*'\\. Variables for input objects must be an instance of type 'Map'");

	/** A token that is a string, or starts one. */
	private static final Pattern STRING_TOKEN = Pattern.compile("'[^']*\".*'(?= at line )", Pattern.DOTALL);

	/**
	 * Longer than messages of graphql-java with names of a schema; a document may contain
	 * names of any length.
	 */
	private static final int MAX_MESSAGE = 400;

	/** The limit of characters that are searched for values. */
	private static final int MAX_SEARCHED = 2_000;

	/** The suffix of the foreign key constraints that reference an account. */
	private static final String ACCOUNT_EXISTS = "_user_exists";

	/** The logged faults of current requests. */
	private static final Cache<String, Boolean> LOGGED = Caffeine.newBuilder()
		.maximumSize(1_000)
		.expireAfterWrite(Duration.ofMinutes(1))
		.build();

	private static final LongAdder FAULTS = new LongAdder();

	private ApiErrorFactory() {
	}

	/**
	 * Returns the error of a failed field.
	 * @param failure the exception of the controller or data loader
	 * @param requestId the id of the request, for the log and, if the failure is a fault
	 * of the service, for the client
	 * @param location the location of the field in the document
	 * @param path the response path of the field
	 * @return the error
	 */
	public static ApiError ofField(Throwable failure, String requestId, @Nullable SourceLocation location,
			@Nullable List<Object> path) {
		List<SourceLocation> locations = (location != null) ? List.of(location) : null;
		ApiException explained = explained(failure);
		if (explained != null) {
			return new ApiError(explained.code(), String.valueOf(explained.getMessage()), locations, path,
					explained.extensions());
		}
		if (countIfNew(requestId, failure)) {
			logger.error("Request {} failed at {}", requestId, path, failure);
		}
		return internal(requestId, locations, path);
	}

	/**
	 * Returns the error of a failure outside of a field.
	 * @param failure the exception
	 * @param requestId the id of the request
	 * @return the error
	 */
	public static ApiError ofRequest(Throwable failure, String requestId) {
		return ofField(failure, requestId, null, null);
	}

	/**
	 * Returns the error for one of graphql-java, such as a fault of the document or of
	 * the variables.
	 * @param error the error of graphql-java, or an {@link ApiError}, which is returned
	 * unchanged
	 * @param requestId the id of the request
	 * @return the error
	 */
	public static ApiError ofGraphQlJava(GraphQLError error, String requestId) {
		if (error instanceof ApiError apiError) {
			return apiError;
		}
		ErrorCode code = codeOfGraphQlJava(error);
		if (code == null) {
			Throwable failure = (error instanceof Throwable throwable) ? throwable : null;
			if (countIfNew(requestId, (failure != null) ? failure : error)) {
				logger.error("Request {} failed at {}: {}", requestId, error.getPath(), error.getMessage(), failure);
			}
			return internal(requestId, error.getLocations(), error.getPath());
		}
		return new ApiError(code, withoutValues(error.getMessage()), error.getLocations(), error.getPath(),
				Map.of("code", code.name()));
	}

	/**
	 * Returns the error of an invalid document.
	 * @param message the message of graphql-java
	 * @param locations the locations in the document
	 * @param coordinate the schema coordinate of what the document names there, or null
	 * @return the error, with GRAPHQL_VALIDATION_FAILED
	 */
	public static ApiError ofValidation(String message, List<SourceLocation> locations, @Nullable String coordinate) {
		Map<String, Object> extensions = new LinkedHashMap<>();
		extensions.put("code", ErrorCode.GRAPHQL_VALIDATION_FAILED.name());
		if (coordinate != null && coordinate.length() <= MAX_MESSAGE) {
			extensions.put("coordinate", coordinate);
		}
		return new ApiError(ErrorCode.GRAPHQL_VALIDATION_FAILED, withoutValues(message), locations, null, extensions);
	}

	/** Returns how many faults this class has logged, each kind once for a request. */
	static long faults() {
		return FAULTS.sum();
	}

	/**
	 * Counts a fault if it is the first of its kind in a request, which can meet the same
	 * fault in each of a thousand objects. Returns whether it is: only that is logged.
	 */
	private static boolean countIfNew(String requestId, Object failure) {
		StackTraceElement[] frames = (failure instanceof Throwable throwable) ? throwable.getStackTrace()
				: new StackTraceElement[0];
		String origin = (frames.length > 0) ? frames[0].toString() : "";
		boolean isNew = LOGGED.asMap()
			.putIfAbsent(requestId + " " + failure.getClass().getName() + " " + origin, true) == null;
		if (isNew) {
			FAULTS.increment();
		}
		return isNew;
	}

	/**
	 * Removes the invalid values that messages of graphql-java repeat: they may be
	 * passwords, and need not be logged. Names and tokens of the document remain, up to a
	 * maximum length.
	 */
	private static String withoutValues(String message) {
		// Start and end identify a long message. Searching all of it would take time
		// quadratic in its length.
		String searched = (message.length() <= MAX_SEARCHED) ? message
				: message.substring(0, MAX_SEARCHED / 2) + "…" + message.substring(message.length() - MAX_SEARCHED / 2);
		String shown = NO_INPUT_OBJECT
			.matcher(STRING_TOKEN.matcher(VALUE.matcher(searched).replaceAll("")).replaceAll("'\"…\"'"))
			.replaceAll("Expected an input object");
		return (shown.codePointCount(0, shown.length()) <= MAX_MESSAGE) ? shown
				: shown.substring(0, shown.offsetByCodePoints(0, MAX_MESSAGE)) + "…";
	}

	private static @Nullable ErrorCode codeOfGraphQlJava(GraphQLError error) {
		if (error instanceof UnknownOperationException) {
			return ErrorCode.OPERATION_RESOLUTION_FAILURE;
		}
		if (error instanceof CoercingParseValueException || error instanceof CoercingParseLiteralException
				|| error instanceof NonNullableValueCoercedAsNullException
				|| error instanceof InputMapDefinesTooManyFieldsException) {
			return ErrorCode.BAD_USER_INPUT;
		}
		if (error instanceof BadFaithIntrospectionError) {
			return ErrorCode.OPERATION_TOO_COMPLEX;
		}
		return (error.getErrorType() instanceof ErrorType type) ? switch (type) {
			case InvalidSyntax -> ErrorCode.GRAPHQL_PARSE_FAILED;
			// With a path, it is a variable's value that is invalid, not the document.
			case ValidationError ->
				(error.getPath() != null) ? ErrorCode.BAD_USER_INPUT : ErrorCode.GRAPHQL_VALIDATION_FAILED;
			case OperationNotSupported -> ErrorCode.OPERATION_RESOLUTION_FAILURE;
			case ExecutionAborted -> ErrorCode.OPERATION_TOO_COMPLEX;
			case DataFetchingException, NullValueInNonNullableField -> null;
		} : null;
	}

	/**
	 * Returns the error of a fault that has been logged already.
	 * @param requestId the id of the request
	 * @return the error
	 */
	public static ApiError ofFault(String requestId) {
		return internal(requestId, null, null);
	}

	/**
	 * Returns the error of a request that the service can't execute at the moment.
	 * @return the error, with UNAVAILABLE
	 */
	public static ApiError ofUnavailable() {
		return ApiError.ofRequest(ErrorCode.UNAVAILABLE, NOT_AVAILABLE);
	}

	private static ApiError internal(String requestId, @Nullable List<SourceLocation> locations,
			@Nullable List<Object> path) {
		Map<String, Object> extensions = new LinkedHashMap<>();
		extensions.put("code", ErrorCode.INTERNAL_SERVER_ERROR.name());
		extensions.put("requestId", requestId);
		return new ApiError(ErrorCode.INTERNAL_SERVER_ERROR,
				"Something went wrong in the service. If you report it, give the request id.", locations, path,
				extensions);
	}

	private static @Nullable ApiException explained(Throwable failure) {
		if (failure instanceof ApiException apiException) {
			return apiException;
		}
		if (failure instanceof ConstraintViolationException violationException) {
			return ApiException.badUserInput(ViolationMapper.of(violationException.getConstraintViolations()));
		}
		if (failure instanceof BindException bindException) {
			return ApiException.badUserInput(bindException.getFieldErrors().stream().map(ViolationMapper::of).toList());
		}
		if (failure instanceof GraphQLError coercion && codeOfGraphQlJava(coercion) == ErrorCode.BAD_USER_INPUT) {
			// An argument with a variable: all others are coerced before execution.
			return ApiException.of(ErrorCode.BAD_USER_INPUT, withoutValues(coercion.getMessage()));
		}
		String constraint = SqlFailureClassifier.violatedConstraint(failure);
		if (constraint != null && constraint.endsWith(ACCOUNT_EXISTS)) {
			// A concurrent request has deleted the account.
			return ApiException.unauthenticated(ErrorReason.SESSION_ENDED, "The account has been deleted.");
		}
		if (SqlFailureClassifier.isDeadlineExceeded(failure)) {
			return ApiException.of(ErrorCode.TIMEOUT,
					"The operation exceeded its deadline and was cancelled (kennel.graphql.limits.deadline).");
		}
		if (SqlFailureClassifier.isUnavailable(failure)) {
			UNAVAILABLE.log(failure);
			return ApiException.of(ErrorCode.UNAVAILABLE, NOT_AVAILABLE);
		}
		if (SqlFailureClassifier.isContention(failure)) {
			CONTENTION.log(failure);
			return ApiException.of(ErrorCode.UNAVAILABLE,
					"The transaction conflicted with concurrent ones on every attempt. Nothing was changed. Try again shortly.");
		}
		return null;
	}

}
