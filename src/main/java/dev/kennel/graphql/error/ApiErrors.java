package dev.kennel.graphql.error;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import dev.kennel.database.StoreFailures;
import graphql.ErrorType;
import graphql.GraphQLError;
import graphql.execution.InputMapDefinesTooManyFieldsException;
import graphql.execution.NonNullableFieldWasNullError;
import graphql.execution.NonNullableValueCoercedAsNullException;
import graphql.execution.UnknownOperationException;
import graphql.introspection.GoodFaithIntrospection.BadFaithIntrospectionError;
import graphql.language.SourceLocation;
import graphql.schema.CoercingParseLiteralException;
import graphql.schema.CoercingParseValueException;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.ElementKind;
import jakarta.validation.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.validation.BindException;
import org.springframework.validation.FieldError;

/**
 * Makes the error that a client sees of whatever went wrong. Every error in every
 * response comes from here.
 */
public final class ApiErrors {

	private static final Logger logger = LoggerFactory.getLogger(ApiErrors.class);

	/** A value in a message of the engine, and what comes after. */
	private static final Pattern VALUE = Pattern.compile(
			" with value '.*'(?= is not| must| contains| is missing)| ?: '.*?'\\. because of.*|\\. because of.*",
			Pattern.DOTALL);

	/** The codes of violations, by the constraint that found them. */
	private static final Map<String, String> CODES = Map.of("CodePointLength", "LENGTH", "Size", "LENGTH", "PlainText",
			"CHARACTERS", "Pattern", "FORMAT", "Email", "FORMAT", "IdOf", "ID", "UncommonPassword", "COMMON",
			"YearRange", "RANGE", "NotNull", "REQUIRED");

	/** How the constraints are named by which rows belong to an account. */
	private static final String ACCOUNT_EXISTS = "_user_exists";

	private ApiErrors() {
	}

	/**
	 * Makes the error of a failed field.
	 * @param failure what the field's controller or loader threw
	 * @param requestId the request's id, for the log and, if the failure is a fault of
	 * the service, for the client
	 * @param location where the field is in the document
	 * @param path the field's response path
	 * @return the error
	 */
	public static ApiError ofField(Throwable failure, String requestId, @Nullable SourceLocation location,
			@Nullable List<Object> path) {
		List<SourceLocation> locations = (location != null) ? List.of(location) : null;
		ApiException told = told(failure);
		if (told != null) {
			return new ApiError(told.code(), String.valueOf(told.getMessage()), locations, path, told.extensions());
		}
		logger.error("Request {} failed at {}", requestId, path, failure);
		return internal(requestId, locations, path);
	}

	/**
	 * Makes the error of a failure that has no field.
	 * @param failure what was thrown
	 * @param requestId the request's id
	 * @return the error
	 */
	public static ApiError ofRequest(Throwable failure, String requestId) {
		return ofField(failure, requestId, null, null);
	}

	/**
	 * Makes the error of what the engine reports by itself: faults of the document and of
	 * the variables.
	 * @param error the engine's error, or one made here already, which is answered
	 * unchanged
	 * @param requestId the request's id
	 * @return the error
	 */
	public static ApiError ofEngine(GraphQLError error, String requestId) {
		if (error instanceof ApiError apiError) {
			return apiError;
		}
		ErrorCode code = codeOfEngine(error);
		if (code == null) {
			logger.error("Request {} failed at {}: {}", requestId, error.getPath(), error.getMessage(),
					(error instanceof Throwable throwable) ? throwable : null);
			return internal(requestId, error.getLocations(), error.getPath());
		}
		return new ApiError(code, withoutValues(error.getMessage()), error.getLocations(), error.getPath(),
				Map.of("code", code.name()));
	}

	/**
	 * The engine repeats faulty values, which may be passwords, and words of its own
	 * inside: a client knows the former, and needs the latter as little as a log does.
	 */
	private static String withoutValues(String message) {
		return VALUE.matcher(message).replaceAll("");
	}

	private static @Nullable ErrorCode codeOfEngine(GraphQLError error) {
		if (error instanceof NonNullableFieldWasNullError) {
			return null;
		}
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
			case ValidationError -> ErrorCode.GRAPHQL_VALIDATION_FAILED;
			case OperationNotSupported -> ErrorCode.OPERATION_RESOLUTION_FAILURE;
			case ExecutionAborted -> ErrorCode.OPERATION_TOO_COMPLEX;
			case DataFetchingException, NullValueInNonNullableField -> null;
		} : null;
	}

	/**
	 * Makes the error of a fault that has been logged already.
	 * @param requestId the request's id
	 * @return the error
	 */
	public static ApiError ofFault(String requestId) {
		return internal(requestId, null, null);
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

	private static @Nullable ApiException told(Throwable failure) {
		if (failure instanceof ApiException apiException) {
			return apiException;
		}
		if (failure instanceof ConstraintViolationException violations) {
			return ApiException.badUserInput(violations.getConstraintViolations()
				.stream()
				.map(ApiErrors::violation)
				.sorted(Comparator.comparing((Violation violation) -> violation.path().toString())
					.thenComparing(Violation::code))
				.toList());
		}
		if (failure instanceof BindException faults) {
			return ApiException.badUserInput(faults.getFieldErrors().stream().map(ApiErrors::violation).toList());
		}
		String constraint = StoreFailures.violatedConstraint(failure);
		if (constraint != null && constraint.endsWith(ACCOUNT_EXISTS)) {
			// It was deleted while the request was on its way.
			return ApiException.unauthenticated("The account has been deleted.");
		}
		if (StoreFailures.isTooLate(failure)) {
			return ApiException.of(ErrorCode.TIMEOUT,
					"This has taken too long, and was stopped (kennel.graphql.limits.deadline).");
		}
		if (StoreFailures.isUnavailable(failure)) {
			logger.warn("The database can't be reached: {}", failure.toString());
			return ApiException.of(ErrorCode.UNAVAILABLE,
					"The service can't answer for the moment. Try again shortly.");
		}
		if (StoreFailures.isContention(failure)) {
			logger.warn("A transaction gave way to others each time: {}", failure.toString());
			return ApiException.of(ErrorCode.UNAVAILABLE,
					"Too much is being changed at once. Nothing was changed. Try again shortly.");
		}
		return null;
	}

	private static Violation violation(ConstraintViolation<?> violation) {
		List<Object> path = new ArrayList<>();
		for (Path.Node node : violation.getPropertyPath()) {
			Integer index = node.getIndex();
			if (index != null) {
				path.add(index);
			}
			if (node.getKind() == ElementKind.PARAMETER || node.getKind() == ElementKind.PROPERTY) {
				path.add(node.getName());
			}
		}
		String constraint = violation.getConstraintDescriptor().getAnnotation().annotationType().getSimpleName();
		return new Violation(path, CODES.getOrDefault(constraint, "INVALID"), violation.getMessage());
	}

	private static Violation violation(FieldError error) {
		return new Violation(List.copyOf(Arrays.asList(error.getField().split("\\."))), "TYPE",
				"The value has the wrong type.");
	}

}
