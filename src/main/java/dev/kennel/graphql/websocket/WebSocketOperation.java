package dev.kennel.graphql.websocket;

import java.util.List;
import java.util.function.Supplier;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.kennel.concurrency.Deadline;
import dev.kennel.error.ApiErrorFactory;
import dev.kennel.graphql.document.PreparedDocument;
import dev.kennel.graphql.document.PreparedOperation;
import dev.kennel.graphql.http.GraphQlHttpRequest;
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
 * An operation on a WebSocket. If it is a subscription, it asks for further events as
 * those before them are sent.
 */
final class WebSocketOperation extends BaseSubscriber<ExecutionResult> {

	/** How many events of a subscription wait to be sent. */
	private static final int WINDOW = 16;

	private final GraphQlWebSocket connection;

	private final String id;

	/** A client numbers its operations from 1 on, which finds nothing in a log. */
	private final String requestId = UuidCreator.getTimeOrderedEpoch().toString();

	private final OpenStream stream;

	private final int size;

	private final Supplier<GraphQlHttpRequest> request;

	private volatile boolean subscribed;

	private boolean stopped;

	private @Nullable ExecutionInput input;

	private @Nullable Deadline deadline;

	/**
	 * Makes an operation.
	 * @param id what its messages have in common
	 * @param stream the stream of the connection
	 * @param size the characters of the message that it came with
	 * @param request what the message says; asked for once it runs
	 */
	WebSocketOperation(GraphQlWebSocket connection, String id, OpenStream stream, int size,
			Supplier<GraphQlHttpRequest> request) {
		this.connection = connection;
		this.id = id;
		this.stream = stream;
		this.size = size;
		this.request = request;
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

	GraphQlHttpRequest request() {
		return this.request.get();
	}

	/** The characters of the message that it came with. */
	int size() {
		return this.size;
	}

	/** Whether it is a subscription that has begun. */
	boolean isSubscribed() {
		return this.subscribed;
	}

	void markSubscribed() {
		this.subscribed = true;
	}

	/** Called on the thread that is going to run the operation, within its deadline. */
	synchronized void begin(ExecutionInput running) {
		this.input = running;
		this.deadline = Deadline.current();
		if (this.stopped) {
			stopRunning(running);
		}
	}

	/**
	 * Stops the operation: if it waits for a permit, it is not run; no further field of
	 * it is called, its statement is cancelled, and its subscription ends. A mutation
	 * that has begun is finished.
	 */
	void stop() {
		synchronized (this) {
			this.stopped = true;
			if (this.input != null) {
				stopRunning(this.input);
			}
		}
		cancel();
	}

	private void stopRunning(ExecutionInput running) {
		// One that is not prepared waits for its turn, or is being validated.
		PreparedOperation prepared = PreparedDocument.running(running.getGraphQLContext());
		if (prepared == null || prepared.definition().getOperation() != OperationDefinition.Operation.MUTATION) {
			running.cancel();
			if (this.deadline != null) {
				this.deadline.expire();
			}
		}
	}

	@Override
	protected void hookOnSubscribe(Subscription subscription) {
		subscription.request(WINDOW);
	}

	@Override
	protected void hookOnNext(ExecutionResult event) {
		this.connection.next(this, event.toSpecification(), () -> request(1));
	}

	@Override
	protected void hookOnComplete() {
		this.connection.complete(this);
	}

	@Override
	protected void hookOnError(Throwable failure) {
		List<? extends GraphQLError> errors = (failure instanceof SubscriptionPublisherException told)
				? told.getErrors() : List.of(ApiErrorFactory.ofRequest(failure, this.requestId));
		this.connection.fail(this, errors);
	}

}
