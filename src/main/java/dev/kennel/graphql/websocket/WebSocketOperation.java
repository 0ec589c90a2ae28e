package dev.kennel.graphql.websocket;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.kennel.concurrency.Deadline;
import dev.kennel.engine.incremental.IncrementalFormat;
import dev.kennel.error.ApiErrorFactory;
import dev.kennel.graphql.document.PreparedOperation;
import dev.kennel.graphql.http.GraphQlRequestParameters;
import dev.kennel.graphql.incremental.PayloadSink;
import dev.kennel.graphql.operation.OperationContext;
import dev.kennel.graphql.stream.OpenStream;
import graphql.ExecutionInput;
import graphql.ExecutionResult;
import graphql.GraphQLError;
import graphql.language.OperationDefinition;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

import org.springframework.graphql.execution.SubscriptionPublisherException;

/**
 * An operation on a WebSocket. A subscription requests further events as previous ones
 * are sent.
 */
final class WebSocketOperation extends BaseSubscriber<ExecutionResult> implements PayloadSink {

	/** The maximum number of events of a subscription that wait to be sent. */
	private static final int PREFETCH = 16;

	private final ConcurrentOperations operations;

	private final String id;

	/**
	 * Client ids are not unique across connections, so they identify no operation in a
	 * log.
	 */
	private final String requestId = UuidCreator.getTimeOrderedEpoch().toString();

	private final OpenStream stream;

	private final int size;

	private final Supplier<GraphQlRequestParameters> parameters;

	private final boolean limited;

	private final @Nullable IncrementalFormat format;

	/** Completed when the client wants no further payloads, or is gone. */
	private final CompletableFuture<Boolean> ended = new CompletableFuture<>();

	private volatile boolean subscribed;

	private boolean stopped;

	private @Nullable ExecutionInput input;

	private @Nullable Deadline deadline;

	/**
	 * Creates an operation.
	 * @param operations the operations of its connection
	 * @param id the id of the operation
	 * @param stream the stream of the connection
	 * @param size the length of its message, in characters
	 * @param parameters supplies the parameters when the operation is executed
	 * @param limited whether the operation counts as one of the connection's concurrent
	 * operations
	 * @param format the format in which the client accepts incremental delivery, or null
	 */
	WebSocketOperation(ConcurrentOperations operations, String id, OpenStream stream, int size,
			Supplier<GraphQlRequestParameters> parameters, boolean limited, @Nullable IncrementalFormat format) {
		this.operations = operations;
		this.id = id;
		this.stream = stream;
		this.size = size;
		this.parameters = parameters;
		this.limited = limited;
		this.format = format;
	}

	String id() {
		return this.id;
	}

	String requestId() {
		return this.requestId;
	}

	OpenStream stream() {
		return this.stream;
	}

	GraphQlRequestParameters parameters() {
		return this.parameters.get();
	}

	/** Returns the format in which the client accepts incremental delivery, or null. */
	@Nullable IncrementalFormat format() {
		return this.format;
	}

	/**
	 * Sends a payload of incremental delivery, and waits until it has been sent or
	 * dropped, so that at most one is queued. The connection itself disconnects clients
	 * that do not read; for a slow one, the next payload reports the deadline.
	 */
	@Override
	public boolean send(Map<String, ? extends @Nullable Object> payload, boolean last, Duration timeout) {
		CompletableFuture<Boolean> settled = new CompletableFuture<>();
		this.operations.next(this, payload, () -> settled.complete(true));
		try {
			CompletableFuture.anyOf(settled, this.ended).get();
			return !this.ended.isDone();
		}
		catch (ExecutionException ex) {
			return false;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	@Override
	public CompletionStage<?> ended() {
		return this.ended;
	}

	/** Returns the length of its message, in characters. */
	int size() {
		return this.size;
	}

	/** Returns whether it counts as one of the connection's concurrent operations. */
	boolean isLimited() {
		return this.limited;
	}

	/** Returns whether this is a subscription whose events are being sent. */
	boolean isSubscribed() {
		return this.subscribed;
	}

	void markSubscribed() {
		this.subscribed = true;
	}

	/** Called on the executing thread, within the deadline of the operation. */
	synchronized void begin(ExecutionInput executionInput) {
		this.input = executionInput;
		this.deadline = Deadline.current();
		if (this.stopped) {
			cancelExecution(executionInput);
		}
	}

	/**
	 * Cancels the operation: if it waits for a permit, it is not executed; no further
	 * data fetcher is called, its statement is cancelled, and its subscription ends. A
	 * mutation that is already executed runs to completion.
	 */
	void stop() {
		synchronized (this) {
			this.stopped = true;
			if (this.input != null) {
				cancelExecution(this.input);
			}
		}
		this.ended.complete(true);
		cancel();
	}

	private void cancelExecution(ExecutionInput executionInput) {
		OperationContext context = OperationContext.of(executionInput);
		PreparedOperation prepared = context.operation();
		// A mutation that waits for its permit has not been executed.
		if (prepared == null || prepared.definition().getOperation() != OperationDefinition.Operation.MUTATION
				|| !context.isAdmitted()) {
			executionInput.cancel();
			if (this.deadline != null) {
				this.deadline.expire();
			}
		}
	}

	@Override
	protected void hookOnSubscribe(Subscription subscription) {
		subscription.request(PREFETCH);
	}

	@Override
	protected void hookOnNext(ExecutionResult event) {
		this.operations.next(this, event.toSpecification(), () -> request(1));
	}

	@Override
	protected void hookOnComplete() {
		this.operations.complete(this);
	}

	@Override
	protected void hookOnError(Throwable failure) {
		List<? extends GraphQLError> errors = (failure instanceof SubscriptionPublisherException publisherException)
				? publisherException.getErrors() : List.of(ApiErrorFactory.ofRequest(failure, this.requestId));
		this.operations.fail(this, errors);
	}

}
