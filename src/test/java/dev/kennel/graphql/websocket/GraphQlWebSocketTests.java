package dev.kennel.graphql.websocket;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.Consumer;

import dev.kennel.concurrency.Deadline;
import dev.kennel.graphql.stream.CloseReason;
import dev.kennel.graphql.stream.StreamProperties;
import dev.kennel.graphql.stream.StreamRegistry;
import dev.kennel.graphql.stream.StreamTimer;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.Caller;
import dev.kennel.identity.CallerAuthentication;
import dev.kennel.identity.RequestAuthenticator;
import dev.kennel.server.HttpExchange;
import dev.kennel.server.limit.MemoryPermits;
import graphql.ExecutionInput;
import graphql.ExecutionResult;
import graphql.ExecutionResultImpl;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Sinks;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.graphql.server.WebGraphQlResponse;
import org.springframework.graphql.support.DefaultExecutionGraphQlResponse;
import org.springframework.http.HttpHeaders;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

/** The state machine of a connection, independent of the server. */
class GraphQlWebSocketTests {

	private static final JsonMapper JSON = new JsonMapper();

	private static final Duration LONG = Duration.ofDays(1);

	private static final Caller CALLER = new Caller(new AccountId(UUID.randomUUID()), UUID.randomUUID(), Instant.MAX);

	/** Two concurrent operations, and a queue of 200 characters. */
	private static final StreamProperties PROPERTIES = new StreamProperties(10, 2, 2, DataSize.ofBytes(200),
			DataSize.ofBytes(2_000), LONG, LONG, LONG, DataSize.ofKilobytes(32));

	/** The verified values of {@code authorization}. */
	private final List<List<String>> verified = new ArrayList<>();

	private final RequestAuthenticator authenticator = new RequestAuthenticator() {

		@Override
		public @Nullable CallerAuthentication verify(List<String> authorization) {
			GraphQlWebSocketTests.this.verified.add(List.copyOf(authorization));
			return authorization.isEmpty() ? null : CallerAuthentication.of(CALLER);
		}

		@Override
		public @Nullable CallerAuthentication authenticate(HttpExchange exchange) {
			return null;
		}

		@Override
		public boolean usesCookies() {
			return false;
		}

		@Override
		public boolean isRevoked(Caller caller) {
			return false;
		}

	};

	private final ScheduledThreadPoolExecutor timer = StreamTimer.create("websockets");

	/** The tasks that would run on separate threads. */
	private final Deque<Runnable> tasks = new ArrayDeque<>();

	/** The ids of the executed operations. */
	private final List<String> operations = new ArrayList<>();

	private final List<String> sent = new ArrayList<>();

	private final Deque<Consumer<@Nullable Throwable>> pendingSends = new ArrayDeque<>();

	/** Called when an operation is executed. */
	private Consumer<WebSocketOperation> execution = (operation) -> {
	};

	private Object data = Map.of("a", 1);

	private final StreamRegistry registry = new StreamRegistry(PROPERTIES, this.authenticator, Clock.systemUTC());

	private final GraphQlWebSocket webSocket = new GraphQlWebSocket(
			new GraphQlWebSocket.Environment(this::run, this.registry, this.authenticator, PROPERTIES, this.timer,
					this.tasks::add, new MemoryPermits(1_000_000)),
			new WebSocketHandshake(URI.create("/graphql"), new HttpHeaders(), null, GraphQlWebSocket.PROTOCOL, null),
			new WebSocketPeer() {

				@Override
				public void send(String text, Consumer<@Nullable Throwable> done) {
					GraphQlWebSocketTests.this.sent.add(text);
					GraphQlWebSocketTests.this.pendingSends.add(done);
				}

				@Override
				public void close(CloseReason reason) {
					GraphQlWebSocketTests.this.sent.add(reason.code() + " " + reason.text());
				}

				@Override
				public void abort() {
					GraphQlWebSocketTests.this.sent.add("abort");
				}

			});

	@AfterEach
	void stop() {
		this.timer.shutdownNow();
	}

	private WebGraphQlResponse run(WebSocketOperation operation, WebSocketHandshake handshake) {
		this.operations.add(operation.id());
		this.execution.accept(operation);
		ExecutionResult result = ExecutionResultImpl.newExecutionResult().data(this.data).build();
		return new WebGraphQlResponse(new DefaultExecutionGraphQlResponse(
				ExecutionInput.newExecutionInput(String.valueOf(operation.parameters().toMap().get("query"))).build(),
				result));
	}

	private void runTasks() {
		while (!this.tasks.isEmpty()) {
			this.tasks.remove().run();
		}
	}

