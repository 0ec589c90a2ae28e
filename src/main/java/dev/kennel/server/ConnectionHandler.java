package dev.kennel.server;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

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
 * One connection, as far as it can do harm: how long it may take for what it sends and
 * receives, how many requests it may send ahead, and what of a refused request is read
 * before it is closed. It stands right behind the codec. Reactor Netty's own handler
 * queues pipelined requests without a bound, closes the connection after the first of
 * them if the last asks for it, responds to what is no HTTP with an empty body, and
 * closes a connection on which a body is still arriving, so that the client may never see
 * the response.
 */
@SuppressWarnings("FutureReturnValueIgnored") // What fails closes the channel.
final class ConnectionHandler extends ChannelDuplexHandler {

	private static final AttributeKey<ConnectionHandler> KEY = AttributeKey.valueOf(ConnectionHandler.class,
			"connection");

	/** For how long a connection is new. */
	private static final long GRACE = TimeUnit.SECONDS.toNanos(1);

	private static final int CONTINUE = 100;

	private static final int SWITCHING_PROTOCOLS = 101;

	/** Requests that may wait for the responses to those before them. */
	private static final int MAX_PIPELINED = 16;

	/** Bytes of their bodies that may wait with them, and those of one reading more. */
	private static final int MAX_BYTES_AHEAD = 8 * 1024;

	/**
	 * How long a connection is read that is to be closed on a request that is no HTTP.
	 */
	private static final long LINGER = TimeUnit.SECONDS.toNanos(2);

	private final Channel channel;

	private final MemoryPermits memory;

	private final String network;

	private volatile @Nullable Http2FrameCodec http2;

	/** Requests that have been received and not been responded to. */
	private int unanswered;

	/** Whether one of them has been passed on. */
	private boolean running;

	/** The number of the request whose body is malformed, or 0. */
	private int malformed;

	private int received;

	private int started;

	/** Requests sent ahead, with what has arrived of their bodies. */
	private final Queue<HttpObject> ahead = new ArrayDeque<>();

	/** The bytes of bodies among them. */
	private int bytesAhead;

	/** A request has been refused that is no HTTP: what follows is not looked at. */
	private boolean refused;

	/** Bytes that have been read and were not enough for a message. */
	private int undecoded;

	/** Whether a request has ever been sent ahead. */
	private boolean pipelining;

	/** Whether what has been read since the last time was enough for a message. */
	private boolean hasRead;

	private @Nullable ChannelPromise closing;

	private boolean closed;

	/** Read by the thread that looks after all connections, as are those below. */
	private volatile State state = State.NEW;

	private volatile long since = System.nanoTime();

	private final AtomicBoolean abortPending = new AtomicBoolean();

	private volatile boolean authenticated;

	/** For a WebSocket, in nanoseconds; 0 for what the server has for all. */
	private volatile long sendTimeout;

	private volatile long swallowed;

	private volatile boolean bodyPending;

	/** What is received is no HTTP any more. */
	private volatile boolean undecodable;

	/** Only of the thread that looks after all connections, as are those below. */
	private long lastStreams = this.since;

	private long unsent;

	private long unsentSince;

	/** What a connection does; the first are the cheapest to lose. */
	enum State {

		/** Nothing has been received yet, or not all of the headers. */
		NEW,

		/** The response has been sent before the body has arrived. */
		SWALLOWING,

		/** A WebSocket. */
		WEB_SOCKET,

		/** A request is received or run. */
		BUSY,

		/** No request is received, or the streams of HTTP/2 have them. */
		IDLE,

		/** The headers of a further request are being received. */
		HEADERS,

		/** It is being closed, once its client has seen the response. */
		LINGERING

	}

	ConnectionHandler(ConnectionRegistry connections, MemoryPermits memory, Channel channel) {
		this.memory = memory;
		this.channel = channel;
		this.network = (channel.remoteAddress() instanceof InetSocketAddress peer) ? ConnectionRegistry.network(peer) : "";
		channel.attr(KEY).set(this);
		channel.closeFuture().addListener((closed) -> connections.remove(this));
		connections.add(this);
	}

	/** The connection of a request; null for a stream of HTTP/2. */
	static @Nullable ConnectionHandler of(Channel channel) {
		return channel.attr(KEY).get();
	}

