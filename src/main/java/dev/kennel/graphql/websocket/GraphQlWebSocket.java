package dev.kennel.graphql.websocket;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

import dev.kennel.error.ApiErrorFactory;
import dev.kennel.error.ApiException;
import dev.kennel.error.ErrorReason;
import dev.kennel.graphql.http.BadRequestException;
import dev.kennel.graphql.http.GraphQlHttpRequest;
import dev.kennel.graphql.stream.CloseReason;
import dev.kennel.graphql.stream.OpenStream;
import dev.kennel.graphql.stream.StreamAuthenticator;
import dev.kennel.graphql.stream.StreamEnd;
import dev.kennel.graphql.stream.StreamProperties;
import dev.kennel.graphql.stream.StreamRefusedException;
import dev.kennel.graphql.stream.StreamRegistry;
import dev.kennel.identity.Caller;
import dev.kennel.identity.CallerAuthentication;
import dev.kennel.server.MemoryPermits;
import graphql.ExecutionResult;
import graphql.GraphQLError;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

import org.springframework.graphql.server.WebGraphQlResponse;

/**
 * The service's side of one connection that speaks {@code graphql-transport-ws}: its
 * state, and the operations on it. A fault of an operation ends that operation, a fault
 * of the protocol the connection.
 *
 * <p>
 * Operations run on threads of their own, several at once, so that none of them keeps a
 * ping, a {@code complete} or another operation waiting. An operation counts as running
 * until its result has been sent. {@link OutgoingMessages} bounds what is in memory for a
 * client that does not read.
 *
 * @see <a href= "https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md">GraphQL
 * over WebSocket</a>
 */
final class GraphQlWebSocket {

	/** The subprotocol, which a client has to name. */
	static final String PROTOCOL = "graphql-transport-ws";

	private static final String AUTHORIZATION = "authorization";

	private static final Duration RETRY_AFTER = Duration.ofSeconds(30);

	/**
	 * A client that takes something within each send timeout has to take a message within
	 * so many of them.
	 */
	private static final int SEND_TIMEOUTS = 6;

	private final OperationRunner runner;

	private final StreamRegistry streams;

	private final StreamAuthenticator tokens;

	private final StreamProperties properties;

	private final ScheduledExecutorService timer;

	private final Executor threads;

	/**
	 * How long a message may take to be sent, however little of it is taken at a time.
	 */
	private final Duration maxMessageAge;

	private final WebSocketHandshake handshake;

	private final OutgoingMessages outgoing;

	private final ReentrantLock lock = new ReentrantLock();

	/** Those that the client waits for, by their ids. */
	private final Map<String, WebSocketOperation> operations = new HashMap<>();

	private final Deque<WebSocketOperation> waiting = new ArrayDeque<>();

	private long waitingSize;

	private int running;

	private boolean initialised;

	/** What the connection is before its caller is known. */
	private @Nullable OpenStream anonymous;

	private @Nullable OpenStream stream;

	private @Nullable Future<?> initTimeout;

	private @Nullable Future<?> heartbeat;

	GraphQlWebSocket(Environment environment, WebSocketHandshake handshake, WebSocketPeer peer) {
		this.runner = environment.runner();
		this.streams = environment.streams();
		this.tokens = environment.tokens();
		this.properties = environment.properties();
		this.timer = environment.timer();
		this.threads = environment.threads();
		this.maxMessageAge = this.properties.sendTimeout().multipliedBy(SEND_TIMEOUTS);
		this.handshake = handshake;
		int maxUnsentSize = (int) Math.min(Integer.MAX_VALUE, this.properties.maxUnsentSize().toBytes());
		this.outgoing = new OutgoingMessages(peer, maxUnsentSize, environment.memory(), System::nanoTime,
				this::stopOperationsSoon);
	}

