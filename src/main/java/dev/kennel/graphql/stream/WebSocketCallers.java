package dev.kennel.graphql.stream;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.kennel.graphql.Caller;
import dev.kennel.graphql.CallerAuthentication;
import dev.kennel.graphql.CallerContext;
import dev.kennel.graphql.error.ApiErrors;
import dev.kennel.graphql.error.ApiException;
import dev.kennel.graphql.error.ErrorReason;
import graphql.ExecutionResultImpl;
import graphql.GraphQLError;
import graphql.execution.ExecutionId;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.graphql.execution.SubscriptionPublisherException;
import org.springframework.graphql.server.WebGraphQlRequest;
import org.springframework.graphql.server.WebGraphQlResponse;
import org.springframework.graphql.server.WebSocketGraphQlInterceptor;
import org.springframework.graphql.server.WebSocketGraphQlRequest;
import org.springframework.graphql.server.WebSocketSessionInfo;
import org.springframework.graphql.support.DefaultExecutionGraphQlResponse;
import org.springframework.stereotype.Component;

/**
 * Finds out whose a WebSocket is, by its first message or by its handshake, and carries
 * that over to the operations on it. A WebSocket of nobody's is closed.
 */
@Component
class WebSocketCallers implements WebSocketGraphQlInterceptor {

	private static final String STREAM = OpenStream.class.getName();

	private static final String AUTHORIZATION = "authorization";

	private static final Duration RETRY_AFTER = Duration.ofSeconds(30);

	private final OpenStreams streams;

	private final CallerTokens tokens;

	private final StreamProperties properties;

	WebSocketCallers(OpenStreams streams, CallerTokens tokens, StreamProperties properties) {
		this.streams = streams;
		this.tokens = tokens;
		this.properties = properties;
	}

	@Override
	public Mono<Object> handleConnectionInitialization(WebSocketSessionInfo connection, Map<String, Object> payload) {
		WindowedSession session = StreamWebSocketHandler.session(connection.getAttributes());
		CallerAuthentication authentication = authentication(connection, payload);
		Caller caller = authentication.caller();
		if (caller == null) {
			// Before the handler does, whose reason is always the same.
			session.closeQuietly(StreamEnd.of(authentication.refusal()).closeStatus());
			return Mono.error(new IllegalArgumentException("The WebSocket is nobody's"));
		}
		try {
			OpenStream stream = this.streams.open(caller, (reason) -> session.closeQuietly(reason.closeStatus()));
			connection.getAttributes().put(STREAM, stream);
			if (!session.isOpen()) {
				this.streams.close(stream);
			}
			return Mono.empty();
		}
		catch (StreamRefusedException ex) {
			session.closeQuietly(ex.reason().closeStatus());
			return Mono.error(ex);
		}
	}

	private CallerAuthentication authentication(WebSocketSessionInfo connection, Map<String, Object> payload) {
		for (Map.Entry<String, Object> member : payload.entrySet()) {
			if (AUTHORIZATION.equalsIgnoreCase(member.getKey())) {
				return (member.getValue() instanceof String value) ? this.tokens.verify(value)
						: CallerAuthentication.refused(ErrorReason.TOKEN_INVALID);
			}
		}
		CallerAuthentication ofHandshake = HandshakeCaller.find(connection.getAttributes());
		return (ofHandshake != null) ? ofHandshake : CallerAuthentication.refused(ErrorReason.TOKEN_MISSING);
	}

	@Override
	public Mono<WebGraphQlResponse> intercept(WebGraphQlRequest request, Chain chain) {
		if (!(request instanceof WebSocketGraphQlRequest onWebSocket)) {
			return chain.next(request);
		}
		Map<String, Object> attributes = onWebSocket.getSessionInfo().getAttributes();
		OpenStream stream = (OpenStream) Objects.requireNonNull(attributes.get(STREAM));
		// A client numbers its messages from 1 on, which finds nothing in a log.
		request.executionId(ExecutionId.from(UuidCreator.getTimeOrderedEpoch().toString()));
		request.configureExecutionInput((input, builder) -> {
			Caller caller = Objects.requireNonNull(stream.caller());
			// A session that has just ended may have operations on their way here.
			CallerContext.put(input.getGraphQLContext(), this.tokens.isRevoked(caller)
					? CallerAuthentication.refused(ErrorReason.SESSION_ENDED) : CallerAuthentication.of(caller));
			stream.put(input.getGraphQLContext());
			return input;
		});
		WindowedSession session = StreamWebSocketHandler.session(attributes);
		return chain.next(request).map((response) -> withRefusal(limit(response, request.getId(), session)));
	}

	private WebGraphQlResponse limit(WebGraphQlResponse response, String id, WindowedSession session) {
		if (!(response.getExecutionResult().getData() instanceof Publisher<?> events)) {
			return response;
		}
		if (session.size() >= this.properties.maxPerConnection()) {
			ApiException refusal = ApiException.rateLimited(
					"A WebSocket has at most " + this.properties.maxPerConnection() + " subscriptions.", RETRY_AFTER);
			return new WebGraphQlResponse(new DefaultExecutionGraphQlResponse(response.getExecutionInput(),
					ExecutionResultImpl.newExecutionResult()
						.addError(ApiErrors.ofRequest(refusal,
								response.getExecutionInput().getExecutionIdNonNull().toString()))
						.build()));
		}
		SendWindow window = session.open(id, events);
		return response.transform((builder) -> builder.data(window.doFinally((signal) -> session.close(id, window))));
	}

	/**
	 * What has not been run is answered with a message of type {@code error}, which the
	 * handler makes of events that fail.
	 */
	private static WebGraphQlResponse withRefusal(WebGraphQlResponse response) {
		if (response.getExecutionResult().isDataPresent() || response.getExecutionResult().getErrors().isEmpty()) {
			return response;
		}
		String requestId = response.getExecutionInput().getExecutionIdNonNull().toString();
		List<GraphQLError> errors = response.getExecutionResult()
			.getErrors()
			.stream()
			.<GraphQLError>map((error) -> ApiErrors.ofEngine(error, requestId))
			.toList();
		return response.transform((builder) -> builder.errors(List.of())
			.data(Flux.error(new SubscriptionPublisherException(errors, null))));
	}

	@Override
	public void handleConnectionClosed(WebSocketSessionInfo connection, int statusCode, Map<String, Object> payload) {
		if (connection.getAttributes().get(STREAM) instanceof OpenStream stream) {
			this.streams.close(stream);
		}
	}

}
