package dev.kennel.error;

import java.io.Serial;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import graphql.ErrorClassification;
import graphql.GraphQLError;
import graphql.language.SourceLocation;
import org.jspecify.annotations.Nullable;

/**
 * An error of a response, with exactly the members that the specification defines.
 *
 * @see <a href="https://spec.graphql.org/September2025/#sec-Errors">GraphQL, section
 * 7.1.2</a>
 */
public final class ApiError implements GraphQLError {

	@Serial
	private static final long serialVersionUID = 1L;

	private final ErrorCode code;

	private final String message;

	private final transient @Nullable List<SourceLocation> locations;

	private final transient @Nullable List<Object> path;

	private final transient Map<String, Object> extensions;

	ApiError(ErrorCode code, String message, @Nullable List<SourceLocation> locations, @Nullable List<Object> path,
			Map<String, Object> extensions) {
		this.code = code;
		this.message = message;
		this.locations = locations;
		this.path = path;
		this.extensions = extensions;
	}

	/**
	 * Returns the error of a request without an executable operation.
	 * @param code the code
	 * @param message the fault of the request
	 * @return the error
	 */
	public static ApiError ofRequest(ErrorCode code, String message) {
		return new ApiError(code, message, null, null, Map.of("code", code.name()));
	}

	@Override
	public String getMessage() {
		return this.message;
	}

	@Override
	public @Nullable List<SourceLocation> getLocations() {
		return this.locations;
	}

	@Override
	public @Nullable List<Object> getPath() {
		return this.path;
	}

	@Override
	public ErrorClassification getErrorType() {
		return this.code;
	}

	/**
	 * Returns the code.
	 * @return the value of {@code extensions.code}
	 */
	public ErrorCode code() {
		return this.code;
	}

	@Override
	public Map<String, Object> getExtensions() {
		return this.extensions;
	}

	private static Map<String, Object> toSpecification(SourceLocation location) {
		Map<String, Object> members = new LinkedHashMap<>();
		members.put("line", location.getLine());
		members.put("column", location.getColumn());
		return members;
	}

	@Override
	public Map<String, Object> toSpecification() {
		Map<String, Object> members = new LinkedHashMap<>();
		members.put("message", this.message);
		if (this.locations != null && !this.locations.isEmpty()) {
			members.put("locations", this.locations.stream().map(ApiError::toSpecification).toList());
		}
		if (this.path != null) {
			members.put("path", this.path);
		}
		members.put("extensions", this.extensions);
		return members;
	}

}
