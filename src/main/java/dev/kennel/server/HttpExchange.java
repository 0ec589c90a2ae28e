package dev.kennel.server;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.kennel.server.connection.ConnectionHandler;
import dev.kennel.server.header.HeaderList;
import dev.kennel.server.header.TraceParent;
import dev.kennel.server.limit.MemoryPermits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufOutputStream;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.netty.Connection;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * An HTTP request and its response. The request may be read on any thread. The response
 * headers are set by one thread at a time. The response is sent once, from any thread.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A failure closes the channel.
public final class HttpExchange {

	private static final Logger logger = LoggerFactory.getLogger(HttpExchange.class);

	/** The response header with the id of the request in the log. */
	public static final String REQUEST_ID = "X-Request-Id";

	/** The MDC key of the request id. */
	public static final String REQUEST_ID_KEY = "requestId";

	/** The minimum number of bytes that an HTTP/2 client has to read per send timeout. */
	private static final int MIN_BYTES_PER_SEND_TIMEOUT = 64 * 1024;

	private final HttpServerRequest request;

	private final HttpServerResponse response;

	private final RequestDispatcher server;

	private final Channel channel;

	/** The fast, predictable generator suffices: the id need not be unguessable. */
	private final String requestId = UuidCreator.getTimeOrderedEpochFast().toString();

	private final AtomicBoolean responded = new AtomicBoolean();

	private final String method;

	private final String path;

	private final @Nullable String query;

	private final int requestNumber;

	private final @Nullable String traceId;

	private final long startNanos = System.nanoTime();

	private volatile @Nullable Route route;

	/** The context with the span of the request, or null if it is not traced. */
	private volatile @Nullable Context trace;

	private @Nullable MonoSink<Void> completion;

	/** Released by the event loop or by the thread of the request, whichever is first. */
	private final AtomicInteger heldMemory = new AtomicInteger();

	HttpExchange(HttpServerRequest request, HttpServerResponse response, RequestDispatcher server) {
		this.request = request;
		this.response = response;
		this.server = server;
		this.channel = ((Connection) request).channel();
		this.method = request.method().name();
		String target = request.uri();
		int question = target.indexOf('?');
		this.path = (question < 0) ? target : target.substring(0, question);
		this.query = (question < 0) ? null : target.substring(question + 1);
		ConnectionHandler connection = ConnectionHandler.of(this.channel);
		this.requestNumber = (connection != null) ? connection.start() : 0;
		this.traceId = TraceParent.traceId(header(TraceParent.HEADER));
	}

	/**
	 * Returns whether a response may be sent in chunks.
	 * @return false for HTTP/1.0, which has none
	 */
	public boolean isStreamable() {
		return !HttpVersion.HTTP_1_0.equals(this.request.version());
	}

	/**
	 * Returns the HTTP method.
	 * @return the method as sent
	 */
	public String method() {
		return this.method;
	}

	/**
	 * Returns the path.
	 * @return the path as sent
	 */
	public String path() {
		return this.path;
	}

	/**
	 * Returns the query component of the URL.
	 * @return the component as sent, or null if there is none
	 */
	public @Nullable String query() {
		return this.query;
	}

	/**
	 * Returns the id of the request in the log.
	 * @return the request id
	 */
	public String requestId() {
		return this.requestId;
	}

	/**
	 * Returns the value of a header.
	 * @param name the header's name, in any case
	 * @return the first value, or null if there is none
	 */
	public @Nullable String header(String name) {
		return this.request.requestHeaders().get(name);
	}

	/**
	 * Returns the values of a header.
	 * @param name the header's name, in any case
	 * @return the values, in order
	 */
	public List<String> headers(String name) {
		HttpHeaders headers = this.request.requestHeaders();
		// Most optional headers are absent, and Netty allocates a list in any case.
		return headers.contains(name) ? headers.getAll(name) : List.of();
	}

	/**
	 * Returns whether the request is a WebSocket handshake.
	 * @return whether it is a GET with {@code Upgrade: websocket} and
	 * {@code Connection: upgrade}
	 */
	public boolean isWebSocketUpgrade() {
		return "GET".equals(this.method) && "websocket".equalsIgnoreCase(header("Upgrade"))
				&& HeaderList.elements(headers("Connection")).stream().anyMatch("upgrade"::equalsIgnoreCase);
	}

