package dev.kennel.graphql.http;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;

import dev.kennel.concurrency.EventLoops;
import dev.kennel.concurrency.Futures;
import dev.kennel.engine.IncrementalResult;
import dev.kennel.engine.incremental.IncrementalFormat;
import dev.kennel.error.ApiError;
import dev.kennel.error.ApiErrorFactory;
import dev.kennel.error.ErrorCode;
import dev.kennel.graphql.idempotency.IdempotencyKey;
import dev.kennel.graphql.limit.LimitProperties;
import dev.kennel.graphql.operation.OperationContext;
import dev.kennel.graphql.operation.OperationHandler;
import dev.kennel.graphql.operation.RequestBatch;
import dev.kennel.graphql.sse.EventStreamResponder;
import dev.kennel.graphql.usage.ClientName;
import dev.kennel.identity.CallerAuthentication;
import dev.kennel.identity.RequestAuthenticator;
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
 * The {@code /graphql} endpoint: executes operations and delegates WebSocket handshakes.
 * Every response is a GraphQL response: a request that violates the specification is
 * rejected with an HTTP status and an error with a code, and before its body is read if
 * the headers suffice. Operations that may block are executed on virtual threads.
 *
 * @see <a href="https://graphql.github.io/graphql-over-http/draft/">GraphQL over HTTP</a>
 */
public class GraphQlEndpoint implements RequestHandler {

	/** The path of the endpoint, for all transports. */
	public static final String PATH = "/graphql";

	/** The largest body that is parsed on the event loop, in bytes. */
	private static final int MAX_SHORT_BODY = 16 * 1024;

	/** The value of the {@code Allow} header. */
	static final String ALLOW = "GET, HEAD, OPTIONS, POST";

	private static final URI ENDPOINT = URI.create(PATH);

	/** The request headers that are passed to operations. */
	private static final List<String> OPERATION_HEADERS = Stream
		.concat(Stream.of(HttpHeaders.USER_AGENT, HttpHeaders.COOKIE, IdempotencyKey.HEADER),
				ClientName.HEADERS.stream())
		.toList();

	private static final String STREAM_NOT_ACCEPTED = "The response to a subscription is text/event-stream, and the Accept header has "
			+ "to ask for it; or it is sent over a WebSocket.";

	private final OperationHandler handler;

	private final RequestHandler webSocket;

	private final EventStreamResponder eventStreams;

	private final RequestAuthenticator authenticator;

	private final RequestReader reader;

	private final ResponseWriter writer;

	private final StatusCodes statusCodes;

	private final long maxDocumentSize;

	GraphQlEndpoint(OperationHandler handler, RequestHandler webSocket, EventStreamResponder eventStreams,
			RequestAuthenticator authenticator, RequestReader reader, ResponseWriter writer, StatusCodes statusCodes,
			LimitProperties limits) {
		this.handler = handler;
		this.webSocket = webSocket;
		this.eventStreams = eventStreams;
		this.authenticator = authenticator;
		this.reader = reader;
		this.writer = writer;
		this.statusCodes = statusCodes;
		this.maxDocumentSize = limits.maxDocumentSize().toBytes();
	}

	/**
	 * Returns whether the request method is safe.
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
			withErrorHandling(exchange, () -> {
				this.reader.check(exchange);
				if (isSafe(exchange)) {
					dispatch(exchange, null);
				}
				else {
					exchange.readBody(this.reader.maxBodySize(), new BodyListener(exchange));
				}
			});
		}
	}

	/** Executes the request when its body is complete. */
	private final class BodyListener implements RequestBodyListener {

		private final HttpExchange exchange;

		BodyListener(HttpExchange exchange) {
			this.exchange = exchange;
		}

		@Override
		public void onBody(byte[] body) {
			dispatch(this.exchange, body);
		}

		@Override
		public void onFailure(Failure failure) {
			refuse(this.exchange, GraphQlEndpoint.this.reader.refusal(failure));
		}

	}

	/** Parses a small body on the event loop, and a large one on a virtual thread. */
	private void dispatch(HttpExchange exchange, byte @Nullable [] body) {
		if (body == null || body.length <= MAX_SHORT_BODY) {
			exchange.runWithRequestId(() -> withErrorHandling(exchange, () -> readAndExecute(exchange, body)));
		}
		else {
			exchange.run(() -> withErrorHandling(exchange, () -> readAndExecute(exchange, body)));
		}
	}

