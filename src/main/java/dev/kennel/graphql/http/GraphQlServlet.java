package dev.kennel.graphql.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import dev.kennel.graphql.BatchCost;
import dev.kennel.graphql.error.ApiError;
import dev.kennel.graphql.error.ApiErrors;
import dev.kennel.graphql.error.ErrorCode;
import dev.kennel.graphql.execution.OperationHandler;
import dev.kennel.graphql.execution.SafeMethod;
import dev.kennel.graphql.mutation.IdempotencyKey;
import dev.kennel.graphql.stream.EventStreams;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

import org.springframework.graphql.server.WebGraphQlRequest;
import org.springframework.graphql.server.WebGraphQlResponse;
import org.springframework.http.HttpHeaders;
import org.springframework.web.HttpRequestHandler;

/**
 * Answers {@code /graphql}, and hands over to the WebSockets who asks for one. Whatever
 * is sent, the answer is a GraphQL response: a request that is not one by the
 * specification is refused with its HTTP status and an error with a code.
 *
 * @see <a href="https://graphql.github.io/graphql-over-http/draft/">GraphQL over HTTP</a>
 */
class GraphQlServlet extends HttpServlet {

	/** What {@code Allow} says. */
	static final String METHODS = "GET, HEAD, OPTIONS, POST";

	private static final URI ENDPOINT = URI.create("/graphql");

	/** What operations get to know of a request's headers. */
	private static final List<String> HEADERS_OF_OPERATIONS = List.of(HttpHeaders.USER_AGENT, HttpHeaders.COOKIE,
			IdempotencyKey.HEADER);

	private static final String NO_STREAM = "A subscription is answered as text/event-stream, and the Accept header has "
			+ "to ask for it; or it is sent over a WebSocket.";

	private final transient OperationHandler handler;

	private final transient HttpRequestHandler webSocket;

	private final transient EventStreams eventStreams;

	private final transient RequestReader reader;

	private final transient AnswerWriter writer;

	private final transient StatusCodes statusCodes;

	private final long maxDocumentSize;

	GraphQlServlet(OperationHandler handler, HttpRequestHandler webSocket, EventStreams eventStreams,
			RequestReader reader, AnswerWriter writer, StatusCodes statusCodes, long maxDocumentSize) {
		this.handler = handler;
		this.webSocket = webSocket;
		this.eventStreams = eventStreams;
		this.reader = reader;
		this.writer = writer;
		this.statusCodes = statusCodes;
		this.maxDocumentSize = maxDocumentSize;
	}

	/**
	 * Answers whether a request promises that nothing is changed.
	 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-9.2.1">RFC 9110,
	 * section 9.2.1</a>
	 */
	static boolean isSafe(HttpServletRequest request) {
		return !"POST".equals(request.getMethod());
	}

	@Override
	protected void service(HttpServletRequest request, HttpServletResponse response)
			throws ServletException, IOException {
		if ("GET".equals(request.getMethod()) && "websocket".equalsIgnoreCase(request.getHeader(HttpHeaders.UPGRADE))) {
			this.webSocket.handleRequest(request, response);
			if (response.getStatus() >= HttpServletResponse.SC_BAD_REQUEST && !response.isCommitted()) {
				response.sendError(response.getStatus());
			}
		}
		else if ("OPTIONS".equals(request.getMethod())) {
			response.setStatus(HttpServletResponse.SC_NO_CONTENT);
			response.setHeader(HttpHeaders.ALLOW, METHODS);
		}
		else {
			try {
				answer(request, response, RequestIds.of(request));
			}
			finally {
				this.reader.release(request);
			}
		}
	}

	private void answer(HttpServletRequest request, HttpServletResponse response, String requestId) throws IOException {
		Acceptance acceptance = Acceptance.of(request);
		try {
			switch (this.reader.read(request)) {
				case RequestReader.Content.Single single ->
					answer(request, response, requestId, acceptance, single.operation());
				case RequestReader.Content.Batch batch ->
					answerBatch(request, response, requestId, acceptance, batch.entries());
			}
		}
		catch (BadRequestException ex) {
			ex.headers().forEach(response::setHeader);
			this.writer.refuse(response, ex.status(this.statusCodes), ex.error(), acceptance.jsonOrDefault());
		}
		catch (RuntimeException ex) {
			ApiError error = ApiErrors.ofRequest(ex, requestId);
			this.writer.refuse(response, StatusCodes.of(error.code()), error, acceptance.jsonOrDefault());
		}
	}

