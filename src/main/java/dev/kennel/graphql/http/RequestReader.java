package dev.kennel.graphql.http;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.kennel.error.ErrorCode;
import dev.kennel.graphql.idempotency.IdempotencyKey;
import dev.kennel.graphql.limit.LimitProperties;
import dev.kennel.server.HttpExchange;
import dev.kennel.server.RequestBodyListener;
import dev.kennel.server.header.HeaderList;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;

/**
 * Parses requests: one operation, or a batch if batching is enabled.
 *
 * @see <a href="https://graphql.github.io/graphql-over-http/draft/#sec-Request">GraphQL
 * over HTTP, requests</a>
 */
class RequestReader {

	private static final Set<String> PARAMETER_NAMES = Set.of(GraphQlRequestParameters.QUERY,
			GraphQlRequestParameters.DOCUMENT_ID, GraphQlRequestParameters.OPERATION_NAME,
			GraphQlRequestParameters.VARIABLES, GraphQlRequestParameters.ON_ERROR, GraphQlRequestParameters.EXTENSIONS);

	private final LimitProperties limits;

	private final long maxDocumentSize;

	private final BatchingProperties batching;

	RequestReader(LimitProperties limits, BatchingProperties batching) {
		this.limits = limits;
		this.maxDocumentSize = limits.maxDocumentSize().toBytes();
		this.batching = batching;
	}

	/**
	 * The content of a request: one operation, or the entries of a batch, each of which
	 * is validated separately.
	 */
	sealed interface Content {

		/** The parameters of one operation. */
		record Single(GraphQlRequestParameters parameters) implements Content {
		}

		/**
		 * The entries of a JSON array: maps with the members of requests, or invalid
		 * values.
		 */
		record Batch(List<?> entries) implements Content {
		}

	}

	/**
	 * Validates the method and headers of a request, before the client has to send the
	 * body.
	 * @param exchange the HTTP request
	 * @throws BadRequestException if the request is invalid
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
	 * Parses a request without a body.
	 * @param exchange the HTTP request
	 * @return the operation
	 * @throws BadRequestException if the parameters are invalid
	 */
	Content readParameters(HttpExchange exchange) {
		Map<String, String> parameters = UrlQueryParameters.read(exchange.query(), PARAMETER_NAMES);
		Map<String, @Nullable Object> members = new HashMap<>(parameters);
		for (String name : List.of(GraphQlRequestParameters.VARIABLES, GraphQlRequestParameters.EXTENSIONS)) {
			String json = parameters.get(name);
			if (json != null) {
				members.put(name, StrictJson.read(json));
			}
		}
		return new Content.Single(validParameters(members));
	}

	/**
	 * Parses a request with a body.
	 * @param exchange the HTTP request
	 * @param body the body
	 * @return the operation or batch
	 * @throws BadRequestException if the body is invalid
	 */
	Content readBody(HttpExchange exchange, byte[] body) {
		Object json = StrictJson.read(body);
		if (json instanceof Map<?, ?> members) {
			return new Content.Single(validParameters(members));
		}
		if (json instanceof List<?> entries) {
			checkBatchSize(entries, !exchange.headers(IdempotencyKey.HEADER).isEmpty());
			return new Content.Batch(entries);
		}
		throw BadRequestException.illFormed("The body has to be a JSON object.");
	}

	private void checkBatchSize(List<?> entries, boolean hasKey) {
		int limit = this.batching.maxSize();
		if (limit == 0) {
			throw BadRequestException.illFormed("Batching is disabled: send one operation as a JSON object "
					+ "(kennel.graphql.batching.max-size).");
		}
		if (entries.isEmpty() || entries.size() > limit) {
			throw BadRequestException
				.illFormed("A batch has 1 to " + limit + " operations (kennel.graphql.batching.max-size).");
		}
		if (hasKey) {
			// The stored results of two operations would be confused.
			throw BadRequestException.illFormed("A batch can't have an Idempotency-Key: send the mutation by itself.");
		}
	}

	private GraphQlRequestParameters validParameters(Map<?, ?> members) {
		GraphQlRequestParameters parameters = GraphQlRequestParameters.of(members);
		parameters.checkSize(this.maxDocumentSize, this.maxDocumentSize);
		return parameters;
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
		if (!HeaderList.areAll(codings, "identity")) {
			throw new BadRequestException(HttpStatus.UNSUPPORTED_MEDIA_TYPE.value(), ErrorCode.UNSUPPORTED_MEDIA_TYPE,
					"The body has to be sent without a Content-Encoding.",
					Map.of(HttpHeaders.ACCEPT_ENCODING, "identity"));
		}
	}

	/**
	 * Returns the error for a request whose body could not be read.
	 * @param failure the reason
	 */
	BadRequestException refusal(RequestBodyListener.Failure failure) {
		return switch (failure) {
			case TOO_LARGE -> tooLarge();
			case TOO_SLOW ->
				// The connection is closed without waiting for the rest of the body.
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
				"The body exceeds " + maxBodySize() + " bytes (kennel.graphql.limits.max-body-size).");
	}

}
