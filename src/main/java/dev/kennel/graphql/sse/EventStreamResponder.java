package dev.kennel.graphql.sse;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;

import dev.kennel.engine.IncrementalResult;
import dev.kennel.error.ApiErrorFactory;
import dev.kennel.error.ApiException;
import dev.kennel.graphql.incremental.HttpPayloadSink;
import dev.kennel.graphql.operation.OperationContext;
import dev.kennel.graphql.operation.OperationHandler;
import dev.kennel.graphql.stream.StreamProperties;
import dev.kennel.graphql.stream.StreamRefusedException;
import dev.kennel.graphql.stream.StreamRegistry;
import dev.kennel.graphql.stream.StreamTimer;
import dev.kennel.identity.Caller;
import dev.kennel.identity.CallerAuthentication;
import dev.kennel.server.HttpExchange;
import graphql.ExecutionResult;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.graphql.server.WebGraphQlRequest;
import org.springframework.graphql.server.WebGraphQlResponse;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/**
 * Responds to operations with server-sent events, in distinct connections mode: each
 * request has its own stream. An idle stream, or one whose client does not read, occupies
 * no thread.
 *
 * @see <a href=
 * "https://github.com/graphql/graphql-over-http/blob/main/rfcs/GraphQLOverSSE.md">GraphQL
 * over Server-Sent Events</a>
 */
@Component
public final class EventStreamResponder implements AutoCloseable {

	static final String CONTENT_TYPE = "text/event-stream;charset=utf-8";

	private final StreamRegistry streams;

	private final StreamProperties properties;

	private final JsonMapper json = new JsonMapper();

	private final ScheduledExecutorService heartbeatExecutor = StreamTimer.create("event-streams");

	EventStreamResponder(StreamRegistry streams, StreamProperties properties) {
		this.streams = streams;
		this.properties = properties;
	}

	/** Writes the response to a query or mutation. */
	@FunctionalInterface
	public interface ResultWriter {

		/**
		 * Writes the response.
		 * @param result the result of the operation
		 */
		void write(WebGraphQlResponse result);

	}

	/**
	 * Executes an operation and responds with its events: those of a subscription as they
	 * occur, or a single one for a query or mutation. Only a subscription counts against
	 * the account's limit of streams.
	 * @param handler executes the operation
	 * @param operation the operation
	 * @param exchange the HTTP request and its response, which continues after this
	 * method has returned if further events follow
	 * @param authentication the result of verifying the request's token, or null if it
	 * has none
	 * @param resultWriter writes the result of a query or mutation, or of a refused
	 * subscription, for a client that prefers JSON; null if the client prefers events
	 */
	public void respond(OperationHandler handler, WebGraphQlRequest operation, HttpExchange exchange,
			@Nullable CallerAuthentication authentication, @Nullable ResultWriter resultWriter) {
		Caller caller = (authentication != null) ? authentication.caller() : null;
		EventStream stream = (caller != null)
				? new EventStream(caller, this.streams, this.properties, this.json, operation.getId()) : null;
		if (stream != null) {
			operation.configureExecutionInput((input, builder) -> {
				OperationContext.of(input).setStream(stream.stream());
				return input;
			});
		}
		WebGraphQlResponse result = handler.run(operation);
		result.getResponseHeaders()
			.forEach((name, values) -> values.forEach((value) -> exchange.addHeader(name, value)));
		IncrementalResult rest = IncrementalResult.find(result.getExecutionInput().getGraphQLContext());
		if (rest != null) {
			HttpPayloadSink payloads = new HttpPayloadSink(exchange, CONTENT_TYPE, this::toEvents);
			payloads.start(exchange, () -> handler.deliver(operation, result, rest, payloads));
			return;
		}
		if (!(result.getExecutionResult().getData() instanceof Publisher<?> events)) {
			if (resultWriter != null) {
				resultWriter.write(result);
			}
			else {
				respondWithSingleEvent(exchange, result.toMap());
			}
		}
		else if (stream == null) {
			respondWithSingleEvent(exchange, failure(CallerAuthentication.unauthenticated(authentication), operation));
		}
		else {
			start(stream, Flux.from(events).cast(ExecutionResult.class), operation, exchange);
		}
	}

	private byte[] toEvents(Map<String, ? extends @Nullable Object> payload, boolean last) {
		ByteArrayOutputStream events = new ByteArrayOutputStream();
		events.writeBytes(EventStream.next(this.json, payload));
		if (last) {
			events.writeBytes(EventStream.COMPLETE);
		}
		return events.toByteArray();
	}

	private void start(EventStream stream, Flux<ExecutionResult> events, WebGraphQlRequest operation,
			HttpExchange exchange) {
		try {
			stream.open();
		}
		catch (StreamRefusedException ex) {
			respondWithSingleEvent(exchange, failure(ex.reason().toException(), operation));
			return;
		}
		boolean started = false;
		try {
			setHeaders(exchange);
			stream.start(events, exchange, this.heartbeatExecutor);
			started = true;
		}
		finally {
			if (!started) {
				stream.close();
			}
		}
	}

	private static Map<String, Object> failure(ApiException failure, WebGraphQlRequest operation) {
		return Map.of("errors", List.of(ApiErrorFactory.ofRequest(failure, operation.getId()).toSpecification()));
	}

	private void respondWithSingleEvent(HttpExchange exchange, Map<String, Object> result) {
		setHeaders(exchange);
		byte[] events = toEvents(result, true);
		exchange.respond(HttpStatus.OK.value(), CONTENT_TYPE, events.length, (output) -> output.write(events));
	}

	/**
	 * Sends the headers of an event stream without a body: the response to HEAD.
	 * @param exchange the HTTP request and its response
	 */
	public static void respondHead(HttpExchange exchange) {
		setHeaders(exchange);
		exchange.setHeader(HttpHeaders.CONTENT_TYPE, CONTENT_TYPE);
		exchange.respondHead();
	}

	private static void setHeaders(HttpExchange exchange) {
		exchange.setHeader(HttpHeaders.CACHE_CONTROL, "no-store, no-transform");
		// nginx would buffer events until its buffer is full.
		exchange.setHeader("X-Accel-Buffering", "no");
	}

	@Override
	public void close() {
		this.heartbeatExecutor.shutdownNow();
	}

}
