package dev.kennel.graphql.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.kennel.graphql.error.ErrorCode;
import dev.kennel.graphql.mutation.IdempotencyKey;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
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

	private final LargeBodies largeBodies;

	private final RequestThreads threads;

	RequestReader(HttpProperties limits, long maxDocumentSize, BatchingProperties batching, LargeBodies largeBodies,
			RequestThreads threads) {
		this.limits = limits;
		this.maxDocumentSize = maxDocumentSize;
		this.batching = batching;
		this.largeBodies = largeBodies;
		this.threads = threads;
	}

	/** Gives back what a request has taken, once it is answered. */
	void release(HttpServletRequest request) {
		this.largeBodies.release(request);
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
	 * Reads a request.
	 * @param request the HTTP request
	 * @return what is to be run
	 * @throws BadRequestException if it is none
	 */
	Content read(HttpServletRequest request) {
		List<String> keys = Collections.list(request.getHeaders(IdempotencyKey.HEADER));
		if (!IdempotencyKey.isValid(keys)) {
			throw BadRequestException
				.of("A request has one Idempotency-Key or none, of 1 to 255 visible characters of ASCII.");
		}
		return switch (request.getMethod()) {
			case "POST" -> readBody(request, !keys.isEmpty());
			case "GET", "HEAD" -> readParameters(request);
			default -> throw new BadRequestException(HttpServletResponse.SC_METHOD_NOT_ALLOWED,
					ErrorCode.METHOD_NOT_ALLOWED, "Send operations with POST, or queries with GET.",
					Map.of(HttpHeaders.ALLOW, GraphQlServlet.METHODS));
		};
	}

	private Content readParameters(HttpServletRequest request) {
		Map<String, String> parameters = QueryParameters.read(request.getQueryString(), PARAMETERS);
		Map<String, @Nullable Object> members = new HashMap<>(parameters);
		for (String name : List.of(GraphQlHttpRequest.VARIABLES, GraphQlHttpRequest.EXTENSIONS)) {
			String json = parameters.get(name);
			if (json != null) {
				members.put(name, StrictJson.read(json));
			}
		}
		return new Content.Single(checked(members));
	}

	private Content readBody(HttpServletRequest request, boolean hasKey) {
		requireJson(request);
		Object json = StrictJson.read(body(request));
		if (json instanceof Map<?, ?> members) {
			return new Content.Single(checked(members));
		}
		if (json instanceof List<?> entries) {
			requireBatch(entries, hasKey);
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

	private static void requireJson(HttpServletRequest request) {
		if (!ContentType.isJsonInUtf8(request.getContentType())) {
			throw new BadRequestException(HttpServletResponse.SC_UNSUPPORTED_MEDIA_TYPE,
					ErrorCode.UNSUPPORTED_MEDIA_TYPE,
					"The body has to be application/json in UTF-8, and the Content-Type has to say so.",
					Map.of(HttpHeaders.ACCEPT, MediaType.APPLICATION_JSON_VALUE));
		}
		if (Collections.list(request.getHeaders(HttpHeaders.CONTENT_TYPE)).size() > 1) {
			throw BadRequestException.of("There is more than one Content-Type.");
		}
		List<String> codings = HeaderList.elements(Collections.list(request.getHeaders(HttpHeaders.CONTENT_ENCODING)));
		if (!codings.stream().allMatch("identity"::equalsIgnoreCase)) {
			throw new BadRequestException(HttpServletResponse.SC_UNSUPPORTED_MEDIA_TYPE,
					ErrorCode.UNSUPPORTED_MEDIA_TYPE, "The body has to be sent without a Content-Encoding.",
					Map.of(HttpHeaders.ACCEPT_ENCODING, "identity"));
		}
	}

	private byte[] body(HttpServletRequest request) {
		int limit = Math.toIntExact(this.limits.maxBodySize().toBytes());
		long length = request.getContentLengthLong();
		if (length > limit) {
			throw tooLarge(limit);
		}
		try {
			return body(request, (length >= 0) ? (int) length : limit + 1, limit);
		}
		catch (SocketTimeoutException ex) {
			throw tooSlow();
		}
		catch (IOException ex) {
			// Cut off, or not in the chunks that it says it is in.
			throw BadRequestException.of("The body can't be read to its end.");
		}
	}

	/**
	 * A body takes the memory that has arrived of it, whatever its length is said to be.
	 * @param most its length if that is known, else more than it may be
	 */
	private byte[] body(HttpServletRequest request, int most, int limit) throws IOException {
		InputStream stream = request.getInputStream();
		long deadline = System.nanoTime() + this.limits.bodyTimeout().toNanos();
		byte[] body = new byte[Math.min(most, LargeBodies.SMALL)];
		int size = 0;
		while (size < most) {
			if (size == body.length) {
				int length = Math.min(2 * size, most);
				this.largeBodies.grow(request, size, length);
				body = Arrays.copyOf(body, length);
			}
			int read = read(stream, body, size);
			if (read < 0) {
				return (size == body.length) ? body : Arrays.copyOf(body, size);
			}
			size += read;
			if (System.nanoTime() - deadline > 0) {
				throw tooSlow();
			}
		}
		if (size > limit) {
			throw tooLarge(limit);
		}
		return body;
	}

	/** Most bodies are there when their headers are. */
	private int read(InputStream stream, byte[] body, int size) throws IOException {
		return (stream.available() > 0) ? stream.read(body, size, body.length - size)
				: this.threads.withoutPlace(() -> stream.read(body, size, body.length - size));
	}

	private static BadRequestException tooLarge(int limit) {
		return new BadRequestException(HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE, ErrorCode.PAYLOAD_TOO_LARGE,
				"The body may have " + limit + " bytes (kennel.graphql.limits.max-body-size).");
	}

	/** What is left of the body is not waited for. */
	private static BadRequestException tooSlow() {
		return new BadRequestException(HttpServletResponse.SC_REQUEST_TIMEOUT, ErrorCode.BAD_REQUEST,
				"The body did not arrive in time.", Map.of(HttpHeaders.CONNECTION, "close"));
	}

}
