package dev.kennel.graphql.stream;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

import dev.kennel.graphql.Caller;
import dev.kennel.graphql.error.ApiErrors;
import dev.kennel.graphql.error.ApiException;
import dev.kennel.graphql.execution.OperationHandler;
import graphql.ExecutionResult;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.graphql.server.WebGraphQlRequest;
import org.springframework.graphql.server.WebGraphQlResponse;
import org.springframework.http.HttpHeaders;

/**
 * Answers operations with server-sent events, in the mode of distinct connections: each
 * request is answered with a stream of its own. A stream takes no thread while nothing
 * happens, and none while its client does not read.
 *
 * @see <a href=
 * "https://github.com/graphql/graphql-over-http/blob/main/rfcs/GraphQLOverSSE.md">GraphQL
 * over Server-Sent Events</a>
 */
public final class EventStreams implements AutoCloseable {

	private final OpenStreams streams;

	private final StreamProperties properties;

	private final JsonMapper json;

	private final ScheduledExecutorService heartbeat = Executors
		.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("event-streams").factory());

	EventStreams(OpenStreams streams, StreamProperties properties, JsonMapper json) {
		this.streams = streams;
		this.properties = properties;
		this.json = json;
	}

	/** Answers an operation that is no subscription. */
	@FunctionalInterface
	public interface SingleAnswer {

		/**
		 * Writes the answer.
		 * @param result what became of the operation
		 * @throws IOException if the client is gone
		 */
		void write(WebGraphQlResponse result) throws IOException;

	}

	/**
	 * Runs an operation and answers with its events: those of a subscription as they
	 * come, or the one of a query or mutation. Only a subscription takes one of the
	 * account's places.
	 * @param handler runs the operation
	 * @param operation the operation
	 * @param request the HTTP request
	 * @param response the HTTP response, which goes on after this has returned if there
	 * are further events
	 * @param single answers a query or mutation, or a subscription that was refused, for
	 * a client that would rather not have an event; null for one that would
	 * @throws IOException if the client is gone
	 */
	public void answer(OperationHandler handler, WebGraphQlRequest operation, HttpServletRequest request,
			HttpServletResponse response, @Nullable SingleAnswer single) throws IOException {
		Caller caller = HandshakeCaller.ofRequest();
		EventStream stream = (caller != null)
				? new EventStream(caller, this.streams, this.properties, this.json, operation.getId()) : null;
		if (stream != null) {
			operation.configureExecutionInput((input, builder) -> {
				stream.put(input.getGraphQLContext());
				return input;
			});
		}
		WebGraphQlResponse result = handler.run(operation);
		result.getResponseHeaders()
			.forEach((name, values) -> values.forEach((value) -> response.addHeader(name, value)));
		if (!(result.getExecutionResult().getData() instanceof Publisher<?> events)) {
			if (single != null) {
				single.write(result);
			}
			else {
				answerAtOnce(response, result.toMap());
			}
		}
		else if (stream == null) {
			answerAtOnce(response, failure(HandshakeCaller.refusalOfRequest(), operation));
		}
		else {
			start(stream, Flux.from(events).cast(ExecutionResult.class), operation, request, response);
		}
	}

	private void start(EventStream stream, Flux<ExecutionResult> events, WebGraphQlRequest operation,
			HttpServletRequest request, HttpServletResponse response) throws IOException {
		try {
			stream.open();
		}
		catch (StreamRefusedException ex) {
			answerAtOnce(response, failure(ex.reason().toException(), operation));
			return;
		}
		boolean goesOn = false;
		try {
			setHeaders(response);
			stream.start(events, request, response, this.heartbeat);
			goesOn = true;
		}
		finally {
			if (!goesOn) {
				stream.close();
			}
		}
	}

	private static Map<String, Object> failure(ApiException failure, WebGraphQlRequest operation) {
		return Map.of("errors", List.of(ApiErrors.ofRequest(failure, operation.getId()).toSpecification()));
	}

	private void answerAtOnce(HttpServletResponse response, Map<String, Object> result) throws IOException {
		setHeaders(response);
		response.getOutputStream().write(EventStream.next(this.json, result));
		response.getOutputStream().write(EventStream.COMPLETE);
	}

	/**
	 * Writes the headers of a stream, and nothing else: the answer to HEAD.
	 * @param response the HTTP response
	 */
	public static void writeHead(HttpServletResponse response) {
		setHeaders(response);
	}

	private static void setHeaders(HttpServletResponse response) {
		response.setStatus(HttpServletResponse.SC_OK);
		response.setContentType("text/event-stream;charset=utf-8");
		response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store, no-transform");
		// nginx would collect events until its buffer is full.
		response.setHeader("X-Accel-Buffering", "no");
	}

	@Override
	public void close() {
		this.heartbeat.shutdownNow();
	}

}
