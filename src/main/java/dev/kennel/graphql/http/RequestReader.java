package dev.kennel.graphql.http;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.kennel.error.ErrorCode;
import dev.kennel.graphql.idempotency.IdempotencyKey;
import dev.kennel.server.HeaderList;
import dev.kennel.server.HttpExchange;
import dev.kennel.server.RequestBodyListener;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;

/**
 * Reads what a client asks for: one operation, or, where that is allowed, several.
 *
 * @see <a href="https://graphql.github.io/graphql-over-http/draft/#sec-Request">GraphQL
 * over HTTP, requests</a>
 */
class RequestReader {

	private static final Set<String> PARAMETERS = Set.of(GraphQlHttpRequest.QUERY, GraphQlHttpRequest.OPERATION_NAME,
			GraphQlHttpRequest.VARIABLES, GraphQlHttpRequest.EXTENSIONS);

	private final HttpProperties limits;

	private final long maxDocumentSize;

	private final BatchingProperties batching;

	RequestReader(HttpProperties limits, long maxDocumentSize, BatchingProperties batching) {
		this.limits = limits;
		this.maxDocumentSize = maxDocumentSize;
		this.batching = batching;
	}

	/**
	 * What a request has: one operation, or the entries of a batch, each of which is well
	 * formed or refused by itself.
	 */
	sealed interface Content {

		/** One operation. */
		record Single(GraphQlHttpRequest operation) implements Content {
		}

		/** Maps with the members of operations, or whatever else was sent. */
		record Batch(List<?> entries) implements Content {
		}

	}

	/**
	 * Looks at all of a request but its body: what is refused here is refused before the
	 * body has to be sent.
	 * @param exchange the HTTP request
	 * @throws BadRequestException if it is none
	 */
	void check(HttpExchange exchange) {
		if (!IdempotencyKey.isValid(exchange.headers(IdempotencyKey.HEADER))) {
			throw BadRequestException
				.of("A request has one Idempotency-Key or none, of 1 to 255 visible characters of ASCII.");
		}
		switch (exchange.method()) {
			case "POST" -> {
				requireJson(exchange);
				if (exchange.contentLength() > maxBodySize()) {
					throw tooLarge();
				}
			}
			case "GET", "HEAD" -> {
			}
			default -> throw new BadRequestException(HttpStatus.METHOD_NOT_ALLOWED.value(),
					ErrorCode.METHOD_NOT_ALLOWED, "Send operations with POST, or queries with GET.",
					Map.of(HttpHeaders.ALLOW, GraphQlEndpoint.ALLOW));
		}
	}

	int maxBodySize() {
		return Math.toIntExact(this.limits.maxBodySize().toBytes());
	}

	/**
	 * Reads a request without a body.
	 * @param exchange the HTTP request
	 * @return what is to be run
	 * @throws BadRequestException if it is none
	 */
	Content readParameters(HttpExchange exchange) {
		Map<String, String> parameters = UrlQueryParameters.read(exchange.query(), PARAMETERS);
		Map<String, @Nullable Object> members = new HashMap<>(parameters);
		for (String name : List.of(GraphQlHttpRequest.VARIABLES, GraphQlHttpRequest.EXTENSIONS)) {
			String json = parameters.get(name);
			if (json != null) {
				members.put(name, StrictJson.read(json));
			}
		}
		return new Content.Single(checked(members));
	}

	/**
	 * Reads a request with a body.
	 * @param exchange the HTTP request
	 * @param body its body
	 * @return what is to be run
	 * @throws BadRequestException if it is none
	 */
	Content readBody(HttpExchange exchange, byte[] body) {
		Object json = StrictJson.read(body);
		if (json instanceof Map<?, ?> members) {
			return new Content.Single(checked(members));
		}
		if (json instanceof List<?> entries) {
			requireBatch(entries, !exchange.headers(IdempotencyKey.HEADER).isEmpty());
			return new Content.Batch(entries);
		}
		throw BadRequestException.illFormed("The body has to be a JSON object.");
	}