	/** Completes the sending of the current message. */
	private void completeSend() {
		this.pendingSends.remove().accept(null);
	}

	private void init(Map<String, ?> payload) {
		this.webSocket.open();
		this.webSocket.receive(JSON.writeValueAsString(Map.of("type", "connection_init", "payload", payload)));
	}

	private void acknowledge() {
		init(Map.of("authorization", "Bearer x"));
		assertThat(this.sent).containsExactly("{\"type\":\"connection_ack\"}");
		completeSend();
		this.sent.clear();
	}

	private void subscribe(String id) {
		this.webSocket.receive("{\"id\":\"" + id + "\",\"type\":\"subscribe\",\"payload\":{\"query\":\"{ a }\"}}");
	}

	private void queryTypename(String id) {
		this.webSocket.receive("{\"id\":\"" + id
				+ "\",\"type\":\"subscribe\",\"payload\":{\"query\":\"query Q { alive: __typename }\"}}");
	}

	private static String next(String id) {
		return "{\"id\":\"" + id + "\",\"type\":\"next\",\"payload\":{\"data\":{\"a\":1}}}";
	}

	private static String complete(String id) {
		return "{\"id\":\"" + id + "\",\"type\":\"complete\"}";
	}

	@Test
	void operationIsExecutedAndItsResultSent() {
		acknowledge();
		subscribe("1");
		runTasks();
		completeSend();
		assertThat(this.operations).containsExactly("1");
		assertThat(this.sent).containsExactly(next("1"), complete("1"));
	}

	@Test
	void operationAfterCloseIsNotExecuted() {
		acknowledge();
		this.webSocket.closed();
		subscribe("1");
		runTasks();
		assertThat(this.operations).isEmpty();
		assertThat(this.sent).isEmpty();
	}

	@Test
	void connectionInitAfterCloseOpensNoStream() {
		this.webSocket.open();
		this.webSocket.closed();
		this.webSocket.receive("{\"type\":\"connection_init\",\"payload\":{\"authorization\":\"Bearer x\"}}");
		assertThat(this.verified).isEmpty();
		assertThat(this.sent).isEmpty();
		assertThat(this.timer.getQueue()).isEmpty();
	}

	@Test
	void connectionIsOneStreamBeforeAndAfterItsInitialisation() {
		this.webSocket.open();
		assertThat(this.registry.size()).isEqualTo(1);
		this.webSocket.receive("{\"type\":\"connection_init\",\"payload\":{\"authorization\":\"Bearer x\"}}");
		assertThat(this.registry.size()).isEqualTo(1);
		this.webSocket.closed();
		assertThat(this.registry.size()).isZero();
	}

	@Test
	void timersAreCancelledWhenObsolete() {
		this.webSocket.open();
		assertThat(this.timer.getQueue()).hasSize(2);
		this.webSocket.receive("{\"type\":\"connection_init\",\"payload\":{\"authorization\":\"Bearer x\"}}");
		assertThat(this.timer.getQueue()).hasSize(1);
		this.webSocket.closed();
		assertThat(this.timer.getQueue()).isEmpty();
	}

	@Test
	void operationOccupiesItsSlotUntilItsResultIsSent() {
		acknowledge();
		List.of("1", "2", "3").forEach(this::subscribe);
		runTasks();
		assertThat(this.operations).containsExactly("1", "2");
		assertThat(this.sent).containsExactly(next("1"));
		completeSend();
		runTasks();
		assertThat(this.operations).containsExactly("1", "2");

		// The last message of the first operation.
		completeSend();
		runTasks();

		assertThat(this.operations).containsExactly("1", "2", "3");
	}

	@Test
	void typenameQueriesHaveSlotsOfTheirOwn() {
		acknowledge();
		List.of("1", "2", "3").forEach(this::subscribe);
		List.of("a", "b", "c").forEach(this::queryTypename);
		runTasks();
		// The third ones wait.
		assertThat(this.operations).containsExactly("1", "2", "a", "b");
		for (int message = 0; message < 12; message++) {
			completeSend();
			runTasks();
		}
		assertThat(this.operations).containsExactlyInAnyOrder("1", "2", "3", "a", "b", "c");
		assertThat(this.sent).hasSize(12);
	}

	@Test
	void endedOperationsOccupyNoSlot() {
		acknowledge();
		for (String id : List.of("1", "2", "3")) {
			subscribe(id);
			runTasks();
			completeSend();
			completeSend();
		}
		assertThat(this.operations).containsExactly("1", "2", "3");
		for (String id : List.of("a", "b")) {
			queryTypename(id);
			runTasks();
			completeSend();
			completeSend();
		}
		// While other operations occupy all slots.
		List.of("4", "5").forEach(this::subscribe);
		queryTypename("c");
		runTasks();
		assertThat(this.operations).containsExactly("1", "2", "3", "a", "b", "4", "5", "c");
	}

