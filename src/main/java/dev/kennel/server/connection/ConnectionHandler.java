package dev.kennel.server.connection;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.kennel.server.header.HttpRequestValidator;
import dev.kennel.server.limit.MemoryPermits;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.ServerChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
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
 * The handler of one connection. Placed directly after the codec in the pipeline, it
 * follows requests and responses in the {@link ConnectionState}, which has the timeouts,
 * and has {@link PipelinedRequests} wait and a {@link LingeringClose} protect the last
 * response. Reactor Netty's own handler queues pipelined requests without a bound, closes
 * the connection after the first of them if the last one requests it, responds to
 * malformed HTTP with an empty body, and closes a connection while a body is still
 * arriving, so that the client may never see the response.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A failure closes the channel.
public final class ConnectionHandler extends ChannelDuplexHandler {

	private static final AttributeKey<ConnectionHandler> KEY = AttributeKey.valueOf(ConnectionHandler.class,
			"connection");

	private static final int CONTINUE = 100;

	private static final int SWITCHING_PROTOCOLS = 101;

	private final Channel channel;

	private final String network;

	private final ConnectionState state;

	private final HeaderMemoryHandler headerMemory;

	private final PipelinedRequests requests = new PipelinedRequests();

	private @Nullable LingeringClose closing;

	/** The number of the request whose body is malformed, or 0. */
	private int malformedRequest;

	private int receivedRequests;

	private int startedRequests;

	/** Whether further input is discarded, after malformed HTTP. */
	private boolean discardInput;

	/** Whether a message has been decoded since the last {@code channelReadComplete}. */
	private boolean messageDecoded;

	private final AtomicBoolean abortPending = new AtomicBoolean();

	ConnectionHandler(ConnectionRegistry connections, MemoryPermits memory, Channel channel) {
		this.channel = channel;
		this.network = (channel.remoteAddress() instanceof InetSocketAddress peer) ? ConnectionRegistry.network(peer)
				: "";
		this.state = new ConnectionState(channel);
		this.headerMemory = new HeaderMemoryHandler(this.state, memory);
		channel.attr(KEY).set(this);
		channel.closeFuture().addListener((closed) -> connections.remove(this));
		connections.add(this);
	}

	/**
	 * Returns the connection of a request.
	 * @param channel the channel of the request
	 * @return the connection, or null for an HTTP/2 stream
	 */
	public static @Nullable ConnectionHandler of(Channel channel) {
		return channel.attr(KEY).get();
	}

	/**
	 * Returns the channel of a connection.
	 * @param channel the channel of a request: a connection or an HTTP/2 stream
	 * @return the channel itself, or the parent connection of an HTTP/2 stream
	 */
	public static Channel connectionChannel(Channel channel) {
		Channel parent = channel.parent();
		return (parent == null || parent instanceof ServerChannel) ? channel : parent;
	}

	/**
	 * Called when a request is dispatched.
	 * @return the number of the request on this connection
	 */
	public int start() {
		return ++this.startedRequests;
	}

	/**
	 * Returns whether the chunked body of a request is malformed.
	 * @param request the number of the request
	 * @return whether it is
	 */
	public boolean isMalformed(int request) {
		return this.malformedRequest == request;
	}

	/**
	 * Marks the connection as authenticated, which makes it one of the last to be
	 * evicted.
	 */
	public void markAuthenticated() {
		this.state.markAuthenticated();
	}

	/**
	 * Switches to a WebSocket.
	 * @param sendTimeout the time within which the client has to read some of the data
	 * that is sent
	 */
	public void upgradeToWebSocket(Duration sendTimeout) {
		this.state.upgradeToWebSocket(sendTimeout);
	}

	/** Returns the handler that is placed before the codec. */
	HeaderMemoryHandler headerMemory() {
		return this.headerMemory;
	}

	ConnectionState state() {
		return this.state;
	}

	String network() {
		return this.network;
	}

