package dev.kennel.graphql.websocket;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;

import dev.kennel.engine.IncrementalResult;
import dev.kennel.engine.incremental.IncrementalFormat;
import dev.kennel.error.ApiErrorFactory;
import dev.kennel.error.ApiException;
import dev.kennel.graphql.http.BadRequestException;
import dev.kennel.graphql.http.GraphQlRequestParameters;
import dev.kennel.graphql.stream.OpenStream;
import dev.kennel.graphql.stream.StreamProperties;
import graphql.ExecutionResult;
import graphql.GraphQLError;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

import org.springframework.graphql.server.WebGraphQlResponse;

/**
 * The operations of an acknowledged connection. They are executed concurrently on
 * separate threads, so that none of them blocks a ping, a {@code complete} or another
 * operation. Beyond {@code kennel.streams.max-concurrent-operations}, operations are
 * queued. An invalid operation ends with an error.
 *
 * <p>
 * An operation counts as running until its result has been sent; a subscription, until it
 * has begun. Queries of {@code __typename}, which wait for nothing, are counted
 * separately.
 */
final class ConcurrentOperations {

	private static final Duration RETRY_AFTER = Duration.ofSeconds(30);

	private final OperationRunner runner;

	private final StreamProperties properties;

	private final Executor threads;

	private final WebSocketHandshake handshake;

	private final OutgoingMessages outgoing;

	private final OpenStream stream;

	private final @Nullable IncrementalFormat format;

	private final ReentrantLock lock = new ReentrantLock();

	/** The active operations, by id. Guarded by the lock, like the fields below. */
	private final Map<String, WebSocketOperation> active = new HashMap<>();

	private final Deque<WebSocketOperation> waiting = new ArrayDeque<>();

	private long waitingSize;

	private int running;

	/** The queries of {@code __typename} that are not counted as running. */
	private int runningTypenameQueries;

	/**
	 * Creates the operations of a connection, of which there are none yet.
	 * @param environment the dependencies that all WebSockets share
	 * @param handshake the handshake of the connection
	 * @param outgoing sends the messages of the operations
	 * @param stream the stream of the connection
	 * @param format the format in which the client accepts incremental delivery, or null
	 */
	ConcurrentOperations(GraphQlWebSocket.Environment environment, WebSocketHandshake handshake,
			OutgoingMessages outgoing, OpenStream stream, @Nullable IncrementalFormat format) {
		this.runner = environment.runner();
		this.properties = environment.properties();
		this.threads = environment.threads();
		this.handshake = handshake;
		this.outgoing = outgoing;
		this.stream = stream;
		this.format = format;
	}

	/**
	 * Executes an operation, and blocks until its result or its event publisher is
	 * available. The payloads of incremental delivery are sent meanwhile.
	 */
	@FunctionalInterface
	interface OperationRunner {

		WebGraphQlResponse run(WebSocketOperation operation, WebSocketHandshake handshake);

	}

	/** Returns the stream of the connection. */
	OpenStream stream() {
		return this.stream;
	}

	/**
	 * Starts or queues an operation, unless the connection is closing.
	 * @param message the message that starts the operation
	 * @param text the text of the message
	 * @return false if the id is that of an active operation
	 */
	boolean subscribe(ClientMessage.Subscribe message, String text) {
		this.lock.lock();
		try {
			if (this.outgoing.isClosing()) {
				// Closed concurrently: the operation would never be stopped.
				return true;
			}
			if (this.active.containsKey(message.id())) {
				return false;
			}
			enqueueOrStart(message, text);
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Requires the lock. */
	private void enqueueOrStart(ClientMessage.Subscribe message, String text) {
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
		WebSocketOperation operation = new WebSocketOperation(this, message.id(), this.stream, text.length(),
				queued ? () -> parameters(text) : () -> parameters, limited, this.format);
		if (!queued) {
			this.active.put(message.id(), operation);
			start(operation);
		}
		else if (this.waitingSize + text.length() <= this.properties.maxWaitingSize().toBytes()) {
			this.active.put(message.id(), operation);
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
			if (this.active.values().stream().filter(WebSocketOperation::isSubscribed).count() >= max) {
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
			if (this.active.get(operation.id()) == operation && !this.outgoing.isClosing()) {
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
		boolean removed;
		this.lock.lock();
		try {
			removed = this.active.remove(operation.id(), operation);
			if (removed) {
				for (int i = 0; i < texts.size(); i++) {
					this.outgoing.add(texts.get(i), operation, (i == texts.size() - 1) ? onSettled : () -> {
					});
				}
			}
		}
		finally {
			this.lock.unlock();
		}
		if (!removed) {
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

	/**
	 * Cancels an operation, if it is active.
	 * @param id the id of the operation
	 */
	void cancel(String id) {
		WebSocketOperation operation;
		this.lock.lock();
		try {
			operation = this.active.remove(id);
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

	/** Cancels all operations. May block. */
	void cancelAll() {
		List<WebSocketOperation> cancelled;
		this.lock.lock();
		try {
			cancelled = new ArrayList<>(this.active.values());
			this.active.clear();
			this.waiting.clear();
			this.waitingSize = 0;
		}
		finally {
			this.lock.unlock();
		}
		cancelled.forEach(WebSocketOperation::stop);
	}

}