	/**
	 * Returns the address of the client: the peer's, or the one that trusted proxies
	 * forward.
	 * @return the address, or null if unknown
	 */
	public @Nullable InetSocketAddress remoteAddress() {
		return this.server.addresses().of(peer(), this.request.requestHeaders());
	}

	boolean isSecure() {
		return "https".equals(this.request.scheme())
				|| this.server.addresses().isSecure(peer(), this.request.requestHeaders());
	}

	private @Nullable InetSocketAddress peer() {
		Channel connection = (this.channel.parent() instanceof io.netty.channel.ServerChannel
				|| this.channel.parent() == null) ? this.channel : this.channel.parent();
		return (connection.remoteAddress() instanceof InetSocketAddress address) ? address : null;
	}

	/** Sets the route for metrics and the access log. */
	void setRoute(Route matchedRoute) {
		this.route = matchedRoute;
	}

	/** Begins the span of the request, if it is sampled. */
	void begin(HttpTracer tracer, Route matchedRoute) {
		this.trace = tracer.begin(this, matchedRoute);
	}

	boolean isHttp2() {
		return this.channel instanceof Http2StreamChannel;
	}

	private void recordResponse(int status) {
		Route matchedRoute = this.route;
		Context begun = this.trace;
		if (begun != null) {
			HttpTracer.end(begun, status);
		}
		this.server.responded(this.method, (matchedRoute != null) ? matchedRoute.path() : null, status,
				System.nanoTime() - this.startNanos, this.requestId);
	}

	HttpServerRequest request() {
		return this.request;
	}

	HttpServerResponse response() {
		return this.response;
	}

	Channel channel() {
		return this.channel;
	}

	/**
	 * Marks the connection as authenticated by a valid token, which makes it one of the
	 * last to be evicted.
	 */
	public void markAuthenticated() {
		ConnectionHandler connection = ConnectionHandler.ofParent(this.channel);
		if (connection != null) {
			connection.markAuthenticated();
		}
	}

	/**
	 * Runs a blocking task on a virtual thread, with the request id in the MDC. Responds
	 * with 500 if it fails, and with 503 if too many requests wait.
	 * @param task the task
	 */
	public void run(Runnable task) {
		try {
			this.server.permits().execute(() -> runWithRequestId(task));
		}
		catch (RejectedExecutionException ex) {
			respondOverloaded();
		}
	}

	/**
	 * Returns the executor of blocking tasks.
	 * @return an executor with a limited number of concurrent virtual threads; rejects a
	 * task if too many wait
	 */
	public Executor blockingExecutor() {
		return this.server.permits();
	}

	/**
	 * Rejects the request with 503, since too many others wait.
	 */
	public void respondOverloaded() {
		setHeader("Retry-After", "1");
		respondError(HttpResponseStatus.SERVICE_UNAVAILABLE.code());
	}

	/**
	 * Runs a non-blocking task on this thread, with the request id in the MDC. Responds
	 * with 500 if it fails.
	 * @param task the task
	 */
	public void runWithRequestId(Runnable task) {
		MDC.put(REQUEST_ID_KEY, this.requestId);
		if (this.traceId != null) {
			MDC.put(TraceParent.TRACE_KEY, this.traceId);
		}
		Context begun = this.trace;
		try {
			((begun != null) ? begun.wrap(task) : task).run();
		}
		catch (RuntimeException | Error ex) {
			respondError(HttpResponseStatus.INTERNAL_SERVER_ERROR.code(), ex);
		}
		finally {
			MDC.remove(REQUEST_ID_KEY);
			MDC.remove(TraceParent.TRACE_KEY);
		}
	}

	/**
	 * Reads the body. Its memory permits are released when the response is sent.
	 * @param limit the maximum size in bytes
	 * @param listener called on the event loop
	 */
	public void readBody(int limit, RequestBodyListener listener) {
		new RequestBodyReader(this, limit, listener).start();
	}

	/** Returns the value of {@code Content-Length}, or -1. */
	public long contentLength() {
		String length = header("Content-Length");
		try {
			return (length != null) ? Long.parseLong(length) : -1;
		}
		catch (NumberFormatException ex) {
			return -1;
		}
	}

	boolean tryGrow(int from, int to) {
		if (!this.server.requestMemory().tryGrow(from, to)) {
			return false;
		}
		this.heldMemory.set(to);
		return true;
	}

	MemoryPermits responseMemory() {
		return this.server.responseMemory();
	}

	Duration bodyTimeout() {
		return this.server.bodyTimeout();
	}