	private void readAndExecute(HttpExchange exchange, byte @Nullable [] body) {
		RequestReader.Content content = (body != null) ? this.reader.readBody(exchange, body)
				: this.reader.readParameters(exchange);
		CallerAuthentication authentication = this.authenticator.authenticate(exchange);
		if (authentication != null && authentication.caller() != null) {
			exchange.markAuthenticated();
		}
		switch (content) {
			case RequestReader.Content.Single single -> execute(exchange, authentication, single.parameters());
			case RequestReader.Content.Batch batch ->
				runBlocking(exchange, () -> executeBatch(exchange, authentication, batch.entries()));
		}
	}

	/** Runs a blocking task, on a virtual thread if this is an event loop. */
	private void runBlocking(HttpExchange exchange, Runnable task) {
		if (EventLoops.mayBlock()) {
			task.run();
		}
		else {
			exchange.run(() -> withErrorHandling(exchange, task));
		}
	}

	/** Responds to failures with a GraphQL error. */
	private void withErrorHandling(HttpExchange exchange, Runnable task) {
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

	private void refuse(HttpExchange exchange, BadRequestException rejection) {
		rejection.headers().forEach(exchange::setHeader);
		this.writer.refuse(exchange, rejection.status(this.statusCodes), rejection.error(),
				AcceptHeader.of(exchange).jsonOrDefault());
	}

	private void execute(HttpExchange exchange, @Nullable CallerAuthentication authentication,
			GraphQlRequestParameters parameters) {
		AcceptHeader accept = AcceptHeader.of(exchange);
		ResponseMediaType json = accept.json();
		if (accept.prefersEvents() || (accept.events() && parameters.mayContainSubscription())) {
			if ("HEAD".equals(exchange.method())) {
				// The headers of GET. A stream without events would never end.
				EventStreamResponder.respondHead(exchange);
				return;
			}
			IncrementalFormat format = accept.prefersEvents() ? accept.incrementalEvents() : null;
			runBlocking(exchange,
					() -> this.eventStreams.respond(this.handler,
							toGraphQlRequest(exchange, authentication, parameters, format), exchange, authentication,
							(json == null || accept.prefersEvents()) ? null
									: (response) -> this.writer.write(exchange, response, json)));
			return;
		}
		if (json == null && accept.multipart() == null) {
			throw BadRequestException.notAcceptable("The response can be application/graphql-response+json, "
					+ "application/json, multipart/mixed or text/event-stream.");
		}
		WebGraphQlRequest request = toGraphQlRequest(exchange, authentication, parameters, accept.multipart());
		if (EventLoops.mayBlock()) {
			write(exchange, request, this.handler.run(request), accept);
			return;
		}
		var _ = this.handler.start(request, exchange.blockingExecutor())
			.whenComplete((response, failure) -> exchange.runWithRequestId(() -> withErrorHandling(exchange, () -> {
				if (failure == null) {
					write(exchange, request, response, accept);
					return;
				}
				RuntimeException cause = Futures.failure(failure);
				if (!(cause instanceof RejectedExecutionException)) {
					throw cause;
				}
				exchange.respondOverloaded();
			})));
	}

	/**
	 * Headers alone have no parts, and a repeated request under the same key has the
	 * same, whole result.
	 */
	private static boolean mayDeliverIncrementally(HttpExchange exchange) {
		return !"HEAD".equals(exchange.method()) && exchange.isStreamable()
				&& exchange.header(IdempotencyKey.HEADER) == null;
	}

	private void write(HttpExchange exchange, WebGraphQlRequest request, WebGraphQlResponse response,
			AcceptHeader accept) {
		copyHeaders(response, exchange);
		if (response.getExecutionResult().getData() instanceof Publisher<?>) {
			throw BadRequestException.notAcceptable(STREAM_NOT_ACCEPTED);
		}
		IncrementalFormat format = accept.multipart();
		IncrementalResult rest = IncrementalResult.find(response.getExecutionInput().getGraphQLContext());
		if (rest != null) {
			MultipartResponder.respond(this.handler, exchange, request, response, rest);
		}
		else if (accept.json() == null && format != null && response.getExecutionResult().isDataPresent()) {
			exchange.setHeader(HttpHeaders.CACHE_CONTROL, ResponseWriter.NO_STORE);
			MultipartResponder.respondWhole(exchange, response, format);
		}
		else {
			this.writer.write(exchange, response, accept.jsonOrDefault());
		}
	}

	/**
	 * Executes the operations sequentially on this thread, so that a batch occupies no
	 * more capacity than one operation.
	 */
	private void executeBatch(HttpExchange exchange, @Nullable CallerAuthentication authentication, List<?> entries) {
		AcceptHeader accept = AcceptHeader.of(exchange);
		if (accept.json() == null || accept.prefersEvents()) {
			throw BadRequestException
				.notAcceptable("The response to a batch is application/json or application/graphql-response+json.");
		}
		List<Object> parametersOrErrors = new ArrayList<>(entries.size());
		long remaining = this.maxDocumentSize;
		for (Object entry : entries) {
			try {
				GraphQlRequestParameters parameters = GraphQlRequestParameters
					.of((entry instanceof Map<?, ?> members) ? members : Map.of());
				remaining -= parameters.checkSize(remaining, this.maxDocumentSize);
				parametersOrErrors.add(parameters);
			}
			catch (BadRequestException ex) {
				if (ex.error().code() != ErrorCode.BAD_REQUEST) {
					throw ex;
				}
				parametersOrErrors.add(ex.error());
			}
		}
		RequestBatch batch = new RequestBatch();
		List<Map<String, Object>> results = new ArrayList<>(parametersOrErrors.size());
		for (Object entry : parametersOrErrors) {
			results.add((entry instanceof GraphQlRequestParameters parameters)
					? executeEntry(exchange, authentication, parameters, batch)
					: ResponseWriter.toMap((ApiError) entry));
		}
		this.writer.writeBatch(exchange, results, accept.json());
	}

	private Map<String, Object> executeEntry(HttpExchange exchange, @Nullable CallerAuthentication authentication,
			GraphQlRequestParameters parameters, RequestBatch batch) {
		try {
			WebGraphQlRequest graphQlRequest = toGraphQlRequest(exchange, authentication, parameters, null);
			graphQlRequest.configureExecutionInput((input, builder) -> {
				OperationContext.of(input).setBatch(batch);
				return input;
			});
			WebGraphQlResponse response = this.handler.run(graphQlRequest);
			copyHeaders(response, exchange);
			return (response.getExecutionResult().getData() instanceof Publisher<?>)
					? ResponseWriter.toMap(ApiError.ofRequest(ErrorCode.NOT_ACCEPTABLE, STREAM_NOT_ACCEPTED))
					: response.toMap();
		}
		catch (RuntimeException ex) {
			return ResponseWriter.toMap(ApiErrorFactory.ofRequest(ex, exchange.requestId()));
		}
	}

	/**
	 * In a batch, the headers of the last operation win: its remaining budget, for
	 * example, is the current one.
	 */
	private static void copyHeaders(WebGraphQlResponse response, HttpExchange exchange) {
		response.getResponseHeaders().forEach((name, values) -> {
			if (HttpHeaders.SET_COOKIE.equalsIgnoreCase(name)) {
				values.forEach((value) -> exchange.addHeader(name, value));
			}
			else {
				exchange.setHeader(name, String.join(", ", values));
			}
		});
	}

	private static WebGraphQlRequest toGraphQlRequest(HttpExchange exchange,
			@Nullable CallerAuthentication authentication, GraphQlRequestParameters parameters,
			@Nullable IncrementalFormat format) {
		WebGraphQlRequest graphQlRequest = new WebGraphQlRequest(ENDPOINT, headers(exchange), null,
				exchange.remoteAddress(), CallerAuthentication.attributes(authentication), parameters.toMap(),
				exchange.requestId(), Locale.ENGLISH);
		parameters.configure(graphQlRequest);
		if (isSafe(exchange)) {
			graphQlRequest.configureExecutionInput((input, builder) -> {
				OperationContext.of(input).setReadOnly();
				return input;
			});
		}
		if (format != null && mayDeliverIncrementally(exchange)) {
			graphQlRequest.configureExecutionInput((input, builder) -> {
				format.putInto(input.getGraphQLContext());
				return input;
			});
		}
		return graphQlRequest;
	}

	/** Copying all headers would cost more than the few that are read. */
	private static HttpHeaders headers(HttpExchange exchange) {
		HttpHeaders headers = new HttpHeaders();
		for (String name : OPERATION_HEADERS) {
			for (String value : exchange.headers(name)) {
				headers.add(name, value);
			}
		}
		return headers;
	}

}