	@Test
	void completedOperationReleasesItsSlot() {
		acknowledge();
		List.of("1", "2", "3").forEach(this::subscribe);
		runTasks();
		this.webSocket.receive("{\"id\":\"2\",\"type\":\"complete\"}");
		assertThat(this.operations).containsExactly("1", "2");
		// The message that is already being sent is not dropped.
		completeSend();
		completeSend();
		runTasks();
		assertThat(this.operations).containsExactly("1", "2", "3");
	}

	@Test
	void operationWaitingForAPermitIsCancelled() {
		List<ExecutionInput> inputs = new ArrayList<>();
		List<Duration> remaining = new ArrayList<>();
		this.execution = (operation) -> Deadline.call(LONG, () -> {
			ExecutionInput input = ExecutionInput.newExecutionInput("mutation { a }").build();
			operation.begin(input);
			this.webSocket.receive("{\"id\":\"1\",\"type\":\"complete\"}");
			remaining.add(Objects.requireNonNull(Deadline.current()).remaining());
			return inputs.add(input);
		});
		acknowledge();
		subscribe("1");
		runTasks();
		assertThat(inputs).singleElement().satisfies((input) -> assertThat(input.isCancelled()).isTrue());
		assertThat(remaining).containsExactly(Duration.ZERO);
		assertThat(this.sent).isEmpty();
	}

	@Test
	void queuedOperationIsNotExecutedAfterClose() {
		acknowledge();
		List.of("1", "2", "3").forEach(this::subscribe);
		runTasks();
		this.webSocket.receive("nonsense");
		completeSend();
		runTasks();
		assertThat(this.operations).containsExactly("1", "2");
		assertThat(this.sent).hasSize(2);
		assertThat(this.sent.getFirst()).isEqualTo(next("1"));
		assertThat(this.sent.getLast()).startsWith("4400 ");
	}

	@Test
	void idLengthIsLimited() {
		acknowledge();
		subscribe("x".repeat(255));
		runTasks();
		assertThat(this.operations).containsExactly("x".repeat(255));
		this.webSocket.receive("{\"id\":\"" + "x".repeat(256) + "\",\"type\":\"complete\"}");
		completeSend();
		assertThat(this.sent.getLast())
			.isEqualTo("4400 Invalid message: Its id has to be a string of 1 to 255 characters.");
	}

	@Test
	void unreadErrorsCloseTheConnection() {
		acknowledge();
		String id = "x".repeat(255);
		// Each error takes more than 400 characters of a queue of 2,000.
		for (int i = 0; i < 5; i++) {
			this.webSocket.receive("{\"id\":\"" + id + "\",\"type\":\"subscribe\",\"payload\":{\"query\":5}}");
		}
		completeSend();
		assertThat(this.sent).hasSize(2);
		assertThat(this.sent.getLast()).startsWith("1013 ");
	}

	@Test
	void tooSlowConnectionEndsItsSubscriptions() {
		Sinks.Many<ExecutionResult> events = Sinks.many().unicast().onBackpressureBuffer();
		acknowledge();
		this.data = events.asFlux();
		subscribe("1");
		runTasks();
		assertThat(events.currentSubscriberCount()).isEqualTo(1);
		for (int i = 0; i < 3; i++) {
			events.tryEmitNext(ExecutionResultImpl.newExecutionResult().data("x".repeat(1_500)).build());
		}
		runTasks();
		assertThat(events.currentSubscriberCount()).isZero();
		completeSend();
		assertThat(this.sent).hasSize(2);
		assertThat(this.sent.getLast()).startsWith("1013 ");
	}

	@Test
	void allAuthorizationMembersAreVerifiedTogether() {
		Map<String, Object> payload = new LinkedHashMap<>();
		payload.put("authorization", "Bearer x");
		payload.put("other", "Bearer y");
		payload.put("Authorization", "Bearer z");
		init(payload);
		assertThat(this.verified).containsExactly(List.of("Bearer x", "Bearer z"));
	}

	@Test
	void nonStringAuthorizationIsRefused() {
		Map<String, Object> payload = new LinkedHashMap<>();
		payload.put("authorization", 5);
		payload.put("Authorization", "Bearer x");
		init(payload);
		assertThat(this.sent).containsExactly("4403 TOKEN_INVALID: The access token is not valid.");
	}

}
