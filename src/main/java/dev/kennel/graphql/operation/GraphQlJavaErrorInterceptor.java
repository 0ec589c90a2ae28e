package dev.kennel.graphql.operation;

import java.util.List;
import java.util.Objects;

import dev.kennel.error.ApiErrorFactory;
import graphql.ErrorType;
import graphql.ExecutionResult;
import graphql.GraphQLError;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

import org.springframework.graphql.server.WebGraphQlRequest;
import org.springframework.graphql.server.WebGraphQlResponse;
import org.springframework.stereotype.Component;

/**
 * Converts the errors that graphql-java reports itself to Kennel's format, with a code.
 */
@Component
class GraphQlJavaErrorInterceptor implements OperationInterceptor {

	@Override
	public WebGraphQlResponse after(WebGraphQlRequest request, WebGraphQlResponse response) {
		if (response.getExecutionResult().getData() instanceof Publisher<?> events) {
			return response.transform((builder) -> builder.data(Flux.from(events)
				.map((event) -> (event instanceof ExecutionResult result) ? withCodes(result, request) : event)));
		}
		if (response.getExecutionResult().getErrors().isEmpty()) {
			return response;
		}
		return response
			.transform((builder) -> builder.errors(convert(response.getExecutionResult().getErrors(), request)));
	}

	private static ExecutionResult withCodes(ExecutionResult event, WebGraphQlRequest request) {
		return event.getErrors().isEmpty() ? event
				: event.transform((builder) -> builder.errors(convert(event.getErrors(), request)));
	}

	/** Converts the errors of a response, or of a part of it. */
	static List<GraphQLError> convert(List<GraphQLError> errors, WebGraphQlRequest request) {
		return errors.stream()
			.filter((error) -> !isExplained(error, errors))
			.<GraphQLError>map((error) -> ApiErrorFactory.ofGraphQlJava(error, request.getId()))
			.toList();
	}

	/**
	 * Returns whether an error only reports null in a non-null position, and another
	 * error reports the cause.
	 * @see <a href=
	 * "https://spec.graphql.org/September2025/#sec-Handling-Execution-Errors">GraphQL,
	 * handling execution errors</a>
	 */
	private static boolean isExplained(GraphQLError error, List<GraphQLError> errors) {
		return error.getErrorType() == ErrorType.NullValueInNonNullableField && errors.stream()
			.anyMatch((other) -> other.getErrorType() != ErrorType.NullValueInNonNullableField
					&& Objects.equals(other.getPath(), error.getPath()));
	}

}
