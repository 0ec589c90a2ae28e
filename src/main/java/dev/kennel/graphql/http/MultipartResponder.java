package dev.kennel.graphql.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

import dev.kennel.engine.IncrementalResult;
import dev.kennel.engine.ResponseJson;
import dev.kennel.engine.incremental.IncrementalFormat;
import dev.kennel.graphql.incremental.HttpPayloadSink;
import dev.kennel.graphql.operation.OperationHandler;
import dev.kennel.server.HttpExchange;
import org.jspecify.annotations.Nullable;

import org.springframework.graphql.server.WebGraphQlRequest;
import org.springframework.graphql.server.WebGraphQlResponse;

/**
 * Responds with {@code multipart/mixed}: each payload is a part. The boundary that ends a
 * part is sent with it, since clients wait for it.
 *
 * @see <a href=
 * "https://github.com/graphql/graphql-over-http/blob/main/rfcs/IncrementalDelivery.md">GraphQL
 * over HTTP, incremental delivery</a>
 */
final class MultipartResponder {

	private static final byte[] PART = "\r\nContent-Type: application/json; charset=utf-8\r\n\r\n"
		.getBytes(StandardCharsets.US_ASCII);

	private static final byte[] BOUNDARY = "\r\n---".getBytes(StandardCharsets.US_ASCII);

	private static final byte[] LAST_BOUNDARY = "\r\n-----\r\n".getBytes(StandardCharsets.US_ASCII);

	private MultipartResponder() {
	}

	/**
	 * Responds with all payloads of an operation. Returns when the response has begun.
	 * @param handler executes the operation
	 * @param exchange the HTTP request and its response, which has its headers
	 * @param request the operation
	 * @param response the initial response
	 * @param rest what follows the initial response
	 */
	static void respond(OperationHandler handler, HttpExchange exchange, WebGraphQlRequest request,
			WebGraphQlResponse response, IncrementalResult rest) {
		HttpPayloadSink parts = new HttpPayloadSink(exchange, contentType(rest.format()), new Parts()::encode);
		parts.start(exchange, () -> handler.deliver(request, response, rest, parts));
	}

	/**
	 * Responds with a whole result, to a client that accepts nothing but multipart.
	 * @param exchange the HTTP request and its response
	 * @param response the result
	 * @param format the format that the client accepts
	 */
	static void respondWhole(HttpExchange exchange, WebGraphQlResponse response, IncrementalFormat format) {
		byte[] body = new Parts().encode(response.toMap(), true);
		exchange.respond(200, contentType(format), body);
	}

	private static String contentType(IncrementalFormat format) {
		return "multipart/mixed;boundary=\"-\";" + format.parameter() + "=" + format.version();
	}

	/** Encodes the parts of one response. */
	private static final class Parts {

		private boolean begun;

		byte[] encode(Map<String, ? extends @Nullable Object> payload, boolean last) {
			ByteArrayOutputStream part = new ByteArrayOutputStream();
			if (!this.begun) {
				this.begun = true;
				part.writeBytes(BOUNDARY);
			}
			part.writeBytes(PART);
			try (ResponseJson json = ResponseJson.of(payload)) {
				part.writeBytes(json.toByteArray());
			}
			part.writeBytes(last ? LAST_BOUNDARY : BOUNDARY);
			return part.toByteArray();
		}

	}

}