	/** The connection of a request, or, for a stream of HTTP/2, that of the stream. */
	static @Nullable ConnectionHandler ofParent(Channel channel) {
		return of((channel.parent() != null && !(channel.parent() instanceof io.netty.channel.ServerChannel))
				? channel.parent() : channel);
	}

	private void become(State next) {
		this.since = System.nanoTime();
		this.state = next;
	}

	/** A request's handler is called. Returns the number of the request. */
	int start() {
		return ++this.started;
	}

	/** Whether a request's body has ended in the midst of a chunk that is none. */
	boolean isMalformed(int request) {
		return this.malformed == request;
	}

	/**
	 * A valid token has been received: the connection is one of the last to be closed.
	 */
	void authenticated() {
		this.authenticated = true;
	}

	/** It is a WebSocket from now on. */
	void becomeWebSocket(Duration timeout) {
		this.sendTimeout = timeout.toNanos();
		// What comes is no HTTP, and is not waited for when the connection is closed.
		this.undecodable = true;
		become(State.WEB_SOCKET);
	}

	/** Stands behind the codec that was agreed on, once one has been. */
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
		this.ahead.forEach(ReferenceCountUtil::release);
		this.ahead.clear();
		ctx.fireChannelInactive();
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		this.hasRead = true;
		if (this.refused) {
			ReferenceCountUtil.release(message);
		}
		else if (this.state == State.WEB_SOCKET && !(message instanceof WebSocketFrame)
				&& !LastHttpContent.EMPTY_LAST_CONTENT.equals(message)) {
			// It came with the handshake, before its response: a client has to wait for
			// that (RFC 6455, section 4.1), and the decoder of frames has missed it.
			ReferenceCountUtil.release(message);
			abort();
		}
		else if (this.http2 != null) {
			if (message instanceof Http2HeadersFrame && streams() <= 1) {
				// Settings, pings and further streams make it no younger than it is.
				become(State.IDLE);
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
				reallyClose(ctx);
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
	 * A frame that violates the protocol is responded to as a close with the status that
	 * the violation has.
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
		this.received++;
		this.unanswered++;
		this.bodyPending = true;
		if (this.unanswered == 1) {
			become(State.BUSY);
		}
		RequestLine.Refusal refusal = RequestLine.normalize(request,
				(ctx.pipeline().get(SslHandler.class) != null) ? "https" : "http");
		if (refusal != null) {
			ReferenceCountUtil.release(request);
			this.undecodable = true;
			this.refused = true;
			pass(ctx, refused(refusal, request));
			pass(ctx, LastHttpContent.EMPTY_LAST_CONTENT);
		}
		else {
			pass(ctx, request);
		}
	}

	/** Passes a message on, after those before it: one request after the other. */
	private void pass(ChannelHandlerContext ctx, HttpObject message) {
		if (this.ahead.isEmpty() && !(this.running && message instanceof HttpRequest)) {
			passNow(ctx, message);
			return;
		}
		this.pipelining = true;
		this.ahead.add(message);
		if (message instanceof HttpContent content) {
			this.bytesAhead += content.content().readableBytes();
		}
	}

	private void passNow(ChannelHandlerContext ctx, HttpObject message) {
		this.running |= message instanceof HttpRequest;
		ctx.fireChannelRead(message);
	}

	/** Passes on the next request that was sent ahead, once it is its turn. */
	private void passNext(ChannelHandlerContext ctx) {
		if (this.running || !this.channel.isActive()) {
			return;
		}
		for (HttpObject message = this.ahead.poll(); message != null; message = nextContent()) {
			if (message instanceof HttpContent content) {
				this.bytesAhead -= content.content().readableBytes();
			}
			passNow(ctx, message);
		}
		ctx.fireChannelReadComplete();
		if (!isHeld()) {
			// What has been held may have been taken back since, by the end of a request.
			this.channel.config().setAutoRead(true);
			ctx.read();
		}
	}

	/** What has arrived of the body of the request that was passed on. */
	private @Nullable HttpObject nextContent() {
		return (this.ahead.peek() instanceof HttpRequest) ? null : this.ahead.poll();
	}

	private boolean isHeld() {
		return this.unanswered >= MAX_PIPELINED || this.bytesAhead >= MAX_BYTES_AHEAD;
	}

	/**
	 * A request in the place of one that is no HTTP, so that its response comes after
	 * those before it. Nothing else is received on the connection any more.
	 */
	private static DefaultHttpRequest refused(RequestLine.Refusal refusal, HttpRequest request) {
		DefaultHttpRequest refused = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, refusal.target());
		String origin = request.headers().get(HttpHeaderNames.ORIGIN);
		if (origin != null) {
			refused.headers().set(HttpHeaderNames.ORIGIN, origin);
		}
		refused.headers().set(HttpHeaderNames.CONNECTION, "close");
		return refused;
	}

