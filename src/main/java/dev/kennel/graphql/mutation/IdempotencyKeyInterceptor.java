package dev.kennel.graphql.mutation;

import java.util.List;

import dev.kennel.graphql.error.ApiError;
import dev.kennel.graphql.error.ErrorCode;
import graphql.ExecutionResultImpl;
import reactor.core.publisher.Mono;

import org.springframework.graphql.server.WebGraphQlInterceptor;
import org.springframework.graphql.server.WebGraphQlRequest;
import org.springframework.graphql.server.WebGraphQlResponse;
import org.springframework.graphql.server.WebSocketGraphQlRequest;
import org.springframework.graphql.support.DefaultExecutionGraphQlResponse;
import org.springframework.stereotype.Component;

/** Takes the {@code Idempotency-Key} over from the HTTP request. */
@Component
class IdempotencyKeyInterceptor implements WebGraphQlInterceptor {

	private static final String HEADER = "Idempotency-Key";

	@Override
	public Mono<WebGraphQlResponse> intercept(WebGraphQlRequest request, Chain chain) {
		List<String> values = request.getHeaders().getOrEmpty(HEADER);
		// The headers of a WebSocket are those of its handshake: no request is named by
		// them.
		if (values.isEmpty() || request instanceof WebSocketGraphQlRequest) {
			return chain.next(request);
		}
		if (values.size() > 1 || !IdempotencyKey.isValid(values.getFirst())) {
			return Mono.just(refusal(request));
		}
		request.configureExecutionInput((input, builder) -> {
			IdempotencyKey.put(input.getGraphQLContext(), values.getFirst());
			return input;
		});
		return chain.next(request);
	}

	private static WebGraphQlResponse refusal(WebGraphQlRequest request) {
		ApiError error = ApiError.ofRequest(ErrorCode.BAD_REQUEST,
				"An Idempotency-Key has 1 to 255 visible characters of ASCII, and there is one.");
		return new WebGraphQlResponse(new DefaultExecutionGraphQlResponse(request.toExecutionInput(),
				ExecutionResultImpl.newExecutionResult().addError(error).build()));
	}

}