	private void answer(HttpServletRequest request, HttpServletResponse response, String requestId,
			Acceptance acceptance, GraphQlHttpRequest operation) throws IOException {
		ResponseMediaType json = acceptance.json();
		if (acceptance.prefersEvents() || (acceptance.events() && operation.mayBeSubscription())) {
			if ("HEAD".equals(request.getMethod())) {
				// The headers of GET. A stream without events would have no end.
				EventStreams.writeHead(response);
				return;
			}
			WebGraphQlRequest graphQlRequest = toEngine(request, requestId, operation);
			this.eventStreams.answer(this.handler, graphQlRequest, request, response,
					(json == null || acceptance.prefersEvents()) ? null
							: (answer) -> this.writer.write(request, response, answer, json));
			return;
		}
		if (json == null) {
			throw BadRequestException.notAcceptable(
					"The answer can be application/graphql-response+json, application/json or text/event-stream.");
		}
		WebGraphQlResponse answer = this.handler.run(toEngine(request, requestId, operation));
		copyHeaders(answer, response);
		if (answer.getExecutionResult().getData() instanceof Publisher<?>) {
			throw BadRequestException.notAcceptable(NO_STREAM);
		}
		this.writer.write(request, response, answer, json);
	}

	/**
	 * One after the other, on this thread: a batch takes no more of the service at once
	 * than a single operation does.
	 */
	private void answerBatch(HttpServletRequest request, HttpServletResponse response, String requestId,
			Acceptance acceptance, List<?> entries) throws IOException {
		if (acceptance.json() == null || acceptance.prefersEvents()) {
			throw BadRequestException
				.notAcceptable("A batch is answered as application/json or application/graphql-response+json.");
		}
		List<Object> operations = new ArrayList<>(entries.size());
		long left = this.maxDocumentSize;
		for (Object entry : entries) {
			try {
				GraphQlHttpRequest operation = GraphQlHttpRequest
					.of((entry instanceof Map<?, ?> members) ? members : Map.of());
				left -= operation.requireSize(left, this.maxDocumentSize);
				operations.add(operation);
			}
			catch (BadRequestException ex) {
				if (ex.error().code() != ErrorCode.BAD_REQUEST) {
					throw ex;
				}
				operations.add(ex.error());
			}
		}
		BatchCost cost = new BatchCost();
		List<Map<String, Object>> answers = new ArrayList<>(operations.size());
		for (Object operation : operations) {
			answers.add((operation instanceof GraphQlHttpRequest one)
					? answerOfEntry(request, response, requestId, one, cost)
					: AnswerWriter.toMap((ApiError) operation));
		}
		this.writer.writeBatch(response, answers, acceptance.json());
	}

	private Map<String, Object> answerOfEntry(HttpServletRequest request, HttpServletResponse response,
			String requestId, GraphQlHttpRequest operation, BatchCost cost) {
		try {
			WebGraphQlRequest graphQlRequest = toEngine(request, requestId, operation);
			graphQlRequest.configureExecutionInput((input, builder) -> {
				cost.put(input.getGraphQLContext());
				return input;
			});
			WebGraphQlResponse answer = this.handler.run(graphQlRequest);
			copyHeaders(answer, response);
			return (answer.getExecutionResult().getData() instanceof Publisher<?>)
					? AnswerWriter.toMap(ApiError.ofRequest(ErrorCode.NOT_ACCEPTABLE, NO_STREAM)) : answer.toMap();
		}
		catch (RuntimeException ex) {
			return AnswerWriter.toMap(ApiErrors.ofRequest(ex, requestId));
		}
	}

	/** Of a batch, the last operation knows best what is left, say, of a budget. */
	private static void copyHeaders(WebGraphQlResponse answer, HttpServletResponse response) {
		answer.getResponseHeaders().forEach((name, values) -> {
			if (HttpHeaders.SET_COOKIE.equalsIgnoreCase(name)) {
				values.forEach((value) -> response.addHeader(name, value));
			}
			else {
				response.setHeader(name, String.join(", ", values));
			}
		});
	}

	private static WebGraphQlRequest toEngine(HttpServletRequest request, String requestId,
			GraphQlHttpRequest operation) {
		WebGraphQlRequest graphQlRequest = new WebGraphQlRequest(ENDPOINT, headers(request), null, address(request),
				Map.of(), operation.toMap(), requestId, Locale.ENGLISH);
		if (isSafe(request)) {
			graphQlRequest.configureExecutionInput((input, builder) -> {
				SafeMethod.promise(input.getGraphQLContext());
				return input;
			});
		}
		return graphQlRequest;
	}

	/** Copying all of them would cost each request more than its few readers do. */
	private static HttpHeaders headers(HttpServletRequest request) {
		HttpHeaders headers = new HttpHeaders();
		for (String name : HEADERS_OF_OPERATIONS) {
			for (Enumeration<String> values = request.getHeaders(name); values.hasMoreElements();) {
				headers.add(name, values.nextElement());
			}
		}
		return headers;
	}

	/** What a proxy names may be anything, and is never looked up in the DNS. */
	private static @Nullable InetSocketAddress address(HttpServletRequest request) {
		try {
			return new InetSocketAddress(InetAddress.ofLiteral(request.getRemoteAddr()), request.getRemotePort());
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

}
