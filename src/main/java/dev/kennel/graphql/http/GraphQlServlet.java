package dev.kennel.graphql.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.kennel.graphql.error.ApiError;
import dev.kennel.graphql.error.ApiErrors;
import dev.kennel.graphql.error.ErrorCode;
import dev.kennel.graphql.mutation.IdempotencyKey;
import dev.kennel.graphql.stream.EventStreams;
import graphql.execution.preparsed.persisted.PersistedQuerySupport;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.slf4j.MDC;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.graphql.server.WebGraphQlHandler;
import org.springframework.graphql.server.WebGraphQlRequest;
import org.springframework.graphql.server.WebGraphQlResponse;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.web.HttpRequestHandler;

/**
 * Answers {@code POST /graphql}, and hands over to the WebSockets who asks for one.
 * Whatever is sent, the answer is a GraphQL response: a request that is not one by the
 * specification is refused with its HTTP status and an error with a code.
 *
 * @see <a href="https://graphql.github.io/graphql-over-http/draft/#sec-Request">GraphQL
 * over HTTP, requests</a>
 */
class GraphQlServlet extends HttpServlet {

	private static final String REQUEST_ID_HEADER = "X-Request-Id";

	/**
	 * What finds a request in the log: the key in every line, and the attribute of the
	 * request.
	 */
	private static final String REQUEST_ID = "requestId";

	private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {
	};

	private final transient WebGraphQlHandler handler;

	private final transient HttpRequestHandler webSocket;

	private final transient EventStreams eventStreams;

	private final transient JsonMapper json;

	private final transient HttpProperties limits;

	GraphQlServlet(WebGraphQlHandler handler, HttpRequestHandler webSocket, EventStreams eventStreams, JsonMapper json,
			HttpProperties limits) {
		this.handler = handler;
		this.webSocket = webSocket;
		this.eventStreams = eventStreams;
		this.json = json;
		this.limits = limits;
	}

	@Override
	protected void service(HttpServletRequest request, HttpServletResponse response)
			throws ServletException, IOException {
		if ("websocket".equalsIgnoreCase(request.getHeader(HttpHeaders.UPGRADE))) {
			this.webSocket.handleRequest(request, response);
			return;
		}
		String requestId = UuidCreator.getTimeOrderedEpoch().toString();
		response.setHeader(REQUEST_ID_HEADER, requestId);
		MDC.put(REQUEST_ID, requestId);
		try {
			answer(request, response, requestId);
		}
		finally {
			MDC.remove(REQUEST_ID);
		}
	}

	private void answer(HttpServletRequest request, HttpServletResponse response, String requestId) throws IOException {
		ResponseMediaType mediaType = ResponseMediaType.negotiate(accept(request)).orElse(null);
		try {
			if (EventStreams.isAccepted(accept(request))) {
				this.eventStreams.answer(this.handler, read(request, requestId), request, response);
				return;
			}
			if (mediaType == null) {
				throw new BadRequestException(HttpServletResponse.SC_NOT_ACCEPTABLE, ErrorCode.NOT_ACCEPTABLE,
						"The answer can be application/graphql-response+json, application/json or text/event-stream.");
			}
			WebGraphQlRequest graphQlRequest = read(request, requestId);
			WebGraphQlResponse graphQlResponse = Objects
				.requireNonNull(this.handler.handleRequest(graphQlRequest).block());
			graphQlResponse.getResponseHeaders()
				.forEach((name, values) -> values.forEach((value) -> response.addHeader(name, value)));
			if (graphQlResponse.getExecutionResult().getData() instanceof Publisher<?>) {
				throw new BadRequestException(HttpServletResponse.SC_NOT_ACCEPTABLE, ErrorCode.NOT_ACCEPTABLE,
						"A subscription is answered as text/event-stream, and the Accept header has to ask for it; "
								+ "or it is sent over a WebSocket.");
			}
			write(response, status(graphQlResponse, mediaType), mediaType, graphQlResponse.toMap());
		}
		catch (BadRequestException ex) {
			ex.headers().forEach(response::setHeader);
			refuse(response, ex.status(), mediaType, ex.error());
		}
		catch (RuntimeException ex) {
			ApiError error = ApiErrors.ofRequest(ex, requestId);
			int status = (error.code() == ErrorCode.UNAVAILABLE) ? HttpServletResponse.SC_SERVICE_UNAVAILABLE
					: HttpServletResponse.SC_INTERNAL_SERVER_ERROR;
			refuse(response, status, mediaType, error);
		}
	}

	private static @Nullable String accept(HttpServletRequest request) {
		List<String> values = Collections.list(request.getHeaders(HttpHeaders.ACCEPT));
		return values.isEmpty() ? null : String.join(",", values);
	}

