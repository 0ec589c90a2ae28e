package dev.kennel.graphql;

import dev.kennel.graphql.error.ApiErrors;
import graphql.GraphQLError;
import reactor.core.publisher.Mono;

import org.springframework.graphql.server.WebGraphQlInterceptor;
import org.springframework.graphql.server.WebGraphQlRequest;
import org.springframework.graphql.server.WebGraphQlResponse;
import org.springframework.stereotype.Component;

/** Gives the errors that the engine makes by itself the same shape and a code. */
@Component
class EngineErrors implements WebGraphQlInterceptor {

	@Override
	public Mono<WebGraphQlResponse> intercept(WebGraphQlRequest request, Chain chain) {
		return chain.next(request).map((response) -> {
			if (response.getExecutionResult().getErrors().isEmpty()) {
				return response;
			}
			return response.transform((builder) -> builder.errors(response.getExecutionResult()
				.getErrors()
				.stream()
				.<GraphQLError>map((error) -> ApiErrors.ofEngine(error, request.getId()))
				.toList()));
		});
	}

}
