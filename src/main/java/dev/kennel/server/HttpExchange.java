package dev.kennel.server;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.kennel.server.connection.ConnectionHandler;
import dev.kennel.server.header.HeaderList;
import dev.kennel.server.header.TraceParent;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.util.AsciiString;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * An HTTP request and its response. The request may be read on any thread. The response
 * headers are set by one thread at a time. The response is sent once, from any thread.
 */
public final class HttpExchange {

	/** The response header with the id of the request in the log. */
	public static final String REQUEST_ID = "X-Request-Id";

	/** The MDC key of the request id, as in the Elastic Common Schema. */
	public static final String REQUEST_ID_KEY = "http.request.id";

	private static final AtomicIntegerFieldUpdater<HttpExchange> RECORDED = AtomicIntegerFieldUpdater
		.newUpdater(HttpExchange.class, "recorded");

	/**
	 * The names of the headers that Kennel reads and sets: never one that a client has
	 * sent, since the map has no limit.
	 */
	private static final Map<String, AsciiString> HEADER_NAMES = new ConcurrentHashMap<>();

	private final HttpServerRequest request;

	private final HttpServerResponse response;

	private final ServerResources resources;

	private final Channel channel;

	/** The fast, predictable generator suffices: the id need not be unguessable. */
	private final String requestId = UuidCreator.getTimeOrderedEpochFast().toString();

	private final ResponseSender sender = new ResponseSender(this);

	private final String method;

	private final String path;

	private final @Nullable String query;

	private final int requestNumber;

	private final @Nullable String traceId;

	private final long startNanos = System.nanoTime();

	private volatile @Nullable Route route;

	/** The context with the span of the request, or null if it is not traced. */
	private volatile @Nullable Context trace;

	/** 1 if the response, or that there is none, has been recorded. */
	private volatile int recorded;

	/** Released by the event loop or by the thread of the request, whichever is first. */
	private final AtomicInteger heldMemory = new AtomicInteger();

	HttpExchange(HttpServerRequest request, HttpServerResponse response, ServerResources resources) {
		this.request = request;
		this.response = response;
		this.resources = resources;
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
		return this.request.requestHeaders().get(hashed(name));
	}

	/**
	 * Returns the values of a header.
	 * @param name the header's name, in any case
	 * @return the values, in order
	 */
	public List<String> headers(String name) {
		HttpHeaders headers = this.request.requestHeaders();
		AsciiString hashed = hashed(name);
		// Most optional headers are absent, and Netty allocates a list in any case.
		return headers.contains(hashed) ? headers.getAll(hashed) : List.of();
	}

	/** Returns a header's name that keeps Netty's hash code, which ignores the case. */
	private static AsciiString hashed(String name) {
		AsciiString known = HEADER_NAMES.get(name);
		return (known != null) ? known : HEADER_NAMES.computeIfAbsent(name, AsciiString::cached);
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
		return this.resources.addresses().of(peer(), this.request.requestHeaders());
	}

	boolean isSecure() {
		return "https".equals(this.request.scheme())
				|| this.resources.addresses().isSecure(peer(), this.request.requestHeaders());
	}

	private @Nullable InetSocketAddress peer() {
		Channel connection = ConnectionHandler.connectionChannel(this.channel);
		return (connection.remoteAddress() instanceof InetSocketAddress address) ? address : null;
	}

	/** Sets the route for metrics and the access log. */
	void setRoute(Route matchedRoute) {
		this.route = matchedRoute;
	}

	/**
	 * Sets the route that handles the request, and begins its span if it is traced and
	 * sampled.
	 */
	void begin(Route matchedRoute) {
		setRoute(matchedRoute);
		HttpTracer tracer = this.resources.tracer();
		if (tracer != null && matchedRoute.traced()) {
			this.trace = tracer.begin(this, matchedRoute);
		}
	}

	boolean isHttp2() {
		return this.channel instanceof Http2StreamChannel;
	}

