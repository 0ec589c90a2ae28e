package dev.kennel.graphql.stream;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

import dev.kennel.graphql.Caller;
import dev.kennel.graphql.error.ApiErrors;
import graphql.ExecutionResult;
import graphql.GraphQLContext;
import graphql.GraphQLError;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
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
 * has been taken by the connection, so that no more than one waits; and it writes without
 * blocking, on whichever thread has something to write.
 */
class EventStream extends BaseSubscriber<ExecutionResult> {

	private static final Logger logger = LoggerFactory.getLogger(EventStream.class);

	static final byte[] COMPLETE = "event: complete\ndata:\n\n".getBytes(StandardCharsets.UTF_8);

	private static final byte[] HEARTBEAT = ":\n\n".getBytes(StandardCharsets.UTF_8);

	private static final byte[] NEXT = "event: next\ndata: ".getBytes(StandardCharsets.UTF_8);

	private static final byte[] END = "\n\n".getBytes(StandardCharsets.UTF_8);

	private final OpenStreams streams;

	private final StreamProperties properties;

	private final JsonMapper json;

	private final String requestId;

	private final Queue<byte[]> events = new ConcurrentLinkedQueue<>();

	/** How often something was to be written since a thread began to write. */
	private final AtomicInteger pending = new AtomicInteger();

	private final AtomicBoolean closed = new AtomicBoolean();

	/**
	 * Held by whoever uses the response or ends it: once it has ended, the server uses
	 * its parts for others.
	 */
	private final ReentrantLock response = new ReentrantLock();

	private volatile boolean last;

	private volatile long lastProgress = System.nanoTime();

	/** Only of the thread that writes. */
	private boolean unflushed = true;

	private final OpenStream stream;

	private volatile @Nullable AsyncContext async;

	private volatile @Nullable ServletOutputStream output;

	private volatile @Nullable Future<?> heartbeat;

	EventStream(Caller caller, OpenStreams streams, StreamProperties properties, JsonMapper json, String requestId) {
		this.stream = new OpenStream(caller, this::end);
		this.streams = streams;
		this.properties = properties;
		this.json = json;
		this.requestId = requestId;
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
	void start(Flux<ExecutionResult> source, HttpServletRequest request, HttpServletResponse response,
			ScheduledExecutorService scheduler) throws IOException {
		AsyncContext started = request.startAsync();
		started.setTimeout(0);
		Response listener = new Response();
		started.addListener(listener);
		this.async = started;
		ServletOutputStream target = response.getOutputStream();
		target.setWriteListener(listener);
		this.output = target;
		long interval = this.properties.heartbeat().toMillis();
		this.heartbeat = scheduler.scheduleWithFixedDelay(this::beat, interval, interval, TimeUnit.MILLISECONDS);
		source.subscribe(this);
		if (this.closed.get()) {
			close();
		}
		drain();
	}

	@Override
	protected void hookOnSubscribe(Subscription subscription) {
		subscription.request(1);
	}

	@Override
	protected void hookOnNext(ExecutionResult event) {
		this.events.add(next(this.json, event.toSpecification()));
		drain();
	}

	@Override
	protected void hookOnError(Throwable failure) {
		List<GraphQLError> errors = (failure instanceof SubscriptionPublisherException told) ? told.getErrors()
				: List.of(ApiErrors.ofRequest(failure, this.requestId));
		endWith(errors);
	}

	@Override
	protected void hookOnComplete() {
		this.events.add(COMPLETE);
		this.last = true;
		drain();
	}

	private void end(StreamEnd reason) {
		cancel();
		endWith(List.of(ApiErrors.ofRequest(reason.toException(), this.requestId)));
		if (reason == StreamEnd.TOO_SLOW) {
			// The client does not read: there is nothing to wait for.
			close();
		}
	}

	private void endWith(List<GraphQLError> errors) {
		this.events.add(next(this.json, Map.of("errors", errors.stream().map(GraphQLError::toSpecification).toList())));
		this.events.add(COMPLETE);
		this.last = true;
		drain();
	}

	private void beat() {
		if (this.events.isEmpty()) {
			this.events.add(HEARTBEAT);
			drain();
		}
		else if (System.nanoTime() - this.lastProgress > this.properties.sendTimeout().toNanos()) {
			logger.debug("A client takes nothing of what is sent");
			close();
		}
	}

	/** Writes what waits, unless another thread is doing it, which then goes on. */
	private void drain() {
		ServletOutputStream target = this.output;
		if (target == null || this.pending.getAndIncrement() != 0) {
			return;
		}
		int done = 1;
		do {
			this.response.lock();
			try {
				write(target);
			}
			catch (IOException | RuntimeException ex) {
				logger.debug("A client of an event stream is gone", ex);
				close();
			}
			finally {
				this.response.unlock();
			}
			done = this.pending.addAndGet(-done);
		}
		while (done != 0);
	}

	private void write(ServletOutputStream target) throws IOException {
		while (!this.closed.get() && target.isReady()) {
			this.lastProgress = System.nanoTime();
			if (this.unflushed) {
				this.unflushed = false;
				target.flush();
				continue;
			}
			byte[] event = this.events.poll();
			if (event == null) {
				if (this.last && this.events.isEmpty()) {
					close();
				}
				return;
			}
			target.write(event);
			this.unflushed = true;
			if (!Arrays.equals(event, HEARTBEAT)) {
				request(1);
			}
		}
	}

	/** Ends the response, and forgets the stream. */
	void close() {
		this.closed.set(true);
		Future<?> beats = this.heartbeat;
		if (beats != null) {
			beats.cancel(false);
		}
		cancel();
		this.streams.close(this.stream);
		complete();
	}

	/** Ends the response; again does no harm. */
	private void complete() {
		this.response.lock();
		try {
			if (this.async != null) {
				this.async.complete();
			}
		}
		catch (IllegalStateException ex) {
			logger.debug("The response of an event stream has ended by itself", ex);
		}
		finally {
			this.response.unlock();
		}
	}

	/** Told by the server what becomes of the response. */
	private final class Response implements WriteListener, AsyncListener {

		@Override
		public void onWritePossible() {
			drain();
		}

		@Override
		public void onError(Throwable failure) {
			logger.debug("A client of an event stream is gone", failure);
			close();
		}

		/**
		 * The response has to be ended here, even if that was tried before and refused
		 * because of the error: otherwise the server answers with a page.
		 */
		@Override
		public void onError(@Nullable AsyncEvent event) {
			close();
		}

		@Override
		public void onComplete(@Nullable AsyncEvent event) {
			EventStream.this.response.lock();
			try {
				EventStream.this.async = null;
			}
			finally {
				EventStream.this.response.unlock();
			}
			close();
		}

		@Override
		public void onTimeout(@Nullable AsyncEvent event) {
			close();
		}

		@Override
		public void onStartAsync(@Nullable AsyncEvent event) {
		}

	}

}
