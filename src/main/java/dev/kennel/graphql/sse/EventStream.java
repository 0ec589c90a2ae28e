package dev.kennel.graphql.sse;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

import dev.kennel.error.ApiErrorFactory;
import dev.kennel.graphql.stream.OpenStream;
import dev.kennel.graphql.stream.StreamEnd;
import dev.kennel.graphql.stream.StreamProperties;
import dev.kennel.graphql.stream.StreamRefusedException;
import dev.kennel.graphql.stream.StreamRegistry;
import dev.kennel.identity.Caller;
import dev.kennel.server.HttpExchange;
import dev.kennel.server.StreamedResponse;
import graphql.ExecutionResult;
import graphql.GraphQLError;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.graphql.execution.SubscriptionPublisherException;

/**
 * A server-sent event stream: the response to one subscription. It requests the next
 * event when the previous one has been written to the connection, so that at most one is
 * buffered.
 */
class EventStream extends BaseSubscriber<ExecutionResult> {

	private static final Logger logger = LoggerFactory.getLogger(EventStream.class);

	static final byte[] COMPLETE = "event: complete\ndata:\n\n".getBytes(StandardCharsets.UTF_8);

	private static final byte[] HEARTBEAT = ":\n\n".getBytes(StandardCharsets.UTF_8);

	private static final byte[] NEXT = "event: next\ndata: ".getBytes(StandardCharsets.UTF_8);

	private static final byte[] END = "\n\n".getBytes(StandardCharsets.UTF_8);

	private final StreamRegistry streams;

	private final StreamProperties properties;

	private final JsonMapper json;

	private final String requestId;

	private final OpenStream stream;

	private final ReentrantLock lock = new ReentrantLock();

	/** Events that wait to be written. Guarded by the lock, like the fields below. */
	private final Queue<Event> events = new ArrayDeque<>();

	private boolean writing;

	private boolean completing;

	private boolean closed;

	private long lastProgress = System.nanoTime();

	private @Nullable StreamedResponse response;

	private @Nullable Future<?> heartbeat;

	EventStream(Caller caller, StreamRegistry streams, StreamProperties properties, JsonMapper json, String requestId) {
		this.stream = new OpenStream(caller, this::terminate);
		this.streams = streams;
		this.properties = properties;
		this.json = json;
		this.requestId = requestId;
	}

	/**
	 * An event that is written.
	 *
	 * @param bytes the bytes of the event
	 * @param requestNext whether the next event is requested once this one is written
	 */
	@SuppressWarnings("ArrayRecordComponent") // Never compared.
	private record Event(byte[] bytes, boolean requestNext) {
	}

	static byte[] next(JsonMapper json, Map<String, ? extends @Nullable Object> result) {
		ByteArrayOutputStream event = new ByteArrayOutputStream();
		event.writeBytes(NEXT);
		event.writeBytes(json.writeValueAsBytes(result));
		event.writeBytes(END);
		return event.toByteArray();
	}

	OpenStream stream() {
		return this.stream;
	}

	/**
	 * Registers the stream with the account's limit.
	 * @throws StreamRefusedException if the limit is reached
	 */
	void open() {
		this.streams.open(this.stream);
	}

	/** Begins the response and subscribes to the events. */
	void start(Flux<ExecutionResult> source, HttpExchange exchange, ScheduledExecutorService scheduler) {
		StreamedResponse opened = exchange.stream(EventStreamResponder.CONTENT_TYPE, this::close);
		this.lock.lock();
		try {
			this.response = opened;
			drain();
		}
		finally {
			this.lock.unlock();
		}
		source.subscribe(this);
		// After the subscription: a client may take the first heartbeat as a sign that it
		// is subscribed.
		startHeartbeat(scheduler);
	}

	private void startHeartbeat(ScheduledExecutorService scheduler) {
		long interval = this.properties.heartbeat().toMillis();
		this.lock.lock();
		try {
			if (!this.closed) {
				this.heartbeat = scheduler.scheduleWithFixedDelay(this::sendHeartbeat, interval, interval,
						TimeUnit.MILLISECONDS);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	protected void hookOnSubscribe(Subscription subscription) {
		subscription.request(1);
	}

	@Override
	protected void hookOnNext(ExecutionResult event) {
		add(new Event(next(this.json, event.toSpecification()), true), false);
	}

	@Override
	protected void hookOnError(Throwable failure) {
		completeWithErrors((failure instanceof SubscriptionPublisherException publisherException)
				? publisherException.getErrors() : List.of(ApiErrorFactory.ofRequest(failure, this.requestId)));
	}

	@Override
	protected void hookOnComplete() {
		add(new Event(COMPLETE, false), true);
	}

	private void terminate(StreamEnd reason) {
		cancel();
		completeWithErrors(List.of(ApiErrorFactory.ofRequest(reason.toException(), this.requestId)));
		if (reason == StreamEnd.TOO_SLOW) {
			// The client does not read, so the final events would never be taken.
			abort();
		}
	}

	private void completeWithErrors(List<GraphQLError> errors) {
		add(new Event(next(this.json, Map.of("errors", errors.stream().map(GraphQLError::toSpecification).toList())),
				false), false);
		add(new Event(COMPLETE, false), true);
	}

	private void sendHeartbeat() {
		this.lock.lock();
		try {
			if (!this.writing && this.events.isEmpty()) {
				this.events.add(new Event(HEARTBEAT, false));
				drain();
				return;
			}
			if (System.nanoTime() - this.lastProgress <= this.properties.sendTimeout().toNanos()) {
				return;
			}
		}
		finally {
			this.lock.unlock();
		}
		logger.debug("A client does not read its response");
		abort();
	}

	private void add(Event event, boolean completes) {
		this.lock.lock();
		try {
			if (!this.closed && !this.completing) {
				this.events.add(event);
				this.completing = completes;
				drain();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Writes the next event unless a write is in progress. Requires the lock. */
	private void drain() {
		StreamedResponse target = this.response;
		if (target == null || this.writing || this.closed) {
			return;
		}
		Event event = this.events.poll();
		if (event != null) {
			this.writing = true;
			target.write(event.bytes(), () -> written(event));
		}
		else if (this.completing) {
			target.end();
		}
	}

	private void written(Event event) {
		this.lock.lock();
		try {
			this.writing = false;
			this.lastProgress = System.nanoTime();
			drain();
		}
		finally {
			this.lock.unlock();
		}
		if (event.requestNext()) {
			request(1);
		}
	}

	private void abort() {
		this.lock.lock();
		try {
			if (this.response != null) {
				this.response.abort();
			}
		}
		finally {
			this.lock.unlock();
		}
		close();
	}

	/** Releases the stream after its response has ended. */
	void close() {
		this.lock.lock();
		try {
			this.closed = true;
			this.events.clear();
			if (this.heartbeat != null) {
				this.heartbeat.cancel(false);
			}
		}
		finally {
			this.lock.unlock();
		}
		cancel();
		this.streams.close(this.stream);
	}

}