	private void receive(ChannelHandlerContext ctx, HttpContent content) {
		if (content.decoderResult().isFailure()) {
			// Its reader asks for it.
			this.malformed = this.received;
			this.undecodable = true;
			content.release();
			pass(ctx, LastHttpContent.EMPTY_LAST_CONTENT);
			return;
		}
		if (this.state == State.SWALLOWING) {
			swallow(content);
		}
		if (content instanceof LastHttpContent) {
			this.bodyPending = false;
			if (this.state == State.SWALLOWING) {
				become(State.IDLE);
			}
		}
		pass(ctx, content);
	}

	private void swallow(Object message) {
		if (message instanceof ByteBufHolder holder) {
			long before = this.swallowed;
			this.swallowed = before + holder.content().readableBytes();
		}
	}

	/**
	 * Counts what has been read, before it is decoded. Headers that do not end take the
	 * memory that there is for large requests.
	 */
	private void countRead(ChannelHandlerContext ctx, int bytes) {
		if (this.state == State.WEB_SOCKET || this.bodyPending || this.http2 != null) {
			return;
		}
		if (this.memory.tryGrow(this.undecoded, this.undecoded + bytes)) {
			this.undecoded += bytes;
		}
		else {
			ctx.close();
		}
	}

	private void releaseUndecoded() {
		this.memory.release(this.undecoded);
		this.undecoded = 0;
	}

	/** Stands before the codec. */
	final class Undecoded extends ChannelInboundHandlerAdapter {

		@Override
		public void channelRead(ChannelHandlerContext ctx, Object message) {
			if (message instanceof ByteBuf bytes) {
				countRead(ctx, bytes.readableBytes());
			}
			ctx.fireChannelRead(message);
		}

	}

	/** Bytes have been read, and they were not enough for headers. */
	@Override
	public void channelReadComplete(ChannelHandlerContext ctx) {
		if (this.state == State.IDLE && this.http2 == null && !this.hasRead) {
			become(State.HEADERS);
		}
		this.hasRead = false;
		ctx.fireChannelReadComplete();
	}

