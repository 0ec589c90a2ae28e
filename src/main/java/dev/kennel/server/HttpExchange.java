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

import com.github.f4b6a3.uuid.UuidCreator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufOutputStream;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.Http2StreamChannel;
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
 * A request and its response. The request is for reading on any thread. The response's
 * headers are set by one thread at a time, and then it is sent, once: from any thread.
 */
@SuppressWarnings("FutureReturnValueIgnored") // What fails closes the channel.
public final class HttpExchange {

	private static final Logger logger = LoggerFactory.getLogger(HttpExchange.class);

	/** The header of every response that finds its request in the log. */
	public static final String REQUEST_ID = "X-Request-Id";

	/** The key of the request's id in every line of the log. */
	public static final String REQUEST_ID_KEY = "requestId";

	/** What a client of HTTP/2 takes of a response in the send timeout at least. */
	private static final int BYTES_IN_SEND_TIMEOUT = 64 * 1024;

	private final HttpServerRequest request;

	private final HttpServerResponse response;

	private final RequestDispatcher server;

	private final Channel channel;

	/** It need not be hard to guess, and each request needs one. */
	private final String requestId = UuidCreator.getTimeOrderedEpochFast().toString();

	private final AtomicBoolean responded = new AtomicBoolean();

	private final String method;

	private final String path;

	private final @Nullable String query;

	private final int number;

	private final long begin = System.nanoTime();

	private volatile @Nullable Route route;

	private @Nullable MonoSink<Void> end;