	/**
	 * What all WebSockets of an instance have in common.
	 *
	 * @param threads runs each task on a thread of its own
	 * @param memory what the messages that wait to be sent may take together
	 */
	record Environment(OperationRunner runner, StreamRegistry streams, StreamAuthenticator tokens, StreamProperties properties,
			ScheduledExecutorService timer, Executor threads, MemoryPermits memory) {
	}

	/** Runs an operation, and waits for its result or for its events to begin. */
	@FunctionalInterface
	interface OperationRunner {

		WebGraphQlResponse run(WebSocketOperation operation, WebSocketHandshake handshake);

	}

	/**
	 * Begins: from now on the client has a certain time to ask for its acknowledgement.
	 */
	void open() {
		this.lock.lock();
		try {
			if (!PROTOCOL.equals(this.handshake.subprotocol())) {
				this.outgoing.close(new CloseReason(4406, "Subprotocol not acceptable"));
				return;
			}
			this.anonymous = this.streams.openUnknown(this::end);
			this.initTimeout = this.timer.schedule(this::endUnlessInitialised,
					this.properties.connectionInitTimeout().toMillis(), TimeUnit.MILLISECONDS);
			long interval = this.properties.heartbeat().toMillis();
			this.heartbeat = this.timer.scheduleWithFixedDelay(this::beat, interval, interval, TimeUnit.MILLISECONDS);
		}
		catch (StreamRefusedException ex) {
			end(ex.reason());
		}
		finally {
			this.lock.unlock();
		}
	}

	private void end(StreamEnd reason) {
		close(reason.closeReason());
	}