	@Override
	public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
		if (message instanceof HttpResponse response && response.status().code() == CONTINUE) {
			// It has nothing to say of the connection.
			response.headers().clear();
		}
		else if (message instanceof LastHttpContent
				&& !(message instanceof HttpResponse upgrade && upgrade.status().code() == SWITCHING_PROTOCOLS)) {
			respond();
			if (this.pipelining) {
				// After all that is done at the end of a response, and after other
				// connections: a task that is not scheduled runs before them.
				ctx.write(message, promise.unvoid())
					.addListener((written) -> ctx.executor().schedule(() -> passNext(ctx), 0, TimeUnit.NANOSECONDS));
				return;
			}
		}
		ctx.write(message, promise);
	}

	private void respond() {
		this.unanswered--;
		this.running = false;
		if (this.unanswered == 0 && this.state == State.BUSY) {
			this.swallowed = 0;
			become(this.bodyPending ? State.SWALLOWING : State.IDLE);
		}
	}

	/** Nothing is read while too many requests wait. */
	@Override
	public void read(ChannelHandlerContext ctx) {
		if (isHeld()) {
			this.channel.config().setAutoRead(false);
		}
		else {
			ctx.read();
		}
	}

	/**
	 * A connection that is closed with something unread in it is reset, and its client
	 * may lose the response. It is read until the client has sent all, for a while.
	 */
	@Override
	public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
		if (this.closing != null || !this.channel.isActive() || this.http2 != null || !mayBeUnread()) {
			ctx.close(promise);
			return;
		}
		this.closing = promise;
		this.swallowed = 0;
		become(State.LINGERING);
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

	private boolean mayBeUnread() {
		return switch (this.state) {
			case BUSY, SWALLOWING -> this.bodyPending;
			case WEB_SOCKET -> true;
			default -> false;
		};
	}

	private void reallyClose(ChannelHandlerContext ctx) {
		ChannelPromise promise = this.closing;
		if (promise != null && !this.closed) {
			this.closed = true;
			ctx.close(promise);
		}
	}

	/**
	 * Closes the connection of a WebSocket or a response of HTTP/1, or the stream of one
	 * of HTTP/2, at once and from any thread. To close the channel of a stream does not
	 * end the stream, if all has been written and the client takes nothing of it.
	 */
	static void abort(Channel channel) {
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

	/** Closes it at once, from any thread. */
	void abort() {
		this.channel.eventLoop().execute(this::abortNow);
	}

	private void abortNow() {
		become(State.LINGERING);
		this.channel.pipeline().firstContext().close();
	}

	/**
	 * Closes the connection unless the event loop, which may be behind, finds that what
	 * it has been waiting for is there: a scheduled task runs after what has arrived has
	 * been read.
	 */
	void abortIfStillOverdue() {
		if (!this.abortPending.compareAndSet(false, true)) {
			return;
		}
		State overdue = this.state;
		long begun = this.since;
		long left = pendingBytes();
		EventLoop loop = this.channel.eventLoop();
		loop.execute(() -> loop.schedule(() -> {
			this.abortPending.set(false);
			if (this.state == overdue && this.since == begun && pendingBytes() >= left) {
				abortNow();
			}
		}, 1, TimeUnit.MILLISECONDS));
	}

	/** The bytes that are written and that the client has not taken. */
	private long pendingBytes() {
		ChannelOutboundBuffer buffer = this.channel.unsafe().outboundBuffer();
		return (buffer != null) ? buffer.totalPendingWriteBytes() : 0;
	}

	/**
	 * Whether it has taken longer than it may.
	 * @param now the time
	 * @param limits how long that is
	 */
	boolean isOverdue(long now, ServerLimitProperties limits, long bodyTimeout) {
		if (isStuck(now) > ((this.sendTimeout > 0) ? this.sendTimeout : limits.sendTimeout().toNanos())) {
			return true;
		}
		if (streams() > 0) {
			// Each has a timeout for its body and one for its response.
			this.lastStreams = now;
			return false;
		}
		long age = now - Math.max(this.since, this.lastStreams);
		return switch (this.state) {
			case NEW, HEADERS -> age > limits.headerTimeout().toNanos();
			case IDLE -> age > limits.idleTimeout().toNanos();
			case SWALLOWING -> age > bodyTimeout || this.swallowed > limits.maxSwallowSize().toBytes();
			case LINGERING ->
				age > (this.undecodable ? LINGER : bodyTimeout) || this.swallowed > limits.maxSwallowSize().toBytes();
			case BUSY, WEB_SOCKET -> false;
		};
	}

	/** The streams of HTTP/2 that are open. */
	private int streams() {
		Http2FrameCodec codec = this.http2;
		return (codec != null) ? codec.connection().numActiveStreams() : 0;
	}

	/** As how many connections it counts: each stream of HTTP/2 takes as much as one. */
	int weight() {
		return Math.max(1, streams());
	}

	/** For how long the client has taken nothing of what waits for it, in nanoseconds. */
	private long isStuck(long now) {
		long left = pendingBytes();
		if (this.unsent == 0 || left < this.unsent) {
			this.unsentSince = now;
		}
		this.unsent = left;
		return (left > 0) ? now - this.unsentSince : 0;
	}

	/**
	 * What its loss costs; the smallest is closed first. One that has just been opened is
	 * about to send something.
	 * @param now the time
	 */
	int cost(long now) {
		int base = switch (this.state) {
			case LINGERING -> 0;
			case NEW, HEADERS -> (now - this.since < GRACE) ? 3 : 1;
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