	private int heldMemory;

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
		this.number = (connection != null) ? connection.start() : 0;
	}

	/**
	 * Returns the HTTP method.
	 * @return the method, as it was sent
	 */
	public String method() {
		return this.method;
	}

	/**
	 * Returns the path.
	 * @return the path, as it was sent
	 */
	public String path() {
		return this.path;
	}

	/**
	 * Returns the query component of the URL.
	 * @return the component as it was sent, or null if there is none
	 */
	public @Nullable String query() {
		return this.query;
	}

	/**
	 * Returns what finds the request in the log.
	 * @return the id
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
		return this.request.requestHeaders().getAll(name);
	}

	/**
	 * Returns whether a request asks for a WebSocket.
	 * @return whether it is a GET with that upgrade, named by {@code Connection}, too
	 */
	public boolean isWebSocketUpgrade() {
		return "GET".equals(this.method) && "websocket".equalsIgnoreCase(header("Upgrade"))
				&& HeaderList.elements(headers("Connection")).stream().anyMatch("upgrade"::equalsIgnoreCase);
	}

	/**
	 * Returns the address of the client: the peer's, or the one that trusted proxies
	 * name.
	 * @return the address, or null if it is not known
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

	/** Tells under which path the request is counted. */
	void matched(Route found) {
		this.route = found;
	}

	private void measure(int status) {
		Route found = this.route;
		this.server.responded(this.method, (found != null) ? found.path() : null, status,
				System.nanoTime() - this.begin, this.requestId);
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
	 * Tells the server that the client has shown a valid token: its connection is one of
	 * the last to be closed when there are too many.
	 */
	public void markAuthenticated() {
		ConnectionHandler connection = ConnectionHandler.ofParent(this.channel);
		if (connection != null) {
			connection.authenticated();
		}
	}

	/**
	 * Runs what may block, on a virtual thread and with the request's id in the log. Its
	 * failure is a response of 500.
	 * @param task what to run
	 */
	public void run(Runnable task) {
		try {
			this.server.permits().execute(() -> runLogged(task));
		}
		catch (RejectedExecutionException ex) {
			refuseOverload();
		}
	}

	/**
	 * Returns where what may block is run.
	 * @return has virtual threads, of which some run at once; when too many wait, a task
	 * is rejected
	 */
	public Executor blockingExecutor() {
		return this.server.permits();
	}

	/**
	 * Refuses the request, since too many others wait.
	 */
	public void refuseOverload() {
		setHeader("Retry-After", "1");
		refuse(HttpResponseStatus.SERVICE_UNAVAILABLE.code());
	}

	/**
	 * Runs what does not block, on this thread and with the request's id in the log. Its
	 * failure is a response of 500.
	 * @param task what to run
	 */
	public void runLogged(Runnable task) {
		MDC.put(REQUEST_ID_KEY, this.requestId);
		TraceParent trace = TraceParent.parse(header(TraceParent.HEADER));
		if (trace != null) {
			MDC.put(TraceParent.TRACE_KEY, trace.traceId());
		}
		try {
			task.run();
		}
		catch (RuntimeException | StackOverflowError ex) {
			refuse(HttpResponseStatus.INTERNAL_SERVER_ERROR.code(), ex);
		}
		finally {
			MDC.remove(REQUEST_ID_KEY);
			MDC.remove(TraceParent.TRACE_KEY);
		}
	}

	/**
	 * Reads the body. Its memory is given back when the response is sent.
	 * @param limit the bytes that it may have
	 * @param listener is told of it, on the event loop
	 */
	public void readBody(int limit, RequestBodyListener listener) {
		new RequestBodyReader(this, limit, listener).start();
	}

	/** The bytes that the request says its body has, or -1. */
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
		this.heldMemory = to;
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
		return connection != null && this.number > 0 && connection.isMalformed(this.number);
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
		 * @param output where to
		 * @throws IOException as the output does
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

	/** Sends the headers of a response whose length is not known: for HEAD. */
	public void respondHead() {
		if (this.responded.compareAndSet(false, true)) {
			measure(HttpResponseStatus.OK.code());
			this.channel.eventLoop().execute(() -> this.response.send().subscribe(Sending.INSTANCE));
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
			// The refusal itself is small.
			this.responded.set(false);
			setHeader("Retry-After", "1");
			refuse(HttpResponseStatus.SERVICE_UNAVAILABLE.code());
			return;
		}
		ByteBuf buffer = this.channel.alloc().buffer(length);
		try (ByteBufOutputStream output = new ByteBufOutputStream(buffer)) {
			body.writeTo(output);
		}
		catch (IOException ex) {
			buffer.release();
			throw new UncheckedIOException(ex);
		}
		if (length > MemoryPermits.SMALL) {
			((Connection) this.request).onTerminate()
				.subscribe(null, (failure) -> this.server.responseMemory().release(length),
						() -> this.server.responseMemory().release(length));
		}
		setHeader("Content-Type", contentType);
		send(status, buffer);
	}

	/**
	 * Refuses the request with an error.
	 * @param status the HTTP status
	 */
	public void refuse(int status) {
		refuse(status, null);
	}

	void refuse(int status, @Nullable Throwable failure) {
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
	 * Begins a response whose body comes bit by bit.
	 * @param contentType the media type
	 * @param closed run once when the response has ended or the client is gone
	 * @return the response
	 */
	public StreamedResponse stream(CharSequence contentType, Runnable closed) {
		if (!this.responded.compareAndSet(false, true)) {
			throw new IllegalStateException("There is a response already");
		}
		releaseRequestMemory();
		measure(HttpResponseStatus.OK.code());
		setHeader("Content-Type", contentType);
		StreamedResponse streamed = new StreamedResponse(this, closed);
		streamed.begin();
		return streamed;
	}

	/**
	 * Opens a WebSocket.
	 * @param subprotocol the subprotocol that is agreed on, or null for none
	 * @param maxMessageSize the bytes that a message of the client may have
	 * @param sendTimeout how long the client may take nothing of what is sent
	 * @param handler is told of the connection once it is open
	 */
	public void openWebSocket(@Nullable String subprotocol, int maxMessageSize, Duration sendTimeout,
			WebSocketHandler handler) {
		if (!this.responded.compareAndSet(false, true)) {
			throw new IllegalStateException("There is a response already");
		}
		measure(HttpResponseStatus.SWITCHING_PROTOCOLS.code());
		WebSocketConnection.open(this, subprotocol, maxMessageSize, sendTimeout, handler);
	}

	/**
	 * Returns whether a response has been sent, or begun.
	 * @return whether it is too late for another one
	 */
	public boolean isResponded() {
		return this.responded.get();
	}

	private void send(int status, @Nullable ByteBuf body) {
		releaseRequestMemory();
		measure(status);
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
	 * A stream of HTTP/2 ends when its response has not been taken in time, or when its
	 * request has no end: its connection does not see the one or the other. A connection
	 * of HTTP/1 sees both.
	 */
	private void limitStream(int length) {
		if (this.channel instanceof Http2StreamChannel stream) {
			long patience = this.server.sendTimeout().multipliedBy(1 + length / BYTES_IN_SEND_TIMEOUT).toNanos();
			Future<?> timeout = stream.eventLoop()
				.schedule(() -> ConnectionHandler.abort(stream), patience, TimeUnit.NANOSECONDS);
			stream.closeFuture().addListener((closed) -> {
				// What the client does not take outlives its channel.
				if (stream.stream().state() == Http2Stream.State.CLOSED) {
					timeout.cancel(false);
				}
			});
		}
	}

	private void sendOnLoop(int status, @Nullable ByteBuf body) {
		limitStream((body != null) ? body.readableBytes() : 0);
		this.response.status(HttpResponseStatus.valueOf(status));
		if (body == null) {
			if (status >= 200 && status != 204 && status != 304) {
				this.response.responseHeaders().set("Content-Length", "0");
			}
			this.response.send().subscribe(Sending.INSTANCE);
		}
		else {
			this.response.responseHeaders().set("Content-Length", Integer.toString(body.readableBytes()));
			this.response.sendObject(body).subscribe(Sending.INSTANCE);
		}
	}

	void releaseRequestMemory() {
		int held = this.heldMemory;
		if (held > 0) {
			this.heldMemory = 0;
			this.server.requestMemory().release(held);
		}
	}

	/** Ends the response, if it has one without an end of its own. */
	void end() {
		MonoSink<Void> sink = this.end;
		if (sink != null) {
			sink.success();
		}
	}

	/** The response, for the server, which begins with it when this is subscribed. */
	Mono<Void> response(Runnable begin) {
		return Mono.create((sink) -> {
			this.end = sink;
			sink.onDispose(this::releaseIfGone);
			runOnLoop(begin);
		});
	}

	private void releaseIfGone() {
		if (!this.responded.get() && !this.channel.isActive()) {
			releaseRequestMemory();
		}
	}

	private void runOnLoop(Runnable begin) {
		try {
			begin.run();
		}
		catch (RuntimeException ex) {
			refuse(HttpResponseStatus.INTERNAL_SERVER_ERROR.code(), ex);
		}
	}

	/** What becomes of a sent response is the server's business, and the connection's. */
	private static final class Sending implements CoreSubscriber<Void> {

		static final Sending INSTANCE = new Sending();

		@Override
		public void onSubscribe(Subscription subscription) {
			subscription.request(Long.MAX_VALUE);
		}

		@Override
		public void onNext(Void nothing) {
		}

		@Override
		public void onError(Throwable failure) {
			logger.debug("A client is gone", failure);
		}

		@Override
		public void onComplete() {
		}

	}

}