	private void endUnlessInitialised() {
		this.lock.lock();
		try {
			if (!this.initialised) {
				close(new CloseReason(4408, "Connection initialisation timeout"));
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private void close(CloseReason reason) {
		this.outgoing.close(reason);
		stopOperationsSoon();
	}

	/** Without the lock, which the caller may have: to stop one may wait for another. */
	private void stopOperationsSoon() {
		this.threads.execute(this::stopOperations);
	}

	/**
	 * Takes a message of the client. It returns soon, and is called for one message at a
	 * time.
	 * @param text the message
	 */
	void receive(String text) {
		if (this.outgoing.isClosing()) {
			return;
		}
		ClientMessage message;
		try {
			message = ClientMessage.parse(text);
		}
		catch (BadRequestException ex) {
			close(new CloseReason(4400, "Invalid message: " + ex.getMessage()));
			return;
		}
		switch (message) {
			case ClientMessage.ConnectionInit init -> initialise(init.payload());
			case ClientMessage.Ping ping -> this.outgoing.add(ServerMessage.PONG);
			case ClientMessage.Pong pong -> {
			}
			case ClientMessage.Subscribe subscribe -> subscribe(subscribe, text);
			case ClientMessage.Complete complete -> completedByClient(complete.id());
		}
	}

	private void initialise(Map<?, ?> payload) {
		this.lock.lock();
		try {
			if (this.outgoing.isClosing()) {
				return;
			}
			if (this.initialised) {
				close(new CloseReason(4429, "Too many initialisation requests"));
				return;
			}
			this.initialised = true;
			cancel(this.initTimeout);
			CallerAuthentication authentication = authentication(payload);
			Caller caller = authentication.caller();
			if (caller == null) {
				end(StreamEnd.of(authentication.refusal()));
				return;
			}
			this.stream = this.streams.open(caller, this::end);
			this.outgoing.add(ServerMessage.CONNECTION_ACK);
		}
		catch (StreamRefusedException ex) {
			end(ex.reason());
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Members that differ in their case are like lines of a header with one name. */
	private CallerAuthentication authentication(Map<?, ?> payload) {
		List<String> values = new ArrayList<>();
		for (Map.Entry<?, ?> member : payload.entrySet()) {
			if (AUTHORIZATION.equalsIgnoreCase(String.valueOf(member.getKey())) && member.getValue() != null) {
				if (!(member.getValue() instanceof String value)) {
					return CallerAuthentication.refused(ErrorReason.TOKEN_INVALID);
				}
				values.add(value);
			}
		}
		CallerAuthentication found = this.tokens.verify(values);
		if (found == null) {
			found = this.handshake.authentication();
		}
		return (found != null) ? found : CallerAuthentication.refused(ErrorReason.TOKEN_MISSING);
	}

	private void beat() {
		this.outgoing.abortIfOlderThan(this.maxMessageAge);
		// What is being sent tells as well that the service is there.
		if (isAcknowledged() && this.outgoing.isIdle()) {
			this.outgoing.add(ServerMessage.PING);
		}
	}

	private boolean isAcknowledged() {
		this.lock.lock();
		try {
			return this.stream != null;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void subscribe(ClientMessage.Subscribe message, String text) {
		this.lock.lock();
		try {
			if (this.outgoing.isClosing()) {
				// Meanwhile, on another thread: nothing would stop the operation.
				return;
			}
			OpenStream known = this.stream;
			if (known == null) {
				close(new CloseReason(4401, "Unauthorized"));
				return;
			}
			if (this.operations.containsKey(message.id())) {
				close(new CloseReason(4409, "Subscriber for " + message.id() + " already exists"));
				return;
			}
			begin(message, text, known);
		}
		finally {
			this.lock.unlock();
		}
	}

	private void begin(ClientMessage.Subscribe message, String text, OpenStream known) {
		GraphQlHttpRequest request;
		try {
			request = GraphQlHttpRequest.of(message.payload());
		}
		catch (BadRequestException ex) {
			this.outgoing.add(ServerMessage.error(message.id(), List.of(ex.error())));
			return;
		}
		boolean waits = this.running >= this.properties.maxConcurrentOperations();
		// One that waits is kept as its text, which takes the less memory.
		WebSocketOperation operation = new WebSocketOperation(this, message.id(), known, text.length(),
				waits ? () -> request(text) : () -> request);
		if (!waits) {
			this.operations.put(message.id(), operation);
			start(operation);
		}
		else if (this.waitingSize + text.length() <= this.properties.maxWaitingSize().toBytes()) {
			this.operations.put(message.id(), operation);
			this.waiting.add(operation);
			this.waitingSize += text.length();
		}
		else {
			ApiException refusal = ApiException.rateLimited("Too many operations wait on this WebSocket "
					+ "(kennel.streams.max-concurrent-operations, max-waiting-size).", RETRY_AFTER);
			this.outgoing
				.add(ServerMessage.error(message.id(), List.of(ApiErrorFactory.ofRequest(refusal, operation.requestId()))));
		}
	}

	private static GraphQlHttpRequest request(String text) {
		if (ClientMessage.parse(text) instanceof ClientMessage.Subscribe subscribe) {
			return GraphQlHttpRequest.of(subscribe.payload());
		}
		throw new IllegalStateException("Not the message of an operation");
	}

	/** Only with the lock. */
	private void start(WebSocketOperation operation) {
		this.threads.execute(() -> run(operation));
		this.running++;
	}

	private void run(WebSocketOperation operation) {
		try {
			WebGraphQlResponse response = this.runner.run(operation, this.handshake);
			ExecutionResult result = response.getExecutionResult();
			if (result.getData() instanceof Publisher<?> events) {
				follow(operation, events);
			}
			else if (!result.isDataPresent() && !result.getErrors().isEmpty()) {
				finish(operation,
						List.of(ServerMessage.error(operation.id(),
								result.getErrors()
									.stream()
									.map((error) -> ApiErrorFactory.ofEngine(error, operation.requestId()))
									.toList())));
			}
			else {
				finish(operation, List.of(ServerMessage.next(operation.id(), response.toMap()),
						ServerMessage.complete(operation.id())));
			}
		}
		catch (RuntimeException | Error ex) {
			finish(operation, List
				.of(ServerMessage.error(operation.id(), List.of(ApiErrorFactory.ofRequest(ex, operation.requestId())))));
		}
	}

	/** Sends the events of a subscription, if there may be a further one. */
	private void follow(WebSocketOperation operation, Publisher<?> events) {
		this.lock.lock();
		try {
			int max = this.properties.maxPerConnection();
			if (this.operations.values().stream().filter(WebSocketOperation::isSubscribed).count() >= max) {
				throw ApiException.rateLimited("A WebSocket has at most " + max + " subscriptions.", RETRY_AFTER);
			}
			operation.markSubscribed();
		}
		finally {
			this.lock.unlock();
		}
		Flux.from(events).cast(ExecutionResult.class).subscribe(operation);
		release();
	}

	/** Sends an event of a subscription. */
	void next(WebSocketOperation operation, Map<String, Object> event, Runnable afterwards) {
		String text = ServerMessage.next(operation.id(), event);
		this.lock.lock();
		try {
			if (this.operations.get(operation.id()) == operation && !this.outgoing.isClosing()) {
				this.outgoing.add(text, operation, afterwards);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/** A subscription has no further events. */
	void complete(WebSocketOperation operation) {
		end(operation, List.of(ServerMessage.complete(operation.id())), () -> {
		});
	}

	/** A subscription has failed. */
	void fail(WebSocketOperation operation, List<? extends GraphQLError> errors) {
		end(operation, List.of(ServerMessage.error(operation.id(), errors)), () -> {
		});
	}

	/** Sends what a query or mutation has come to, and lets the next operation run. */
	private void finish(WebSocketOperation operation, List<String> texts) {
		end(operation, texts, this::release);
	}

	/** Frees the id before the client gets to know that it may use it again. */
	private void end(WebSocketOperation operation, List<String> texts, Runnable afterwards) {
		boolean wanted;
		this.lock.lock();
		try {
			wanted = this.operations.remove(operation.id(), operation);
			if (wanted) {
				for (int i = 0; i < texts.size(); i++) {
					this.outgoing.add(texts.get(i), operation, (i == texts.size() - 1) ? afterwards : () -> {
					});
				}
			}
		}
		finally {
			this.lock.unlock();
		}
		if (!wanted) {
			afterwards.run();
		}
	}

	/** An operation runs no longer: one that waits may. */
	private void release() {
		this.lock.lock();
		try {
			this.running--;
			WebSocketOperation next = this.waiting.poll();
			if (next != null && !this.outgoing.isClosing()) {
				this.waitingSize -= next.size();
				start(next);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private void completedByClient(String id) {
		WebSocketOperation operation;
		this.lock.lock();
		try {
			operation = this.operations.remove(id);
			if (operation == null) {
				return;
			}
			if (this.waiting.remove(operation)) {
				this.waitingSize -= operation.size();
			}
		}
		finally {
			this.lock.unlock();
		}
		operation.stop();
		this.outgoing.discard(operation);
	}

	private void stopOperations() {
		List<WebSocketOperation> stopped;
		this.lock.lock();
		try {
			stopped = new ArrayList<>(this.operations.values());
			this.operations.clear();
			this.waiting.clear();
			this.waitingSize = 0;
		}
		finally {
			this.lock.unlock();
		}
		stopped.forEach(WebSocketOperation::stop);
	}

	/** The connection is closed, by either side, or lost. */
	void closed() {
		this.outgoing.end();
		OpenStream first;
		OpenStream second;
		this.lock.lock();
		try {
			first = this.anonymous;
			second = this.stream;
			cancel(this.initTimeout);
			cancel(this.heartbeat);
		}
		finally {
			this.lock.unlock();
		}
		stopOperations();
		if (first != null) {
			this.streams.close(first);
		}
		if (second != null) {
			this.streams.close(second);
		}
	}

	private static void cancel(@Nullable Future<?> task) {
		if (task != null) {
			task.cancel(false);
		}
	}

}
