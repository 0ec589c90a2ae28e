package dev.kennel.server.connection;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.kennel.server.header.HttpRequestValidator;
import dev.kennel.server.limit.KennelServerProperties;
import dev.kennel.server.limit.MemoryPermits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * The limits of one connection: timeouts for reading and writing, the number of pipelined
 * requests, and how much of a rejected request's body is swallowed before the connection
 * is closed. Placed directly after the codec in the pipeline. Reactor Netty's own handler
 * queues pipelined requests without a bound, closes the connection after the first of
 * them if the last one requests it, responds to malformed HTTP with an empty body, and
 * closes a connection while a body is still arriving, so that the client may never see
 * the response.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A failure closes the channel.
public final class ConnectionHandler extends ChannelDuplexHandler {

	private static final AttributeKey<ConnectionHandler> KEY = AttributeKey.valueOf(ConnectionHandler.class,
			"connection");

	/** The time during which a new connection is protected from eviction. */
	private static final long NEW_CONNECTION_GRACE = TimeUnit.SECONDS.toNanos(1);

	private static final int CONTINUE = 100;

	private static final int SWITCHING_PROTOCOLS = 101;

	/** The maximum number of pipelined requests. */
	private static final int MAX_PIPELINED = 16;

	/** The maximum size of their buffered bodies, in bytes. One read may exceed it. */
	private static final int MAX_PIPELINED_BYTES = 8 * 1024;

	/**
	 * The time during which input is swallowed before closing after malformed HTTP.
	 */
	private static final long LINGER = TimeUnit.SECONDS.toNanos(2);

	private final Channel channel;

	private final MemoryPermits memory;

	private final String network;

	private volatile @Nullable Http2FrameCodec http2;

	/** The number of requests without a complete response. */
	private int pendingResponses;

	/** Whether one of them has been forwarded to the next handler. */
	private boolean requestInProgress;

	/** The number of the request whose body is malformed, or 0. */
	private int malformedRequest;

	private int receivedRequests;

	private int startedRequests;

	/** Pipelined requests, with the received parts of their bodies. */
	private final Queue<HttpObject> pipelined = new ArrayDeque<>();

	/** The size of their buffered bodies, in bytes. */
	private int pipelinedBytes;

	/** Whether further input is discarded, after malformed HTTP. */
	private boolean discardInput;

	/** The number of bytes that have been read and not decoded into a message yet. */
	private int undecodedBytes;

	/** Whether a request has ever been pipelined. */
	private boolean pipelining;

	/** Whether a message has been decoded since the last {@code channelReadComplete}. */
	private boolean messageDecoded;

	private @Nullable ChannelPromise closing;

	private boolean closed;

	/** Read by the thread of the registry, like the fields below. */
	private volatile State state = State.NEW;

	private volatile long since = System.nanoTime();

	private final AtomicBoolean abortPending = new AtomicBoolean();

	private volatile boolean authenticated;

	/** The send timeout of a WebSocket in nanoseconds; 0 for the server's default. */
	private volatile long sendTimeout;

	private volatile long swallowedBytes;

	private volatile boolean bodyPending;

	/** Whether the input is not HTTP any more. */
	private volatile boolean undecodable;

	/** Confined to the thread of the registry, like the fields below. */
	private long lastOpenStream = this.since;

	private long lastPendingBytes;

	private long stalledSince;

	/** The state of a connection. */
	enum State {

		/** No complete request headers have been received yet. */
		NEW,

		/** The response has been sent before the body has arrived completely. */
		SWALLOWING,

		/** A WebSocket. */
		WEB_SOCKET,

		/** A request is being received or executed. */
		BUSY,

		/** No request is in progress, or requests are in HTTP/2 streams. */
		IDLE,

		/** The headers of a further request are being received. */
		HEADERS,

		/** The connection is being closed, after the client has read the response. */
		LINGERING

	}

