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

import dev.kennel.engine.IncrementalResult;
import dev.kennel.engine.incremental.IncrementalFormat;
import dev.kennel.error.ApiErrorFactory;
import dev.kennel.error.ApiException;
import dev.kennel.error.ErrorReason;
import dev.kennel.graphql.http.BadRequestException;
import dev.kennel.graphql.http.GraphQlRequestParameters;
import dev.kennel.graphql.stream.CloseReason;
import dev.kennel.graphql.stream.OpenStream;
import dev.kennel.graphql.stream.StreamEnd;
import dev.kennel.graphql.stream.StreamProperties;
import dev.kennel.graphql.stream.StreamRefusedException;
import dev.kennel.graphql.stream.StreamRegistry;
import dev.kennel.identity.Caller;
import dev.kennel.identity.CallerAuthentication;
import dev.kennel.identity.RequestAuthenticator;
import dev.kennel.server.MemoryPermits;
import graphql.ExecutionResult;
import graphql.GraphQLError;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

import org.springframework.graphql.server.WebGraphQlResponse;

/**
 * The server side of a {@code graphql-transport-ws} connection: its state and its
 * operations. An invalid operation ends with an error, a protocol violation closes the
 * connection.
 *
 * <p>
 * Operations are executed concurrently on separate threads, so that none of them blocks a
 * ping, a {@code complete} or another operation. An operation counts as running until its
 * result has been sent. Queries of {@code __typename}, which wait for nothing, are
 * counted separately. {@link OutgoingMessages} bounds the memory for a client that does
 * not read.
 *
 * @see <a href= "https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md">GraphQL
 * over WebSocket</a>
 */
final class GraphQlWebSocket {

	/** The required subprotocol. */
	static final String PROTOCOL = "graphql-transport-ws";

	private static final String AUTHORIZATION = "authorization";

	private static final Duration RETRY_AFTER = Duration.ofSeconds(30);

	/**
	 * The send timeouts within which a client has to read a whole message.
	 */
	private static final int MESSAGE_AGE_FACTOR = 6;

	private final OperationRunner runner;

	private final StreamRegistry streams;

	private final RequestAuthenticator authenticator;

	private final StreamProperties properties;

	private final ScheduledExecutorService timer;

	private final Executor threads;

	/**
	 * The time within which a message has to be sent completely, however slowly the
	 * client reads.
	 */
	private final Duration maxMessageAge;

	private final WebSocketHandshake handshake;

	private final OutgoingMessages outgoing;

	private final ReentrantLock lock = new ReentrantLock();

	/** The active operations, by id. */
	private final Map<String, WebSocketOperation> operations = new HashMap<>();

	private final Deque<WebSocketOperation> waiting = new ArrayDeque<>();

	private long waitingSize;

	private int running;

	/** The queries of {@code __typename} that are not counted as running. */
	private int runningTypenameQueries;

	private boolean initialized;

	/** The format in which the client accepts incremental delivery, or null. */
	private @Nullable IncrementalFormat format;

	/** The stream of the connection before its caller is known. */
	private @Nullable OpenStream unauthenticatedStream;

	private @Nullable OpenStream stream;

	private @Nullable Future<?> initTimeout;

	private @Nullable Future<?> heartbeat;

	GraphQlWebSocket(Environment environment, WebSocketHandshake handshake, WebSocketPeer peer) {
		this.runner = environment.runner();
		this.streams = environment.streams();
		this.authenticator = environment.authenticator();
		this.properties = environment.properties();
		this.timer = environment.timer();
		this.threads = environment.threads();
		this.maxMessageAge = this.properties.sendTimeout().multipliedBy(MESSAGE_AGE_FACTOR);
		this.handshake = handshake;
		int maxUnsentSize = (int) Math.min(Integer.MAX_VALUE, this.properties.maxUnsentSize().toBytes());
		this.outgoing = new OutgoingMessages(peer, maxUnsentSize, environment.memory(), System::nanoTime,
				this::stopOperationsSoon);
	}

	/**
	 * The dependencies that all WebSockets of an instance share.
	 *
	 * @param threads runs each task on a separate thread
	 * @param memory bounds the memory of all unsent messages
	 */
	record Environment(OperationRunner runner, StreamRegistry streams, RequestAuthenticator authenticator,
			StreamProperties properties, ScheduledExecutorService timer, Executor threads, MemoryPermits memory) {
	}

	/**
	 * Executes an operation, and blocks until its result or its event publisher is
	 * available. The payloads of incremental delivery are sent meanwhile.
	 */
	@FunctionalInterface
	interface OperationRunner {

		WebGraphQlResponse run(WebSocketOperation operation, WebSocketHandshake handshake);

	}

