package dev.kennel.graphql.http;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;

import dev.kennel.concurrency.Completion;
import dev.kennel.concurrency.EventLoops;
import dev.kennel.error.ApiError;
import dev.kennel.error.ApiErrorFactory;
import dev.kennel.error.ErrorCode;
import dev.kennel.graphql.RequestBatch;
import dev.kennel.graphql.idempotency.IdempotencyKey;
import dev.kennel.graphql.operation.OperationHandler;
import dev.kennel.graphql.operation.ReadOnlyRequest;
import dev.kennel.graphql.sse.EventStreamResponder;
import dev.kennel.graphql.stream.StreamAuthenticator;
import dev.kennel.identity.CallerAuthentication;
import dev.kennel.server.HttpExchange;
import dev.kennel.server.RequestBodyListener;
import dev.kennel.server.RequestHandler;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

import org.springframework.graphql.server.WebGraphQlRequest;
import org.springframework.graphql.server.WebGraphQlResponse;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;

/**
 * Handles {@code /graphql}, and hands requests for a WebSocket over to the WebSockets.
 * Whatever is sent, the response is a GraphQL response: a request that is not one by the
 * specification is refused with its HTTP status and an error with a code. What can be
 * refused without its body is refused before the body is asked for. Operations may wait
 * for the store, and are run on virtual threads.
 *
 * @see <a href="https://graphql.github.io/graphql-over-http/draft/">GraphQL over HTTP</a>
 */
class GraphQlEndpoint implements RequestHandler {

	/** The bytes of a body that an event loop reads by itself. */
	private static final int MAX_SHORT_BODY = 16 * 1024;

	/** What {@code Allow} says. */
	static final String ALLOW = "GET, HEAD, OPTIONS, POST";

	private static final URI ENDPOINT = URI.create("/graphql");

	/** What operations get to know of a request's headers. */
	private static final List<String> HEADERS_OF_OPERATIONS = List.of(HttpHeaders.USER_AGENT, HttpHeaders.COOKIE,
			IdempotencyKey.HEADER, "apollographql-client-name", "apollographql-client-version", "graphql-client-name",
			"graphql-client-version");

	private static final String NO_STREAM = "A subscription is answered as text/event-stream, and the Accept header has "
			+ "to ask for it; or it is sent over a WebSocket.";

	private final OperationHandler handler;

	private final RequestHandler webSocket;

	private final EventStreamResponder eventStreams;

	private final StreamAuthenticator tokens;

	private final RequestReader reader;

	private final ResponseWriter writer;

	private final StatusCodes statusCodes;

	private final long maxDocumentSize;

	GraphQlEndpoint(OperationHandler handler, RequestHandler webSocket, EventStreamResponder eventStreams, StreamAuthenticator tokens,
			RequestReader reader, ResponseWriter writer, StatusCodes statusCodes, long maxDocumentSize) {
		this.handler = handler;
		this.webSocket = webSocket;
		this.eventStreams = eventStreams;
		this.tokens = tokens;
		this.reader = reader;
		this.writer = writer;
		this.statusCodes = statusCodes;
		this.maxDocumentSize = maxDocumentSize;
	}

	/**
	 * Returns whether a request promises that nothing is changed.
	 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-9.2.1">RFC 9110,
	 * section 9.2.1</a>
	 */
	static boolean isSafe(HttpExchange exchange) {
		return !"POST".equals(exchange.method());
	}

	@Override
	public void handle(HttpExchange exchange) {
		if (exchange.isWebSocketUpgrade()) {
			this.webSocket.handle(exchange);
		}
		else if ("OPTIONS".equals(exchange.method())) {
			exchange.setHeader(HttpHeaders.ALLOW, ALLOW);
			exchange.respond(HttpStatus.NO_CONTENT.value());
		}
		else {
			guarded(exchange, () -> {
				this.reader.check(exchange);
				if (isSafe(exchange)) {
					run(exchange, null);
				}
				else {
					exchange.readBody(this.reader.maxBodySize(), new Body(exchange));
				}
			});
		}
	}