	public ConnectionHandler(ConnectionRegistry connections, MemoryPermits memory, Channel channel) {
		this.memory = memory;
		this.channel = channel;
		this.network = (channel.remoteAddress() instanceof InetSocketAddress peer) ? ConnectionRegistry.network(peer)
				: "";
		channel.attr(KEY).set(this);
		channel.closeFuture().addListener((closed) -> connections.remove(this));
		connections.add(this);
	}

	/** Returns the connection of a request, or null for an HTTP/2 stream. */
	public static @Nullable ConnectionHandler of(Channel channel) {
		return channel.attr(KEY).get();
	}

	/**
	 * Returns the connection of a request, or the parent connection of an HTTP/2 stream.
	 */
	public static @Nullable ConnectionHandler ofParent(Channel channel) {
		return of((channel.parent() != null && !(channel.parent() instanceof io.netty.channel.ServerChannel))
				? channel.parent() : channel);
	}

	private void changeState(State next) {
		this.since = System.nanoTime();
		this.state = next;
	}

	/** Called when a request is dispatched. Returns the number of the request. */
	public int start() {
		return ++this.startedRequests;
	}

	/** Returns whether the chunked body of a request is malformed. */
	public boolean isMalformed(int request) {
		return this.malformedRequest == request;
	}

	/**
	 * Marks the connection as authenticated, which makes it one of the last to be
	 * evicted.
	 */
	public void markAuthenticated() {
		this.authenticated = true;
	}

	/** Switches to a WebSocket. */
	public void upgradeToWebSocket(Duration timeout) {
		this.sendTimeout = timeout.toNanos();
		// Further input is not HTTP, and is swallowed only briefly when the connection is
		// closed.
		this.undecodable = true;
		changeState(State.WEB_SOCKET);
	}

	/** Added after the negotiated codec. */
	@Override
	public void handlerAdded(ChannelHandlerContext ctx) {
		this.http2 = ctx.pipeline().get(Http2FrameCodec.class);
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		if (this.closing != null) {
			this.closing.trySuccess();
		}
		releaseUndecoded();
		this.pipelined.forEach(ReferenceCountUtil::release);
		this.pipelined.clear();
		ctx.fireChannelInactive();
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		this.messageDecoded = true;
		if (this.discardInput) {
			ReferenceCountUtil.release(message);
		}
		else if (this.state == State.WEB_SOCKET && !(message instanceof WebSocketFrame)
				&& !LastHttpContent.EMPTY_LAST_CONTENT.equals(message)) {
			// Sent before the handshake response, which the client has to wait for (RFC
			// 6455, section 4.1). The frame decoder has missed these bytes.
			ReferenceCountUtil.release(message);
			abort();
		}
		else if (this.http2 != null) {
			if (message instanceof Http2HeadersFrame && streams() <= 1) {
				// SETTINGS, PING and further streams do not restart the idle timeout.
				changeState(State.IDLE);
			}
			ctx.fireChannelRead(message);
		}
		else if (this.state == State.WEB_SOCKET) {
			this.since = System.nanoTime();
			ctx.fireChannelRead(message);
		}
		else if (this.state == State.LINGERING) {
			swallow(message);
			ReferenceCountUtil.release(message);
			if (message instanceof LastHttpContent || message instanceof CloseWebSocketFrame) {
				closeNow(ctx);
			}
		}
		else if (message instanceof HttpRequest request) {
			receive(ctx, request);
		}
		else {
			receive(ctx, (HttpContent) message);
		}
	}

