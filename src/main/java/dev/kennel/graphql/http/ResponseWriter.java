package dev.kennel.graphql.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;

import dev.kennel.engine.ResponseJson;
import dev.kennel.error.ApiError;
import dev.kennel.graphql.document.PreparedDocument;
import dev.kennel.graphql.document.PreparedOperation;
import dev.kennel.server.ContentCoding;
import dev.kennel.server.HeaderList;
import dev.kennel.server.HttpExchange;
import graphql.language.OperationDefinition;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.graphql.server.WebGraphQlResponse;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;

/**
 * The one place where answers become bytes, and get what HTTP says of them: media type,
 * length, whether and how they may be kept, and compression.
 */
class ResponseWriter {

	/**
	 * An answer to a POST may have tokens in it, and is nobody else's business: neither
	 * caches nor the browser's disk keep it.
	 */
	private static final String NO_STORE = "no-store";

	/**
	 * What an account may see is kept by its own browser only, which asks each time
	 * whether it still holds.
	 */
	private static final String KEPT_BY_THE_BROWSER = "private, no-cache";

	private static final String VARY = "Accept, Accept-Encoding, Authorization, Cookie";

	/** Of a SHA-256: no two answers of an account will ever share it. */
	private static final int ETAG_BYTES = 16;

	private final JsonMapper json;

	private final TransportProperties properties;

	ResponseWriter(JsonMapper json, TransportProperties properties) {
		this.json = json;
		this.properties = properties;
	}

	/**
	 * Responds to an operation that is no subscription.
	 * @param exchange the HTTP request and its response
	 * @param answer the result of the operation
	 * @param accepted the media type that the client would like
	 */
	void write(HttpExchange exchange, WebGraphQlResponse answer, ResponseMediaType accepted) {
		StatusCodes codes = this.properties.statusCodes();
		int status = codes.of(answer.getExecutionResult(), accepted);
		ResponseMediaType mediaType = codes.mediaType(status, accepted);
		if (status == HttpStatus.METHOD_NOT_ALLOWED.value()) {
			exchange.setHeader(HttpHeaders.ALLOW, "POST");
		}
		try (ResponseJson json = ResponseJson.of(answer.toMap())) {
			write(exchange, answer, new Answer(status, mediaType, json));
		}
	}

	private void write(HttpExchange exchange, WebGraphQlResponse result, Answer answer) {
		boolean safe = GraphQlEndpoint.isSafe(exchange);
		if (safe && answer.status() == HttpStatus.OK.value() && result.getExecutionResult().getErrors().isEmpty()) {
			exchange.setHeader(HttpHeaders.CACHE_CONTROL, KEPT_BY_THE_BROWSER);
			exchange.addHeader(HttpHeaders.VARY, VARY);
			String tag = tag(answer.json().toByteArray(), answer.mediaType().contentType());
			exchange.setHeader(HttpHeaders.ETAG, tag);
			if (HeaderList.hasEntityTag(exchange.headers(HttpHeaders.IF_NONE_MATCH), tag)) {
				exchange.respond(HttpStatus.NOT_MODIFIED.value());
				return;
			}
		}
		else {
			exchange.setHeader(HttpHeaders.CACHE_CONTROL, NO_STORE);
		}
		// Answers to mutations may have tokens beside what others may have made the
		// client send: their compressed length could give the former away (BREACH).
		if (answer.json().length() >= this.properties.compressFrom().toBytes() && isQuery(result)) {
			if (!safe) {
				exchange.addHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
			}
			ContentCoding coding = ContentCoding.negotiate(exchange.headers(HttpHeaders.ACCEPT_ENCODING));
			if (coding != null) {
				exchange.setHeader(HttpHeaders.CONTENT_ENCODING, coding.token());
				byte[] compressed = coding.compress(answer.json().toByteArray());
				exchange.respond(answer.status(), answer.mediaType().contentType(), compressed.length,
						(output) -> output.write(compressed));
				return;
			}
		}
		exchange.respond(answer.status(), answer.mediaType().contentType(), answer.json().length(),
				answer.json()::writeTo);
	}

	private static boolean isQuery(WebGraphQlResponse result) {
		PreparedOperation operation = PreparedDocument.running(result.getExecutionInput().getGraphQLContext());
		return operation != null && operation.definition().getOperation() == OperationDefinition.Operation.QUERY;
	}

	/** What is answered, before anything is said of it. */
	private record Answer(int status, ResponseMediaType mediaType, ResponseJson json) {
	}

	/**
	 * Responds to a batch.
	 * @param exchange the HTTP request and its response
	 * @param answers the result of each entry, in order
	 * @param mediaType the media type
	 */
	void writeBatch(HttpExchange exchange, List<Map<String, Object>> answers, ResponseMediaType mediaType) {
		exchange.setHeader(HttpHeaders.CACHE_CONTROL, NO_STORE);
		byte[] body = this.json.writeValueAsBytes(answers);
		exchange.respond(HttpStatus.OK.value(), mediaType.contentType(), body.length, (output) -> output.write(body));
	}

	/**
	 * Responds to what did not get as far as an operation.
	 * @param exchange the HTTP request and its response
	 * @param status the HTTP status
	 * @param error what is wrong
	 * @param accepted the media type that the client would like
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
	 * Makes the tag of an answer: weak, as it is the same whether or not the answer is
	 * compressed.
	 * @param body the answer
	 * @param contentType its media type
	 * @return the tag
	 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3">RFC 9110,
	 * section 8.8.3</a>
	 */
	static String tag(byte[] body, String contentType) {
		MessageDigest digest = sha256();
		digest.update(contentType.getBytes(StandardCharsets.US_ASCII));
		byte[] hash = digest.digest(body);
		return "W/\"" + Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(hash, ETAG_BYTES)) + "\"";
	}

	private static MessageDigest sha256() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