	/**
	 * Records the response in the trace, the metrics and the access log, once. If the
	 * connection, or the stream of HTTP/2, has been closed, no client gets it: then it is
	 * recorded as {@link HttpMeters#NO_RESPONSE}.
	 * @param responseStatus the HTTP status, or {@link HttpMeters#NO_RESPONSE}
	 */
	void recordResponse(int responseStatus) {
		if (!RECORDED.compareAndSet(this, 0, 1)) {
			return;
		}
		int status = this.channel.isActive() ? responseStatus : HttpMeters.NO_RESPONSE;
		Route matchedRoute = this.route;
		String path = (matchedRoute != null) ? matchedRoute.path() : null;
		long nanos = System.nanoTime() - this.startNanos;
		Context begun = this.trace;
		if (begun != null) {
			HttpTracer.end(begun, status);
		}
		this.resources.meters().responded(this.method, path, status, nanos);
		AccessLog accessLog = this.resources.accessLog();
		if (accessLog != null) {
			inLogContext(() -> accessLog.responded(this.method, path, status, nanos, this.requestId));
		}
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
		ConnectionHandler connection = ConnectionHandler.of(ConnectionHandler.connectionChannel(this.channel));
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
			this.resources.permits().execute(() -> runWithRequestId(task));
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
		return this.resources.permits();
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
		inLogContext(() -> {
			try {
				task.run();
			}
			catch (RuntimeException | Error ex) {
				this.sender.respondError(HttpResponseStatus.INTERNAL_SERVER_ERROR.code(), ex);
			}
		});
	}

	/**
	 * Runs a task within the span of the request, if it is traced, and with the ids of
	 * request and trace in the MDC. Afterwards, the thread has the ids that it had
	 * before.
	 * @param task the task, which throws nothing
	 */
	public void inLogContext(Runnable task) {
		String outerRequestId = MDC.get(REQUEST_ID_KEY);
		if (this.requestId.equals(outerRequestId)) {
			task.run();
			return;
		}
		String outerTraceId = MDC.get(TraceParent.TRACE_KEY);
		put(REQUEST_ID_KEY, this.requestId);
		put(TraceParent.TRACE_KEY, this.traceId);
		Context begun = this.trace;
		try {
			((begun != null) ? begun.wrap(task) : task).run();
		}
		finally {
			put(REQUEST_ID_KEY, outerRequestId);
			put(TraceParent.TRACE_KEY, outerTraceId);
		}
	}

	private static void put(String key, @Nullable String value) {
		if (value != null) {
			MDC.put(key, value);
		}
		else {
			MDC.remove(key);
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
		if (!this.resources.requestMemory().tryGrow(from, to)) {
			return false;
		}
		this.heldMemory.set(to);
		return true;
	}

	ServerResources resources() {
		return this.resources;
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
	public void setHeader(String name, CharSequence value) {
		this.response.responseHeaders().set(hashed(name), value);
	}

	/**
	 * Adds a value to a header of the response.
	 * @param name the header's name
	 * @param value a further value
	 */
	public void addHeader(String name, CharSequence value) {
		this.response.responseHeaders().add(hashed(name), value);
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
		this.sender.respond(status);
	}

	/** Responds to HEAD with headers only, without a content length. */
	public void respondHead() {
		this.sender.respondHead();
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
		this.sender.respond(status, contentType, length, body);
	}

	/**
	 * Responds with an error.
	 * @param status the HTTP status
	 */
	public void respondError(int status) {
		this.sender.respondError(status, null);
	}

	/**
	 * Begins a streamed response.
	 * @param contentType the media type
	 * @param closed called once when the response has ended or the client has
	 * disconnected
	 * @return the response
	 */
	public StreamedResponse stream(CharSequence contentType, Runnable closed) {
		this.sender.claimOrThrow();
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
		this.sender.claimOrThrow();
		recordResponse(HttpResponseStatus.SWITCHING_PROTOCOLS.code());
		WebSocketConnection.open(this, subprotocol, maxMessageSize, sendTimeout, handler);
	}

	void releaseRequestMemory() {
		this.resources.requestMemory().release(this.heldMemory.getAndSet(0));
	}

	/** Ends a streamed response. */
	void end() {
		this.sender.end();
	}

	/**
	 * Returns the response for Reactor Netty.
	 * @param dispatch dispatches the request, on subscription
	 */
	Mono<Void> response(Runnable dispatch) {
		return this.sender.response(dispatch);
	}

}