	/**
	 * Handles a protocol violation like a close frame with the status of the violation.
	 */
	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable failure) {
		if (failure instanceof CorruptedWebSocketFrameException violation && this.state == State.WEB_SOCKET) {
			ctx.fireChannelRead(new CloseWebSocketFrame(violation.closeStatus()));
		}
		else {
			ctx.fireExceptionCaught(failure);
		}
	}

	private void receive(ChannelHandlerContext ctx, HttpRequest request) {
		releaseUndecoded();
		this.receivedRequests++;
		this.pendingResponses++;
		this.bodyPending = true;
		if (this.pendingResponses == 1) {
			changeState(State.BUSY);
		}
		HttpRequestValidator.Refusal refusal = HttpRequestValidator.normalize(request,
				(ctx.pipeline().get(SslHandler.class) != null) ? "https" : "http");
		if (refusal != null) {
			ReferenceCountUtil.release(request);
			this.undecodable = true;
			this.discardInput = true;
			forward(ctx, refusedRequest(refusal, request));
			forward(ctx, LastHttpContent.EMPTY_LAST_CONTENT);
		}
		else {
			forward(ctx, request);
		}
	}

	/**
	 * Forwards a message, or queues it behind pipelined requests: one request is handled
	 * at a time.
	 */
	private void forward(ChannelHandlerContext ctx, HttpObject message) {
		if (this.pipelined.isEmpty() && !(this.requestInProgress && message instanceof HttpRequest)) {
			forwardNow(ctx, message);
			return;
		}
		this.pipelining = true;
		this.pipelined.add(message);
		if (message instanceof HttpContent content) {
			this.pipelinedBytes += content.content().readableBytes();
		}
	}

	private void forwardNow(ChannelHandlerContext ctx, HttpObject message) {
		this.requestInProgress |= message instanceof HttpRequest;
		ctx.fireChannelRead(message);
	}

	/** Forwards the next pipelined request after the previous response has ended. */
	private void forwardNext(ChannelHandlerContext ctx) {
		if (this.requestInProgress || !this.channel.isActive()) {
			return;
		}
		for (HttpObject message = this.pipelined.poll(); message != null; message = nextContent()) {
			if (message instanceof HttpContent content) {
				this.pipelinedBytes -= content.content().readableBytes();
			}
			forwardNow(ctx, message);
		}
		ctx.fireChannelReadComplete();
		if (!isReadPaused()) {
			// Auto-read may still be disabled although the request that paused it has
			// ended.
			this.channel.config().setAutoRead(true);
			ctx.read();
		}
	}

	/** Returns the next received part of the body of the request in progress. */
	private @Nullable HttpObject nextContent() {
		return (this.pipelined.peek() instanceof HttpRequest) ? null : this.pipelined.poll();
	}

	private boolean isReadPaused() {
		return this.pendingResponses >= MAX_PIPELINED || this.pipelinedBytes >= MAX_PIPELINED_BYTES;
	}

	/**
	 * Creates a placeholder for malformed HTTP, so that the error response follows the
	 * previous responses. Nothing else is received on the connection.
	 */
	private static DefaultHttpRequest refusedRequest(HttpRequestValidator.Refusal refusal, HttpRequest request) {
		DefaultHttpRequest replacement = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, refusal.target());
		String origin = request.headers().get(HttpHeaderNames.ORIGIN);
		if (origin != null) {
			replacement.headers().set(HttpHeaderNames.ORIGIN, origin);
		}
		replacement.headers().set(HttpHeaderNames.CONNECTION, "close");
		return replacement;
	}

	private void receive(ChannelHandlerContext ctx, HttpContent content) {
		if (content.decoderResult().isFailure()) {
			// Reported to the body reader by isMalformed.
			this.malformedRequest = this.receivedRequests;
			this.undecodable = true;
			content.release();
			forward(ctx, LastHttpContent.EMPTY_LAST_CONTENT);
			return;
		}
		if (this.state == State.SWALLOWING) {
			swallow(content);
		}
		if (content instanceof LastHttpContent) {
			this.bodyPending = false;
			if (this.state == State.SWALLOWING) {
				changeState(State.IDLE);
			}
		}
		forward(ctx, content);
	}

	private void swallow(Object message) {
		if (message instanceof ByteBufHolder holder) {
			long before = this.swallowedBytes;
			this.swallowedBytes = before + holder.content().readableBytes();
		}
	}

	/**
	 * Counts bytes before they are decoded. Incomplete headers acquire permits of the
	 * request memory.
	 */
	private void countRead(ChannelHandlerContext ctx, int bytes) {
		if (this.state == State.WEB_SOCKET || this.bodyPending || this.http2 != null) {
			return;
		}
		if (this.memory.tryGrow(this.undecodedBytes, this.undecodedBytes + bytes)) {
			this.undecodedBytes += bytes;
		}
		else {
			ctx.close();
		}
	}

	private void releaseUndecoded() {
		this.memory.release(this.undecodedBytes);
		this.undecodedBytes = 0;
	}

	/** Counts the bytes that reach the codec. Placed before the codec in the pipeline. */
	public final class UndecodedByteCounter extends ChannelInboundHandlerAdapter {

		@Override
		public void channelRead(ChannelHandlerContext ctx, Object message) {
			if (message instanceof ByteBuf bytes) {
				countRead(ctx, bytes.readableBytes());
			}
			ctx.fireChannelRead(message);
		}

	}

	/**
	 * Detects the start of further headers: bytes have been read, but no message decoded.
	 */
	@Override
	public void channelReadComplete(ChannelHandlerContext ctx) {
		if (this.state == State.IDLE && this.http2 == null && !this.messageDecoded) {
			changeState(State.HEADERS);
		}
		this.messageDecoded = false;
		ctx.fireChannelReadComplete();
	}

	@Override
	public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
		if (message instanceof HttpResponse response && response.status().code() == CONTINUE) {
			// An interim response must not carry connection headers.
			response.headers().clear();
		}
		else if (message instanceof LastHttpContent
				&& !(message instanceof HttpResponse upgrade && upgrade.status().code() == SWITCHING_PROTOCOLS)) {
			responseEnded();
			if (this.pipelining) {
				// After all processing at the end of the response, and after other
				// connections:
				// a task that is executed instead of scheduled would run before them.
				ctx.write(message, promise.unvoid())
					.addListener((written) -> ctx.executor().schedule(() -> forwardNext(ctx), 0, TimeUnit.NANOSECONDS));
				return;
			}
		}
		ctx.write(message, promise);
	}

	private void responseEnded() {
		this.pendingResponses--;
		this.requestInProgress = false;
		if (this.pendingResponses == 0 && this.state == State.BUSY) {
			this.swallowedBytes = 0;
			changeState(this.bodyPending ? State.SWALLOWING : State.IDLE);
		}
	}

	/** Pauses reading while too many requests are pipelined. */
	@Override
	public void read(ChannelHandlerContext ctx) {
		if (isReadPaused()) {
			this.channel.config().setAutoRead(false);
		}
		else {
			ctx.read();
		}
	}

	/**
	 * Closes the connection after a lingering read. Closing a socket with unread input
	 * resets the connection, and the client may lose the response.
	 */
	@Override
	public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
		if (this.closing != null || !this.channel.isActive() || this.http2 != null || !mayHaveUnreadInput()) {
			ctx.close(promise);
			return;
		}
		this.closing = promise;
		this.swallowedBytes = 0;
		changeState(State.LINGERING);
		SslHandler ssl = ctx.pipeline().get(SslHandler.class);
		if (ssl != null) {
			ssl.closeOutbound();
		}
		else if (this.channel instanceof DuplexChannel duplex) {
			duplex.shutdownOutput();
		}
		this.channel.config().setAutoRead(true);
		ctx.read();
	}

	private boolean mayHaveUnreadInput() {
		return switch (this.state) {
			case BUSY, SWALLOWING -> this.bodyPending;
			case WEB_SOCKET -> true;
			default -> false;
		};
	}

	private void closeNow(ChannelHandlerContext ctx) {
		ChannelPromise promise = this.closing;
		if (promise != null && !this.closed) {
			this.closed = true;
			ctx.close(promise);
		}
	}

	/**
	 * Aborts the connection of a WebSocket or an HTTP/1 response, or the stream of an
	 * HTTP/2 response, from any thread. Closing the channel alone would not end an HTTP/2
	 * stream whose data has been written but not read by the client.
	 */
	public static void abort(Channel channel) {
		if (channel instanceof Http2StreamChannel stream) {
			stream.close();
			stream.parent().writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL).stream(stream.stream()));
			return;
		}
		ConnectionHandler connection = of(channel);
		if (connection != null) {
			connection.abort();
		}
	}

	/** Aborts the connection, from any thread. */
	public void abort() {
		this.channel.eventLoop().execute(this::abortNow);
	}

	private void abortNow() {
		changeState(State.LINGERING);
		this.channel.pipeline().firstContext().close();
	}

	/**
	 * Aborts the connection unless the event loop, which may be lagging, finds that the
	 * state has changed: a scheduled task runs after pending input has been read.
	 */
	void abortIfStillOverdue() {
		if (!this.abortPending.compareAndSet(false, true)) {
			return;
		}
		State overdue = this.state;
		long overdueSince = this.since;
		long pending = pendingBytes();
		EventLoop loop = this.channel.eventLoop();
		loop.execute(() -> loop.schedule(() -> {
			this.abortPending.set(false);
			if (this.state == overdue && this.since == overdueSince && pendingBytes() >= pending) {
				abortNow();
			}
		}, 1, TimeUnit.MILLISECONDS));
	}

	/** Returns the number of bytes that are written and not flushed to the socket. */
	private long pendingBytes() {
		ChannelOutboundBuffer buffer = this.channel.unsafe().outboundBuffer();
		return (buffer != null) ? buffer.totalPendingWriteBytes() : 0;
	}

	/**
	 * Returns whether the connection has exceeded a timeout or a limit.
	 * @param now the current time
	 * @param limits the timeouts and limits
	 * @param bodyTimeoutNanos the time that a body may take
	 */
	boolean isOverdue(long now, KennelServerProperties limits, long bodyTimeoutNanos) {
		if (stalledNanos(now) > ((this.sendTimeout > 0) ? this.sendTimeout : limits.sendTimeout().toNanos())) {
			return true;
		}
		if (streams() > 0) {
			// Each stream has its own timeouts for body and response.
			this.lastOpenStream = now;
			return false;
		}
		long age = now - Math.max(this.since, this.lastOpenStream);
		return switch (this.state) {
			case NEW, HEADERS -> age > limits.headerTimeout().toNanos();
			case IDLE -> age > limits.idleTimeout().toNanos();
			case SWALLOWING -> age > bodyTimeoutNanos || this.swallowedBytes > limits.maxSwallowSize().toBytes();
			case LINGERING -> age > (this.undecodable ? LINGER : bodyTimeoutNanos)
					|| this.swallowedBytes > limits.maxSwallowSize().toBytes();
			case BUSY, WEB_SOCKET -> false;
		};
	}

	/** Returns the number of open HTTP/2 streams. */
	private int streams() {
		Http2FrameCodec codec = this.http2;
		return (codec != null) ? codec.connection().numActiveStreams() : 0;
	}

	/**
	 * Returns the weight of the connection: each HTTP/2 stream counts as one connection.
	 */
	int weight() {
		return Math.max(1, streams());
	}

	/** Returns the time since the client last read pending data, in nanoseconds. */
	private long stalledNanos(long now) {
		long pending = pendingBytes();
		if (this.lastPendingBytes == 0 || pending < this.lastPendingBytes) {
			this.stalledSince = now;
		}
		this.lastPendingBytes = pending;
		return (pending > 0) ? now - this.stalledSince : 0;
	}

	/**
	 * Returns the cost of evicting the connection; the cheapest is evicted first. A new
	 * connection is protected for a moment, as it is about to send a request.
	 * @param now the current time
	 */
	int evictionCost(long now) {
		int base = switch (this.state) {
			case LINGERING -> 0;
			case NEW, HEADERS -> (now - this.since < NEW_CONNECTION_GRACE) ? 3 : 1;
			case SWALLOWING -> 1;
			case WEB_SOCKET, IDLE -> (streams() > 0) ? 3 : 2;
			case BUSY -> this.bodyPending ? 3 : 5;
		};
		return base + (this.authenticated ? 2 : 0);
	}

	String network() {
		return this.network;
	}

	long since() {
		return this.since;
	}

}