	private void requireBatch(List<?> entries, boolean hasKey) {
		int limit = this.batching.maxSize();
		if (limit == 0) {
			throw BadRequestException
				.illFormed("Batches are not taken here: send one operation as a JSON object, which may have several "
						+ "fields (kennel.graphql.batching.max-size).");
		}
		if (entries.isEmpty() || entries.size() > limit) {
			throw BadRequestException
				.illFormed("A batch has 1 to " + limit + " operations (kennel.graphql.batching.max-size).");
		}
		if (hasKey) {
			// The fields of two operations would be taken for each other.
			throw BadRequestException.illFormed("A batch can't have an Idempotency-Key: send the mutation by itself.");
		}
	}

	private GraphQlHttpRequest checked(Map<?, ?> members) {
		GraphQlHttpRequest operation = GraphQlHttpRequest.of(members);
		operation.requireSize(this.maxDocumentSize, this.maxDocumentSize);
		return operation;
	}

	private static void requireJson(HttpExchange exchange) {
		if (!ContentType.isJsonInUtf8(exchange.header(HttpHeaders.CONTENT_TYPE))) {
			throw new BadRequestException(HttpStatus.UNSUPPORTED_MEDIA_TYPE.value(), ErrorCode.UNSUPPORTED_MEDIA_TYPE,
					"The body has to be application/json in UTF-8, and the Content-Type has to say so.",
					Map.of(HttpHeaders.ACCEPT, MediaType.APPLICATION_JSON_VALUE));
		}
		if (exchange.headers(HttpHeaders.CONTENT_TYPE).size() > 1) {
			throw BadRequestException.of("There is more than one Content-Type.");
		}
		List<String> codings = HeaderList.elements(exchange.headers(HttpHeaders.CONTENT_ENCODING));
		if (!codings.stream().allMatch("identity"::equalsIgnoreCase)) {
			throw new BadRequestException(HttpStatus.UNSUPPORTED_MEDIA_TYPE.value(), ErrorCode.UNSUPPORTED_MEDIA_TYPE,
					"The body has to be sent without a Content-Encoding.",
					Map.of(HttpHeaders.ACCEPT_ENCODING, "identity"));
		}
	}

	/**
	 * The refusal of a request whose body can't be had.
	 * @param failure why
	 */
	BadRequestException refusal(RequestBodyListener.Failure failure) {
		return switch (failure) {
			case TOO_LARGE -> tooLarge();
			case TOO_SLOW ->
				// What is left of the body is not waited for.
				new BadRequestException(HttpStatus.REQUEST_TIMEOUT.value(), ErrorCode.BAD_REQUEST,
						"The body did not arrive in time.", Map.of(HttpHeaders.CONNECTION, "close"));
			case NO_MEMORY -> unavailable("Too many large requests are being read. Try again shortly.");
			case STOPPING -> unavailable("The service is being stopped.");
			case MALFORMED -> new BadRequestException(HttpStatus.BAD_REQUEST.value(), ErrorCode.BAD_REQUEST,
					"The body can't be read to its end.", Map.of(HttpHeaders.CONNECTION, "close"));
		};
	}

	private static BadRequestException unavailable(String message) {
		return new BadRequestException(HttpStatus.SERVICE_UNAVAILABLE.value(), ErrorCode.UNAVAILABLE, message,
				Map.of(HttpHeaders.RETRY_AFTER, "1", HttpHeaders.CONNECTION, "close"));
	}

	private BadRequestException tooLarge() {
		return new BadRequestException(HttpStatus.CONTENT_TOO_LARGE.value(), ErrorCode.PAYLOAD_TOO_LARGE,
				"The body may have " + maxBodySize() + " bytes (kennel.graphql.limits.max-body-size).");
	}

}