	private WebGraphQlRequest read(HttpServletRequest request, String requestId) throws IOException {
		if (!"POST".equals(request.getMethod())) {
			throw new BadRequestException(HttpServletResponse.SC_METHOD_NOT_ALLOWED, ErrorCode.METHOD_NOT_ALLOWED,
					"Send operations with POST.", Map.of(HttpHeaders.ALLOW, "POST"));
		}
		if (!IdempotencyKey.isValid(Collections.list(request.getHeaders(IdempotencyKey.HEADER)))) {
			throw BadRequestException
				.of("A request has one Idempotency-Key or none, of 1 to 255 visible characters of ASCII.");
		}
		requireJson(request.getContentType());
		Map<String, Object> body = parse(body(request));
		requireMembers(body);
		ServletServerHttpRequest headers = new ServletServerHttpRequest(request);
		return new WebGraphQlRequest(URI.create("/graphql"), headers.getHeaders(), null, headers.getRemoteAddress(),
				Map.of(), body, requestId, Locale.ENGLISH);
	}

	private static void requireJson(@Nullable String contentType) {
		try {
			if (contentType != null) {
				MediaType mediaType = MediaType.parseMediaType(contentType);
				if (MediaType.APPLICATION_JSON.equalsTypeAndSubtype(mediaType)
						&& (mediaType.getCharset() == null || StandardCharsets.UTF_8.equals(mediaType.getCharset()))) {
					return;
				}
			}
		}
		catch (InvalidMediaTypeException ex) {
			// As good as another media type.
		}
		throw new BadRequestException(HttpServletResponse.SC_UNSUPPORTED_MEDIA_TYPE, ErrorCode.UNSUPPORTED_MEDIA_TYPE,
				"The body has to be application/json in UTF-8, and the Content-Type has to say so.");
	}

	private byte[] body(HttpServletRequest request) throws IOException {
		int limit = Math.toIntExact(this.limits.maxBodySize().toBytes());
		if (request.getContentLengthLong() <= limit) {
			InputStream stream = request.getInputStream();
			byte[] body = stream.readNBytes(limit + 1);
			if (body.length <= limit) {
				return body;
			}
		}
		throw new BadRequestException(HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE, ErrorCode.PAYLOAD_TOO_LARGE,
				"The body may have " + limit + " bytes (kennel.graphql.limits.max-body-size).");
	}

	private Map<String, Object> parse(byte[] body) {
		try {
			Map<String, Object> object = this.json.readValue(body, OBJECT);
			if (object != null) {
				return object;
			}
		}
		catch (JacksonException ex) {
			throw BadRequestException.of("The body is not a JSON object: " + ex.getOriginalMessage());
		}
		throw BadRequestException.of("The body is not a JSON object.");
	}

	private void requireMembers(Map<String, Object> body) {
		if (body.get("query") == null && body.get("extensions") instanceof Map<?, ?> extensions
				&& extensions.get("persistedQuery") instanceof Map) {
			// The document is one that the service has, or will ask for.
			body.put("query", PersistedQuerySupport.PERSISTED_QUERY_MARKER);
		}
		Object query = body.get("query");
		if (!(query instanceof String document) || document.isBlank()) {
			throw BadRequestException.of("The member \"query\" has to be a string with a GraphQL document.");
		}
		requireType(body, "operationName", String.class, "a string");
		requireType(body, "variables", Map.class, "an object");
		requireType(body, "extensions", Map.class, "an object");
		long limit = this.limits.maxDocumentSize().toBytes();
		if (document.length() > limit || document.getBytes(StandardCharsets.UTF_8).length > limit) {
			throw new BadRequestException(HttpServletResponse.SC_BAD_REQUEST, ErrorCode.OPERATION_TOO_COMPLEX,
					"The document may have " + limit + " bytes (kennel.graphql.limits.max-document-size).");
		}
	}

	private static void requireType(Map<String, Object> body, String member, Class<?> type, String description) {
		Object value = body.get(member);
		if (value != null && !type.isInstance(value)) {
			throw BadRequestException.of("The member \"" + member + "\" has to be " + description + " or absent.");
		}
	}

	/**
	 * The status of an answer to a well-formed request.
	 *
	 * @see <a href=
	 * "https://graphql.github.io/graphql-over-http/draft/#sec-Status-Codes">GraphQL over
	 * HTTP, status codes</a>
	 */
	private static int status(WebGraphQlResponse response, ResponseMediaType mediaType) {
		boolean executed = response.getExecutionResult().isDataPresent();
		return (executed || mediaType == ResponseMediaType.JSON) ? HttpServletResponse.SC_OK
				: HttpServletResponse.SC_BAD_REQUEST;
	}

	private void refuse(HttpServletResponse response, int status, @Nullable ResponseMediaType mediaType, ApiError error)
			throws IOException {
		write(response, status, (mediaType != null) ? mediaType : ResponseMediaType.JSON,
				Map.of("errors", List.of(error.toSpecification())));
	}

	private void write(HttpServletResponse response, int status, ResponseMediaType mediaType, Map<String, Object> body)
			throws IOException {
		byte[] bytes = this.json.writeValueAsBytes(body);
		response.setStatus(status);
		response.setContentType(mediaType.contentType());
		response.setContentLength(bytes.length);
		response.getOutputStream().write(bytes);
	}

}