	PendingRequestBodies pendingBodies() {
		return this.server.pendingBodies();
	}

	boolean isMalformed() {
		ConnectionHandler connection = ConnectionHandler.of(this.channel);
		return connection != null && this.requestNumber > 0 && connection.isMalformed(this.requestNumber);
	}

	/**
	 * Sets a header of the response.
	 * @param name the header's name
	 * @param value its only value
	 */
	public void setHeader(CharSequence name, CharSequence value) {
		this.response.responseHeaders().set(name, value);
	}

	/**
	 * Adds a value to a header of the response.
	 * @param name the header's name
	 * @param value a further value
	 */
	public void addHeader(CharSequence name, CharSequence value) {
		this.response.responseHeaders().add(name, value);
	}

	/** Writes a body of a known length. */
	@FunctionalInterface
	public interface BodyWriter {

		/**
		 * Writes the body.
		 * @param output the output
		 * @throws IOException if the output fails
		 */
		void writeTo(OutputStream output) throws IOException;

	}

	/**
	 * Sends a response without a body.
	 * @param status the HTTP status
	 */
	public void respond(int status) {
		if (this.responded.compareAndSet(false, true)) {
			send(status, null);
		}
	}

	/** Responds to HEAD with headers only, without a content length. */
	public void respondHead() {
		if (this.responded.compareAndSet(false, true)) {
			recordResponse(HttpResponseStatus.OK.code());
			this.channel.eventLoop().execute(() -> this.response.send().subscribe(LoggingSubscriber.INSTANCE));
		}
	}

	/**
	 * Sends a response.
	 * @param status the HTTP status
	 * @param contentType the media type
	 * @param body the body
	 */
	public void respond(int status, CharSequence contentType, byte[] body) {
		respond(status, contentType, body.length, (output) -> output.write(body));
	}

	/**
	 * Sends a response.
	 * @param status the HTTP status
	 * @param contentType the media type
	 * @param length the bytes of the body
	 * @param body writes the body, before this returns
	 */
	public void respond(int status, CharSequence contentType, int length, BodyWriter body) {
		if (!this.responded.compareAndSet(false, true)) {
			return;
		}
		if (!this.server.responseMemory().tryGrow(0, length)) {
			// The error response is small enough.
			this.responded.set(false);
			setHeader("Retry-After", "1");
			respondError(HttpResponseStatus.SERVICE_UNAVAILABLE.code());
			return;
		}
		ByteBuf buffer;
		try {
			buffer = write(length, body);
		}
		catch (RuntimeException | Error ex) {
			// Another response reports the failure.
			this.server.responseMemory().release(length);
			this.responded.set(false);
			throw ex;
		}
		if (length > MemoryPermits.SMALL) {
			((Connection) this.request).onTerminate()
				.subscribe(null, (failure) -> this.server.responseMemory().release(length),
						() -> this.server.responseMemory().release(length));
		}
		setHeader("Content-Type", contentType);
		send(status, buffer);
	}

	private ByteBuf write(int length, BodyWriter body) {
		ByteBuf buffer = this.channel.alloc().buffer(length);
		try (ByteBufOutputStream output = new ByteBufOutputStream(buffer)) {
			body.writeTo(output);
			return buffer;
		}
		catch (IOException ex) {
			buffer.release();
			throw new UncheckedIOException(ex);
		}
		catch (RuntimeException | Error ex) {
			buffer.release();
			throw ex;
		}
	}

	/**
	 * Responds with an error.
	 * @param status the HTTP status
	 */
	public void respondError(int status) {
		respondError(status, null);
	}

	void respondError(int status, @Nullable Throwable failure) {
		if (this.responded.get()) {
			if (failure != null) {
				logger.error("A request has failed after its response", failure);
			}
			return;
		}
		HttpHeaders headers = this.response.responseHeaders();
		headers.set("Cache-Control", "no-store");
		headers.remove("Content-Encoding").remove("ETag");
		respond(status, "application/json;charset=utf-8", this.server.errors().of(status, this.requestId, failure));
	}

	/**
	 * Begins a streamed response.
	 * @param contentType the media type
	 * @param closed called once when the response has ended or the client has
	 * disconnected
	 * @return the response
	 */
	public StreamedResponse stream(CharSequence contentType, Runnable closed) {
		if (!this.responded.compareAndSet(false, true)) {
			throw new IllegalStateException("There is a response already");
		}
		releaseRequestMemory();
		recordResponse(HttpResponseStatus.OK.code());
		setHeader("Content-Type", contentType);
		StreamedResponse streamed = new StreamedResponse(this, closed);
		streamed.begin();
		return streamed;
	}