	/** Added after the negotiated codec. */
	@Override
	public void handlerAdded(ChannelHandlerContext ctx) {
		this.state.setHttp2Codec(ctx.pipeline().get(Http2FrameCodec.class));
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		if (this.closing != null) {
			this.closing.channelClosed();
		}
		this.headerMemory.release();
		this.requests.release();
		ctx.fireChannelInactive();
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		this.messageDecoded = true;
		if (this.discardInput) {
			ReferenceCountUtil.release(message);
		}
		else if (this.state.is(ConnectionState.Phase.WEB_SOCKET) && !(message instanceof WebSocketFrame)
				&& !LastHttpContent.EMPTY_LAST_CONTENT.equals(message)) {
			// Sent before the handshake response, which the client has to wait for (RFC
			// 6455, section 4.1). The frame decoder has missed these bytes.
			ReferenceCountUtil.release(message);
			abort();
		}
		else if (this.state.isHttp2()) {
			if (message instanceof Http2HeadersFrame && this.state.streams() <= 1) {
				// SETTINGS, PING and further streams do not restart the idle timeout.
				this.state.enter(ConnectionState.Phase.IDLE);
			}
			ctx.fireChannelRead(message);
		}
		else if (this.state.is(ConnectionState.Phase.WEB_SOCKET)) {
			this.state.touch();
			ctx.fireChannelRead(message);
		}
		else if (this.state.is(ConnectionState.Phase.LINGERING)) {
			this.state.swallow(message);
			ReferenceCountUtil.release(message);
			if (this.closing != null) {
				this.closing.swallowed(message);
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
		if (failure instanceof CorruptedWebSocketFrameException violation
				&& this.state.is(ConnectionState.Phase.WEB_SOCKET)) {
			ctx.fireChannelRead(new CloseWebSocketFrame(violation.closeStatus()));
		}
		else {
			ctx.fireExceptionCaught(failure);
		}
	}

	private void receive(ChannelHandlerContext ctx, HttpRequest request) {
		this.headerMemory.release();
		this.receivedRequests++;
		this.state.requestReceived(this.requests.requestReceived());
		HttpRequestValidator.Refusal refusal = HttpRequestValidator.normalize(request,
				(ctx.pipeline().get(SslHandler.class) != null) ? "https" : "http");
		if (refusal != null) {
			ReferenceCountUtil.release(request);
			this.state.markUndecodable();
			this.discardInput = true;
			// The error response follows the previous responses.
			this.requests.forward(ctx, refusal.placeholder(request));
			this.requests.forward(ctx, LastHttpContent.EMPTY_LAST_CONTENT);
		}
		else {
			this.requests.forward(ctx, request);
		}
	}

	private void receive(ChannelHandlerContext ctx, HttpContent content) {
		if (content.decoderResult().isFailure()) {
			// Reported to the body reader by isMalformed.
			this.malformedRequest = this.receivedRequests;
			this.state.markUndecodable();
			content.release();
			this.requests.forward(ctx, LastHttpContent.EMPTY_LAST_CONTENT);
			return;
		}
		if (this.state.is(ConnectionState.Phase.SWALLOWING)) {
			this.state.swallow(content);
		}
		if (content instanceof LastHttpContent) {
			this.state.bodyReceived();
		}
		this.requests.forward(ctx, content);
	}

	/**
	 * Detects the start of further headers: bytes have been read, but no message decoded.
	 */
	@Override
	public void channelReadComplete(ChannelHandlerContext ctx) {
		if (this.state.is(ConnectionState.Phase.IDLE) && !this.state.isHttp2() && !this.messageDecoded) {
			this.state.enter(ConnectionState.Phase.HEADERS);
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
			if (this.requests.responseEnded()) {
				this.state.responsesSent();
			}
			if (this.requests.isPipelining()) {
				this.requests.forwardNextAfter(ctx.write(message, promise.unvoid()), ctx);
				return;
			}
		}
		ctx.write(message, promise);
	}

	/** Pauses reading while too many requests are pipelined. */
	@Override
	public void read(ChannelHandlerContext ctx) {
		if (this.requests.isReadPaused()) {
			this.channel.config().setAutoRead(false);
		}
		else {
			ctx.read();
		}
	}

	@Override
	public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
		if (this.closing != null || !this.channel.isActive() || !this.state.mayHaveUnreadInput()) {
			ctx.close(promise);
			return;
		}
		this.closing = new LingeringClose(ctx, promise);
		this.state.startLingering();
		this.closing.begin();
	}

	/**
	 * Aborts the connection of a WebSocket or an HTTP/1 response, or the stream of an
	 * HTTP/2 response, from any thread. Closing the channel alone would not end an HTTP/2
	 * stream whose data has been written but not read by the client.
	 * @param channel the channel of the request
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
		this.state.enter(ConnectionState.Phase.LINGERING);
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
		ConnectionState.Phase overdue = this.state.phase();
		long overdueSince = this.state.since();
		long pending = this.state.pendingBytes();
		EventLoop loop = this.channel.eventLoop();
		loop.execute(() -> loop.schedule(() -> {
			this.abortPending.set(false);
			if (this.state.is(overdue) && this.state.since() == overdueSince && this.state.pendingBytes() >= pending) {
				abortNow();
			}
		}, 1, TimeUnit.MILLISECONDS));
	}

}