	/**
	 * Opens the connection and starts the timeout of {@code connection_init}.
	 */
	void open() {
		this.lock.lock();
		try {
			if (!PROTOCOL.equals(this.handshake.subprotocol())) {
				this.outgoing.close(CloseReason.SUBPROTOCOL_NOT_ACCEPTABLE);
				return;
			}
			this.unauthenticatedStream = this.streams.openUnauthenticated(this::end);
			this.initTimeout = this.timer.schedule(this::closeUnlessInitialized,
					this.properties.connectionInitTimeout().toMillis(), TimeUnit.MILLISECONDS);
			long interval = this.properties.heartbeat().toMillis();
			this.heartbeat = this.timer.scheduleWithFixedDelay(this::sendHeartbeat, interval, interval,
					TimeUnit.MILLISECONDS);
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

	private void closeUnlessInitialized() {
		this.lock.lock();
		try {
			if (!this.initialized) {
				close(CloseReason.INITIALIZATION_TIMEOUT);
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

	/**
	 * On another thread, since the caller may hold the lock: stopping an operation may
	 * block.
	 */
	private void stopOperationsSoon() {
		this.threads.execute(this::stopOperations);
	}

	/**
	 * Handles a message of the client. Does not block, and is called for one message at a
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
			close(CloseReason.invalidMessage(ex.getMessage()));
			return;
		}
		switch (message) {
			case ClientMessage.ConnectionInit init -> initialize(init.payload());
			case ClientMessage.Ping ping -> this.outgoing.add(ServerMessage.PONG);
			case ClientMessage.Pong pong -> {
			}
			case ClientMessage.Subscribe subscribe -> subscribe(subscribe, text);
			case ClientMessage.Complete complete -> completedByClient(complete.id());
		}
	}

	private void initialize(Map<?, ?> payload) {
		this.lock.lock();
		try {
			if (this.outgoing.isClosing()) {
				return;
			}
			if (this.initialized) {
				close(CloseReason.TOO_MANY_INITIALIZATIONS);
				return;
			}
			this.initialized = true;
			this.format = format(payload);
			cancel(this.initTimeout);
			CallerAuthentication authentication = authentication(payload);
			Caller caller = authentication.caller();
			if (caller == null) {
				end(StreamEnd.of(authentication.refusal()));
				return;
			}
			this.stream = this.streams.open(caller, this::end);
			if (this.unauthenticatedStream != null) {
				this.streams.close(this.unauthenticatedStream);
				this.unauthenticatedStream = null;
			}
			this.outgoing.add(ServerMessage.CONNECTION_ACK);
		}
		catch (StreamRefusedException ex) {
			end(ex.reason());
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Member names are case-insensitive, like header names: each match is one header
	 * line.
	 */
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
		CallerAuthentication authentication = this.authenticator.verify(values);
		if (authentication == null) {
			authentication = this.handshake.authentication();
		}
		return (authentication != null) ? authentication : CallerAuthentication.refused(ErrorReason.TOKEN_MISSING);
	}

	private static @Nullable IncrementalFormat format(Map<?, ?> payload) {
		for (Map.Entry<?, ?> member : payload.entrySet()) {
			IncrementalFormat found = IncrementalFormat.find(String.valueOf(member.getKey()), member.getValue());
			if (found != null) {
				return found;
			}
		}
		return null;
	}

	private void sendHeartbeat() {
		this.outgoing.abortIfOlderThan(this.maxMessageAge);
		// A message that is being sent replaces the heartbeat.
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
				// Closed concurrently: the operation would never be stopped.
				return;
			}
			OpenStream authenticatedStream = this.stream;
			if (authenticatedStream == null) {
				close(CloseReason.UNAUTHORIZED);
				return;
			}
			if (this.operations.containsKey(message.id())) {
				close(CloseReason.subscriberExists(message.id()));
				return;
			}
			enqueueOrStart(message, text, authenticatedStream);
		}
		finally {
			this.lock.unlock();
		}
	}

	private void enqueueOrStart(ClientMessage.Subscribe message, String text, OpenStream authenticatedStream) {
		GraphQlRequestParameters parameters;
		try {
			parameters = GraphQlRequestParameters.of(message.payload());
		}
		catch (BadRequestException ex) {
			this.outgoing.add(ServerMessage.error(message.id(), List.of(ex.error())));
			return;
		}
		int max = this.properties.maxConcurrentOperations();
		boolean limited = !parameters.queriesTypenameOnly() || this.runningTypenameQueries >= max;
		boolean queued = limited && this.running >= max;
		// A queued operation is kept as text, which takes less memory.
		WebSocketOperation operation = new WebSocketOperation(this, message.id(), authenticatedStream, text.length(),
				queued ? () -> parameters(text) : () -> parameters, limited, this.format);
		if (!queued) {
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
			this.outgoing.add(ServerMessage.error(message.id(),
					List.of(ApiErrorFactory.ofRequest(refusal, operation.requestId()))));
		}
	}

	private static GraphQlRequestParameters parameters(String text) {
		if (ClientMessage.parse(text) instanceof ClientMessage.Subscribe subscribe) {
			return GraphQlRequestParameters.of(subscribe.payload());
		}
		throw new IllegalStateException("Not the message of an operation");
	}

	/** Requires the lock. */
	private void start(WebSocketOperation operation) {
		this.threads.execute(() -> execute(operation));
		if (operation.isLimited()) {
			this.running++;
		}
		else {
			this.runningTypenameQueries++;
		}
	}

	private void execute(WebSocketOperation operation) {
		try {
			WebGraphQlResponse response = this.runner.run(operation, this.handshake);
			ExecutionResult result = response.getExecutionResult();
			if (result.getData() instanceof Publisher<?> events) {
				startSubscription(operation, events);
			}
			else if (IncrementalResult.find(response.getExecutionInput().getGraphQLContext()) != null) {
				// The payloads have been sent.
				sendResult(operation, List.of(ServerMessage.complete(operation.id())));
			}
			else if (!result.isDataPresent() && !result.getErrors().isEmpty()) {
				sendResult(operation,
						List.of(ServerMessage.error(operation.id(),
								result.getErrors()
									.stream()
									.map((error) -> ApiErrorFactory.ofGraphQlJava(error, operation.requestId()))
									.toList())));
			}
			else {
				sendResult(operation, List.of(ServerMessage.next(operation.id(), response.toMap()),
						ServerMessage.complete(operation.id())));
			}
		}
		catch (RuntimeException | Error ex) {
			sendResult(operation, List.of(ServerMessage.error(operation.id(),
					List.of(ApiErrorFactory.ofRequest(ex, operation.requestId())))));
		}
	}

	/** Starts a subscription, unless the connection has reached its limit. */
	private void startSubscription(WebSocketOperation operation, Publisher<?> events) {
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
		releaseSlot();
	}

	/** Sends an event of a subscription, or a payload of incremental delivery. */
	void next(WebSocketOperation operation, Map<String, ? extends @Nullable Object> event, Runnable onSettled) {
		String text = ServerMessage.next(operation.id(), event);
		this.lock.lock();
		try {
			if (this.operations.get(operation.id()) == operation && !this.outgoing.isClosing()) {
				this.outgoing.add(text, operation, onSettled);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Completes a subscription. */
	void complete(WebSocketOperation operation) {
		sendFinal(operation, List.of(ServerMessage.complete(operation.id())), () -> {
		});
	}

	/** Ends a subscription with errors. */
	void fail(WebSocketOperation operation, List<? extends GraphQLError> errors) {
		sendFinal(operation, List.of(ServerMessage.error(operation.id(), errors)), () -> {
		});
	}

	/** Sends the result of a query or mutation, and starts the next queued operation. */
	private void sendResult(WebSocketOperation operation, List<String> texts) {
		sendFinal(operation, texts, operation.isLimited() ? this::releaseSlot : this::typenameQueryEnded);
	}

	/**
	 * Releases the id before the final message is sent, since the client may then reuse
	 * it.
	 */
	private void sendFinal(WebSocketOperation operation, List<String> texts, Runnable onSettled) {
		boolean active;
		this.lock.lock();
		try {
			active = this.operations.remove(operation.id(), operation);
			if (active) {
				for (int i = 0; i < texts.size(); i++) {
					this.outgoing.add(texts.get(i), operation, (i == texts.size() - 1) ? onSettled : () -> {
					});
				}
			}
		}
		finally {
			this.lock.unlock();
		}
		if (!active) {
			onSettled.run();
		}
	}

	private void typenameQueryEnded() {
		this.lock.lock();
		try {
			this.runningTypenameQueries--;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Releases the slot of an operation, and starts the next queued one. */
	private void releaseSlot() {
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
		List<WebSocketOperation> cancelled;
		this.lock.lock();
		try {
			cancelled = new ArrayList<>(this.operations.values());
			this.operations.clear();
			this.waiting.clear();
			this.waitingSize = 0;
		}
		finally {
			this.lock.unlock();
		}
		cancelled.forEach(WebSocketOperation::stop);
	}

	/** Called when the connection is closed by either side, or lost. */
	void closed() {
		this.outgoing.end();
		OpenStream unauthenticated;
		OpenStream authenticated;
		this.lock.lock();
		try {
			unauthenticated = this.unauthenticatedStream;
			authenticated = this.stream;
			cancel(this.initTimeout);
			cancel(this.heartbeat);
		}
		finally {
			this.lock.unlock();
		}
		stopOperations();
		if (unauthenticated != null) {
			this.streams.close(unauthenticated);
		}
		if (authenticated != null) {
			this.streams.close(authenticated);
		}
	}

	private static void cancel(@Nullable Future<?> task) {
		if (task != null) {
			task.cancel(false);
		}
	}

}