	/** Runs the request once its body is there. */
	private final class Body implements RequestBodyListener {

		private final HttpExchange exchange;

		Body(HttpExchange exchange) {
			this.exchange = exchange;
		}

		@Override
		public void onBody(byte[] body) {
			run(this.exchange, body);
		}

		@Override
		public void onFailure(Failure failure) {
			refuse(this.exchange, GraphQlEndpoint.this.reader.refusal(failure));
		}

	}

	/** A body that is short is read on the event loop. */
	private void run(HttpExchange exchange, byte @Nullable [] body) {
		if (body == null || body.length <= MAX_SHORT_BODY) {
			exchange.runLogged(() -> guarded(exchange, () -> begin(exchange, body)));
		}
		else {
			exchange.run(() -> guarded(exchange, () -> begin(exchange, body)));
		}
	}

	private void begin(HttpExchange exchange, byte @Nullable [] body) {
		RequestReader.Content content = (body != null) ? this.reader.readBody(exchange, body)
				: this.reader.readParameters(exchange);
		CallerAuthentication authentication = this.tokens.authenticate(exchange);
		if (authentication != null && authentication.caller() != null) {
			exchange.markAuthenticated();
		}
		switch (content) {
			case RequestReader.Content.Single single -> answer(exchange, authentication, single.operation());
			case RequestReader.Content.Batch batch ->
				elsewhere(exchange, () -> answerBatch(exchange, authentication, batch.entries()));
		}
	}

	/** Runs what may block, unless this thread may wait. */
	private void elsewhere(HttpExchange exchange, Runnable task) {
		if (EventLoops.mayBlock()) {
			task.run();
		}
		else {
			exchange.run(() -> guarded(exchange, task));
		}
	}

	/** Whatever goes wrong is told in the words of GraphQL. */
	private void guarded(HttpExchange exchange, Runnable task) {
		try {
			task.run();
		}
		catch (BadRequestException ex) {
			refuse(exchange, ex);
		}
		catch (RuntimeException ex) {
			ApiError error = ApiErrorFactory.ofRequest(ex, exchange.requestId());
			this.writer.refuse(exchange, StatusCodes.of(error.code()), error,
					AcceptHeader.of(exchange).jsonOrDefault());
		}
	}

	private void refuse(HttpExchange exchange, BadRequestException refusal) {
		refusal.headers().forEach(exchange::setHeader);
		this.writer.refuse(exchange, refusal.status(this.statusCodes), refusal.error(),
				AcceptHeader.of(exchange).jsonOrDefault());
	}

	private void answer(HttpExchange exchange, @Nullable CallerAuthentication authentication,
			GraphQlHttpRequest operation) {
		AcceptHeader acceptance = AcceptHeader.of(exchange);
		ResponseMediaType json = acceptance.json();
		if (acceptance.prefersEvents() || (acceptance.events() && operation.mayBeSubscription())) {
			if ("HEAD".equals(exchange.method())) {
				// The headers of GET. A stream without events would have no end.
				EventStreamResponder.respondHead(exchange);
				return;
			}
			elsewhere(exchange,
					() -> this.eventStreams.answer(this.handler, toEngine(exchange, authentication, operation),
							exchange, authentication, (json == null || acceptance.prefersEvents()) ? null
									: (answer) -> this.writer.write(exchange, answer, json)));
			return;
		}
		if (json == null) {
			throw BadRequestException.notAcceptable(
					"The answer can be application/graphql-response+json, application/json or text/event-stream.");
		}
		WebGraphQlRequest request = toEngine(exchange, authentication, operation);
		if (EventLoops.mayBlock()) {
			write(exchange, this.handler.run(request), json);
			return;
		}
		var _ = this.handler.start(request, exchange.blockingExecutor())
			.whenComplete((answer, failure) -> exchange.runLogged(() -> guarded(exchange, () -> {
				if (failure == null) {
					write(exchange, answer, json);
					return;
				}
				RuntimeException reason = Completion.failure(failure);
				if (!(reason instanceof RejectedExecutionException)) {
					throw reason;
				}
				exchange.refuseOverload();
			})));
	}

