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
import graphql.GraphQLContext;
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
 * One response of server-sent events. It asks for the next event when the one before it
 * has been taken by the connection, so that no more than one waits.
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

	/** What is to be written after what is being written. Guarded, as are those below. */
	private final Queue<Event> events = new ArrayDeque<>();

	private boolean writing;

	private boolean last;

	private boolean closed;

	private long lastProgress = System.nanoTime();

	private @Nullable StreamedResponse response;

	private @Nullable Future<?> heartbeat;

	EventStream(Caller caller, StreamRegistry streams, StreamProperties properties, JsonMapper json, String requestId) {
		this.stream = new OpenStream(caller, this::end);
		this.streams = streams;
		this.properties = properties;
		this.json = json;
		this.requestId = requestId;
	}

	/**
	 * Something that is written.
	 *
	 * @param bytes its bytes
	 * @param asked whether it has been asked for, and a further one is to be
	 */
	@SuppressWarnings("ArrayRecordComponent") // It is compared with nothing.
	private record Event(byte[] bytes, boolean asked) {
	}

	static byte[] next(JsonMapper json, Map<String, Object> result) {
		ByteArrayOutputStream event = new ByteArrayOutputStream();
		event.writeBytes(NEXT);
		event.writeBytes(json.writeValueAsBytes(result));
		event.writeBytes(END);
		return event.toByteArray();
	}

	void put(GraphQLContext context) {
		this.stream.put(context);
	}

	/**
	 * Takes one of the account's places.
	 * @throws StreamRefusedException if there is none
	 */
	void open() {
		this.streams.open(this.stream);
	}

	/** Writes events from now on, as long as there are any. */
	void start(Flux<ExecutionResult> source, HttpExchange exchange, ScheduledExecutorService scheduler) {
		StreamedResponse begun = exchange.stream(EventStreamResponder.CONTENT_TYPE, this::close);
		this.lock.lock();
		try {
			this.response = begun;
			drain();
		}
		finally {
			this.lock.unlock();
		}
		source.subscribe(this);
		// Not before: a client may take the first one for a sign that it follows.
		startHeartbeat(scheduler);
	}

	private void startHeartbeat(ScheduledExecutorService scheduler) {
		long interval = this.properties.heartbeat().toMillis();
		this.lock.lock();
		try {
			if (!this.closed) {
				this.heartbeat = scheduler.scheduleWithFixedDelay(this::beat, interval, interval,
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
		endWith((failure instanceof SubscriptionPublisherException told) ? told.getErrors()
				: List.of(ApiErrorFactory.ofRequest(failure, this.requestId)));
	}

	@Override
	protected void hookOnComplete() {
		add(new Event(COMPLETE, false), true);
	}

	private void end(StreamEnd reason) {
		cancel();
		endWith(List.of(ApiErrorFactory.ofRequest(reason.toException(), this.requestId)));
		if (reason == StreamEnd.TOO_SLOW) {
			// The client does not read: there is nothing to wait for.
			abort();
		}
	}

	private void endWith(List<GraphQLError> errors) {
		add(new Event(next(this.json, Map.of("errors", errors.stream().map(GraphQLError::toSpecification).toList())),
				false), false);
		add(new Event(COMPLETE, false), true);
	}

	private void beat() {
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
		logger.debug("A client takes nothing of what is sent");
		abort();
	}

	private void add(Event event, boolean isLast) {
		this.lock.lock();
		try {
			if (!this.closed && !this.last) {
				this.events.add(event);
				this.last = isLast;
				drain();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Writes what waits, if nothing is being written. Only with the lock. */
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
		else if (this.last) {
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
		if (event.asked()) {
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

	/** Forgets the stream, whose response has ended. */
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
