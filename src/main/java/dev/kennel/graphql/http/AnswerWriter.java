package dev.kennel.graphql.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;

import dev.kennel.graphql.document.PreparedDocument;
import dev.kennel.graphql.document.PreparedOperation;
import dev.kennel.graphql.error.ApiError;
import dev.kennel.graphql.execution.ResponseJson;
import graphql.language.OperationDefinition;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.graphql.server.WebGraphQlResponse;
import org.springframework.http.HttpHeaders;

/**
 * The one place where answers become bytes, and get what HTTP says of them: media type,
 * length, whether and how they may be kept, and compression.
 */
class AnswerWriter {

	/**
	 * An answer to a POST may have tokens in it, and is nobody else's business: neither
	 * caches nor the browser's disk keep it.
	 */
	private static final String NOT_KEPT = "no-store";

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

	AnswerWriter(JsonMapper json, TransportProperties properties) {
		this.json = json;
		this.properties = properties;
	}

	/**
	 * Answers an operation that is no subscription.
	 * @param request the HTTP request
	 * @param response the HTTP response
	 * @param answer what became of the operation
	 * @param accepted the media type that the client would like
	 * @throws IOException if the client is gone
	 */
	void write(HttpServletRequest request, HttpServletResponse response, WebGraphQlResponse answer,
			ResponseMediaType accepted) throws IOException {
		StatusCodes codes = this.properties.statusCodes();
		int status = codes.of(answer.getExecutionResult(), accepted);
		ResponseMediaType mediaType = codes.mediaType(status, accepted);
		if (status == HttpServletResponse.SC_METHOD_NOT_ALLOWED) {
			response.setHeader(HttpHeaders.ALLOW, "POST");
		}
		try (ResponseJson json = ResponseJson.of(answer.toMap())) {
			write(request, response, answer, new Answer(status, mediaType, json));
		}
	}

	private void write(HttpServletRequest request, HttpServletResponse response, WebGraphQlResponse result,
			Answer answer) throws IOException {
		boolean safe = GraphQlServlet.isSafe(request);
		if (safe && answer.status() == HttpServletResponse.SC_OK && result.getExecutionResult().getErrors().isEmpty()) {
			response.setHeader(HttpHeaders.CACHE_CONTROL, KEPT_BY_THE_BROWSER);
			response.addHeader(HttpHeaders.VARY, VARY);
			String tag = tag(answer.json().toByteArray(), answer.mediaType().contentType());
			response.setHeader(HttpHeaders.ETAG, tag);
			if (isKnown(request, tag)) {
				response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
				return;
			}
		}
		else {
			response.setHeader(HttpHeaders.CACHE_CONTROL, NOT_KEPT);
		}
		// Answers to mutations may have tokens beside what others may have made the
		// client send: their compressed length could give the former away (BREACH).
		if (answer.json().length() >= this.properties.compressFrom().toBytes() && isQuery(result)) {
			if (!safe) {
				response.addHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
			}
			ContentCoding coding = ContentCoding
				.negotiate(Collections.list(request.getHeaders(HttpHeaders.ACCEPT_ENCODING)));
			if (coding != null) {
				response.setHeader(HttpHeaders.CONTENT_ENCODING, coding.token());
				write(response, answer.status(), answer.mediaType(), coding.compress(answer.json().toByteArray()));
				return;
			}
		}
		setHead(response, answer.status(), answer.mediaType(), answer.json().length());
		answer.json().writeTo(response.getOutputStream());
	}

	private static boolean isQuery(WebGraphQlResponse result) {
		PreparedOperation operation = PreparedDocument.running(result.getExecutionInput().getGraphQLContext());
		return operation != null && operation.definition().getOperation() == OperationDefinition.Operation.QUERY;
	}

	/** What is answered, before anything is said of it. */
	private record Answer(int status, ResponseMediaType mediaType, ResponseJson json) {
	}

	/**
	 * Answers a batch.
	 * @param response the HTTP response
	 * @param answers the answer of each entry, in order
	 * @param mediaType the media type
	 * @throws IOException if the client is gone
	 */
	void writeBatch(HttpServletResponse response, List<Map<String, Object>> answers, ResponseMediaType mediaType)
			throws IOException {
		response.setHeader(HttpHeaders.CACHE_CONTROL, NOT_KEPT);
		write(response, HttpServletResponse.SC_OK, mediaType, this.json.writeValueAsBytes(answers));
	}

	/**
	 * Answers what did not get as far as an operation.
	 * @param response the HTTP response
	 * @param status the HTTP status
	 * @param error what is wrong
	 * @param accepted the media type that the client would like
	 * @throws IOException if the client is gone
	 */
	void refuse(HttpServletResponse response, int status, ApiError error, ResponseMediaType accepted)
			throws IOException {
		response.setHeader(HttpHeaders.CACHE_CONTROL, NOT_KEPT);
		write(response, status, this.properties.statusCodes().mediaType(status, accepted),
				this.json.writeValueAsBytes(toMap(error)));
	}

	static Map<String, Object> toMap(ApiError error) {
		return Map.of("errors", List.of(error.toSpecification()));
	}

	private static void write(HttpServletResponse response, int status, ResponseMediaType mediaType, byte[] body)
			throws IOException {
		setHead(response, status, mediaType, body.length);
		response.getOutputStream().write(body);
	}

	private static void setHead(HttpServletResponse response, int status, ResponseMediaType mediaType, int length) {
		response.setStatus(status);
		response.setContentType(mediaType.contentType());
		response.setContentLength(length);
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

	/**
	 * Answers whether a client has what it would get.
	 * @param request the HTTP request
	 * @param tag the tag of what it would get
	 * @return whether {@code If-None-Match} names it
	 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2">RFC 9110,
	 * section 13.1.2</a>
	 */
	static boolean isKnown(HttpServletRequest request, String tag) {
		// Compared weakly: what a proxy has made strong is still the same.
		return HeaderList.entityTags(Collections.list(request.getHeaders(HttpHeaders.IF_NONE_MATCH)))
			.stream()
			.anyMatch((known) -> known.equals("*") || known.equals(tag) || tag.substring(2).equals(known));
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