	private void write(HttpExchange exchange, WebGraphQlResponse answer, ResponseMediaType json) {
		copyHeaders(answer, exchange);
		if (answer.getExecutionResult().getData() instanceof Publisher<?>) {
			throw BadRequestException.notAcceptable(NO_STREAM);
		}
		this.writer.write(exchange, answer, json);
	}

	/**
	 * One after the other, on this thread: a batch takes no more of the service at once
	 * than a single operation does.
	 */
	private void answerBatch(HttpExchange exchange, @Nullable CallerAuthentication authentication, List<?> entries) {
		AcceptHeader acceptance = AcceptHeader.of(exchange);
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
		RequestBatch cost = new RequestBatch();
		List<Map<String, Object>> answers = new ArrayList<>(operations.size());
		for (Object operation : operations) {
			answers.add((operation instanceof GraphQlHttpRequest one)
					? answerOfEntry(exchange, authentication, one, cost) : ResponseWriter.toMap((ApiError) operation));
		}
		this.writer.writeBatch(exchange, answers, acceptance.json());
	}

	private Map<String, Object> answerOfEntry(HttpExchange exchange, @Nullable CallerAuthentication authentication,
			GraphQlHttpRequest operation, RequestBatch cost) {
		try {
			WebGraphQlRequest graphQlRequest = toEngine(exchange, authentication, operation);
			graphQlRequest.configureExecutionInput((input, builder) -> {
				cost.put(input.getGraphQLContext());
				return input;
			});
			WebGraphQlResponse answer = this.handler.run(graphQlRequest);
			copyHeaders(answer, exchange);
			return (answer.getExecutionResult().getData() instanceof Publisher<?>)
					? ResponseWriter.toMap(ApiError.ofRequest(ErrorCode.NOT_ACCEPTABLE, NO_STREAM)) : answer.toMap();
		}
		catch (RuntimeException ex) {
			return ResponseWriter.toMap(ApiErrorFactory.ofRequest(ex, exchange.requestId()));
		}
	}

	/** Of a batch, the last operation knows best what is left, say, of a budget. */
	private static void copyHeaders(WebGraphQlResponse answer, HttpExchange exchange) {
		answer.getResponseHeaders().forEach((name, values) -> {
			if (HttpHeaders.SET_COOKIE.equalsIgnoreCase(name)) {
				values.forEach((value) -> exchange.addHeader(name, value));
			}
			else {
				exchange.setHeader(name, String.join(", ", values));
			}
		});
	}

	private static WebGraphQlRequest toEngine(HttpExchange exchange, @Nullable CallerAuthentication authentication,
			GraphQlHttpRequest operation) {
		WebGraphQlRequest graphQlRequest = new WebGraphQlRequest(ENDPOINT, headers(exchange), null,
				exchange.remoteAddress(), CallerAuthentication.attributes(authentication), operation.toMap(),
				exchange.requestId(), Locale.ENGLISH);
		if (isSafe(exchange)) {
			graphQlRequest.configureExecutionInput((input, builder) -> {
				ReadOnlyRequest.mark(input.getGraphQLContext());
				return input;
			});
		}
		return graphQlRequest;
	}

	/** Copying all of them would cost each request more than its few readers do. */
	private static HttpHeaders headers(HttpExchange exchange) {
		HttpHeaders headers = new HttpHeaders();
		for (String name : HEADERS_OF_OPERATIONS) {
			for (String value : exchange.headers(name)) {
				headers.add(name, value);
			}
		}
		return headers;
	}

}
