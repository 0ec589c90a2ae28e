package dev.kennel.graphql.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;

import dev.kennel.engine.ResponseJson;
import dev.kennel.error.ApiError;
import dev.kennel.graphql.document.PreparedOperation;
import dev.kennel.graphql.operation.OperationContext;
import dev.kennel.secret.Sha256;
import dev.kennel.server.HttpExchange;
import dev.kennel.server.header.ContentCoding;
import dev.kennel.server.header.HeaderList;
import graphql.language.OperationDefinition;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.graphql.server.WebGraphQlResponse;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;

/**
 * Serializes responses and sets their HTTP metadata: media type, length, cache control,
 * entity tag and content coding.
 */
class ResponseWriter {

	/**
	 * Responses to POST may contain tokens: neither caches nor the browser's disk may
	 * store them.
	 */
	static final String NO_STORE = "no-store";

	/**
	 * Account data may be cached by the account's own browser only, which revalidates it
	 * on each use.
	 */
	private static final String PRIVATE_REVALIDATED = "private, no-cache";

	private static final String VARY = "Accept, Accept-Encoding, Authorization, Cookie";

	/**
	 * Bytes of a SHA-256: enough to rule out collisions between the responses of an
	 * account.
	 */
	private static final int ETAG_BYTES = 16;

	private final JsonMapper json;

	private final HttpProperties properties;

	ResponseWriter(JsonMapper json, HttpProperties properties) {
		this.json = json;
		this.properties = properties;
	}

	/**
	 * Writes the response to a query or mutation.
	 * @param exchange the HTTP request and its response
	 * @param response the result of the operation
	 * @param accepted the media type that the client prefers
	 */
	void write(HttpExchange exchange, WebGraphQlResponse response, ResponseMediaType accepted) {
		StatusCodes codes = this.properties.statusCodes();
		int status = codes.of(response.getExecutionResult(), accepted);
		ResponseMediaType mediaType = codes.mediaType(status, accepted);
		if (status == HttpStatus.METHOD_NOT_ALLOWED.value()) {
			exchange.setHeader(HttpHeaders.ALLOW, "POST");
		}
		try (ResponseJson json = ResponseJson.of(response.toMap())) {
			write(exchange, response, new JsonResponse(status, mediaType, json));
		}
	}

	private void write(HttpExchange exchange, WebGraphQlResponse result, JsonResponse response) {
		boolean safe = GraphQlEndpoint.isSafe(exchange);
		if (safe && response.status() == HttpStatus.OK.value() && result.getExecutionResult().getErrors().isEmpty()) {
			exchange.setHeader(HttpHeaders.CACHE_CONTROL, PRIVATE_REVALIDATED);
			exchange.addHeader(HttpHeaders.VARY, VARY);
			String tag = tag(response.json().toByteArray(), response.mediaType().contentType());
			exchange.setHeader(HttpHeaders.ETAG, tag);
			if (HeaderList.hasEntityTag(exchange.headers(HttpHeaders.IF_NONE_MATCH), tag)) {
				exchange.respond(HttpStatus.NOT_MODIFIED.value());
				return;
			}
		}
		else {
			exchange.setHeader(HttpHeaders.CACHE_CONTROL, NO_STORE);
		}
		// Only queries are compressed. Responses to mutations may contain tokens beside
		// input of an attacker: their compressed length could reveal the tokens (BREACH).
		if (response.json().length() >= this.properties.compressFrom().toBytes() && isQuery(result)) {
			if (!safe) {
				exchange.addHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
			}
			ContentCoding coding = ContentCoding.negotiate(exchange.headers(HttpHeaders.ACCEPT_ENCODING));
			if (coding != null) {
				exchange.setHeader(HttpHeaders.CONTENT_ENCODING, coding.token());
				byte[] compressed = coding.compress(response.json().toByteArray());
				exchange.respond(response.status(), response.mediaType().contentType(), compressed.length,
						(output) -> output.write(compressed));
				return;
			}
		}
		exchange.respond(response.status(), response.mediaType().contentType(), response.json().length(),
				response.json()::writeTo);
	}

	private static boolean isQuery(WebGraphQlResponse result) {
		PreparedOperation operation = OperationContext.of(result.getExecutionInput()).operation();
		return operation != null && operation.definition().getOperation() == OperationDefinition.Operation.QUERY;
	}

	/** A serialized response with its status and media type. */
	private record JsonResponse(int status, ResponseMediaType mediaType, ResponseJson json) {
	}

	/**
	 * Writes the response to a batch.
	 * @param exchange the HTTP request and its response
	 * @param results the result of each entry, in order
	 * @param mediaType the media type
	 */
	void writeBatch(HttpExchange exchange, List<Map<String, Object>> results, ResponseMediaType mediaType) {
		exchange.setHeader(HttpHeaders.CACHE_CONTROL, NO_STORE);
		byte[] body = this.json.writeValueAsBytes(results);
		exchange.respond(HttpStatus.OK.value(), mediaType.contentType(), body.length, (output) -> output.write(body));
	}

	/**
	 * Writes the response to a request that is rejected before execution.
	 * @param exchange the HTTP request and its response
	 * @param status the HTTP status
	 * @param error the error
	 * @param accepted the media type that the client prefers
	 */
	void refuse(HttpExchange exchange, int status, ApiError error, ResponseMediaType accepted) {
		exchange.setHeader(HttpHeaders.CACHE_CONTROL, NO_STORE);
		exchange.respond(status, this.properties.statusCodes().mediaType(status, accepted).contentType(),
				this.json.writeValueAsBytes(toMap(error)));
	}

	static Map<String, Object> toMap(ApiError error) {
		return Map.of("errors", List.of(error.toSpecification()));
	}

	/**
	 * Computes the entity tag of a response. It is weak, as it does not depend on the
	 * content coding.
	 * @param body the response body
	 * @param contentType the media type
	 * @return the entity tag
	 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3">RFC 9110,
	 * section 8.8.3</a>
	 */
	private static String tag(byte[] body, String contentType) {
		MessageDigest digest = Sha256.newDigest();
		digest.update(contentType.getBytes(StandardCharsets.US_ASCII));
		byte[] hash = digest.digest(body);
		return "W/\"" + Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(hash, ETAG_BYTES)) + "\"";
	}

}