	/**
	 * Opens a WebSocket.
	 * @param subprotocol the negotiated subprotocol, or null
	 * @param maxMessageSize the maximum size of a client's message, in bytes
	 * @param sendTimeout the time within which the client has to read some of the data
	 * that is sent
	 * @param handler called when the connection is open
	 */
	public void openWebSocket(@Nullable String subprotocol, int maxMessageSize, Duration sendTimeout,
			WebSocketHandler handler) {
		if (!this.responded.compareAndSet(false, true)) {
			throw new IllegalStateException("There is a response already");
		}
		recordResponse(HttpResponseStatus.SWITCHING_PROTOCOLS.code());
		WebSocketConnection.open(this, subprotocol, maxMessageSize, sendTimeout, handler);
	}

	private void send(int status, @Nullable ByteBuf body) {
		releaseRequestMemory();
		recordResponse(status);
		if (this.channel.eventLoop().inEventLoop()) {
			sendOnLoop(status, body);
			return;
		}
		try {
			this.channel.eventLoop().execute(() -> sendOnLoop(status, body));
		}
		catch (RejectedExecutionException ex) {
			// The server has stopped.
			if (body != null) {
				body.release();
			}
		}
	}

	/**
	 * Schedules the abort of an HTTP/2 stream whose response is not read in time, or
	 * whose request never ends: the connection can't detect either. With HTTP/1, it
	 * detects both.
	 */
	private void scheduleStreamTimeout(int length) {
		if (this.channel instanceof Http2StreamChannel stream) {
			long timeoutNanos = this.server.sendTimeout()
				.multipliedBy(1 + length / MIN_BYTES_PER_SEND_TIMEOUT)
				.toNanos();
			Future<?> timeout = stream.eventLoop()
				.schedule(() -> ConnectionHandler.abort(stream), timeoutNanos, TimeUnit.NANOSECONDS);
			stream.closeFuture().addListener((closed) -> {
				// The stream outlives its channel while the client does not read.
				if (stream.stream().state() == Http2Stream.State.CLOSED) {
					timeout.cancel(false);
				}
			});
		}
	}

	private void sendOnLoop(int status, @Nullable ByteBuf body) {
		scheduleStreamTimeout((body != null) ? body.readableBytes() : 0);
		this.response.status(HttpResponseStatus.valueOf(status));
		if (body == null) {
			if (status >= 200 && status != 204 && status != 304) {
				this.response.responseHeaders().set("Content-Length", "0");
			}
			this.response.send().subscribe(LoggingSubscriber.INSTANCE);
		}
		else {
			this.response.responseHeaders().set("Content-Length", Integer.toString(body.readableBytes()));
			this.response.sendObject(body).subscribe(LoggingSubscriber.INSTANCE);
		}
	}

	void releaseRequestMemory() {
		this.server.requestMemory().release(this.heldMemory.getAndSet(0));
	}

	/** Ends a streamed response. */
	void end() {
		MonoSink<Void> sink = this.completion;
		if (sink != null) {
			sink.success();
		}
	}

	/**
	 * Returns the response for Reactor Netty. The request is dispatched on subscription.
	 */
	Mono<Void> response(Runnable begin) {
		return Mono.create((sink) -> {
			this.completion = sink;
			sink.onDispose(this::releaseIfGone);
			dispatch(begin);
		});
	}

	private void releaseIfGone() {
		if (!this.responded.get() && !this.channel.isActive()) {
			releaseRequestMemory();
		}
	}

	private void dispatch(Runnable begin) {
		try {
			begin.run();
		}
		catch (RuntimeException | Error ex) {
			respondError(HttpResponseStatus.INTERNAL_SERVER_ERROR.code(), ex);
		}
	}

	/** Logs failures to send a response. The server and the connection handle them. */
	private static final class LoggingSubscriber implements CoreSubscriber<Void> {

		static final LoggingSubscriber INSTANCE = new LoggingSubscriber();

		@Override
		public void onSubscribe(Subscription subscription) {
			subscription.request(Long.MAX_VALUE);
		}

		@Override
		public void onNext(Void nothing) {
		}

		@Override
		public void onError(Throwable failure) {
			logger.debug("The client disconnected", failure);
		}

		@Override
		public void onComplete() {
		}

	}

}
