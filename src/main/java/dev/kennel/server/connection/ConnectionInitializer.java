package dev.kennel.server.connection;

import dev.kennel.server.limit.MemoryPermits;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServer;

import org.springframework.boot.reactor.netty.NettyServerCustomizer;

/**
 * Initializes the connections of a server: the options of their sockets, the limits of
 * the codec, and the handlers around it in the pipeline. With TLS, the codec is
 * negotiated during the handshake (ALPN), and the handlers are inserted after it.
 */
public final class ConnectionInitializer implements NettyServerCustomizer {

	private static final Logger logger = LoggerFactory.getLogger(ConnectionInitializer.class);

	/**
	 * The maximum number of bytes of one read. Also bounds the size of small pipelined
	 * requests.
	 */
	private static final int MAX_READ_BUFFER = 16 * 1024;

	private static final int INITIAL_READ_BUFFER = 2 * 1024;

	/**
	 * The socket's send buffer. The operating system's default would buffer megabytes per
	 * connection for clients that do not read.
	 */
	private static final int SEND_BUFFER = 256 * 1024;

	/**
	 * The bytes that the codec decodes beyond the limit, so that the error response can
	 * evaluate the headers.
	 */
	private static final int DECODER_HEADROOM = 8 * 1024;

	private static final int MAX_CONCURRENT_STREAMS = 100;

	/** The backlog of connections that are not accepted yet. */
	private static final int BACKLOG = 1024;

	private final ConnectionRegistry connections;

	private final MemoryPermits memory;

	private final int maxHeaderSize;

	/**
	 * Creates an initializer.
	 * @param connections the registry of the connections
	 * @param memory the permits for incomplete headers
	 * @param maxHeaderSize the maximum size of a request's headers, in bytes
	 */
	public ConnectionInitializer(ConnectionRegistry connections, MemoryPermits memory, int maxHeaderSize) {
		this.connections = connections;
		this.memory = memory;
		this.maxHeaderSize = maxHeaderSize;
	}

	@Override
	public HttpServer apply(HttpServer server) {
		return server
			.httpRequestDecoder((decoder) -> decoder.maxInitialLineLength(this.maxHeaderSize + DECODER_HEADROOM)
				.maxHeaderSize(this.maxHeaderSize + DECODER_HEADROOM)
				.h2cMaxContentLength(0))
			.http2Settings((settings) -> settings.maxConcurrentStreams(MAX_CONCURRENT_STREAMS)
				.maxHeaderListSize(this.maxHeaderSize))
			.option(ChannelOption.SO_BACKLOG, BACKLOG)
			.childOption(ChannelOption.SO_SNDBUF, SEND_BUFFER)
			.childOption(ChannelOption.RECVBUF_ALLOCATOR,
					new AdaptiveRecvByteBufAllocator(64, INITIAL_READ_BUFFER, MAX_READ_BUFFER))
			.doOnChannelInit((observer, channel, address) -> install(channel,
					new ConnectionHandler(this.connections, this.memory, channel)));
	}

	private static void install(Channel channel, ConnectionHandler connection) {
		if (!insert(channel.pipeline(), connection)) {
			channel.pipeline()
				.addBefore(NettyPipeline.ReactiveBridge, "kennel.handshake", new TlsHandshakeListener(connection));
		}
	}

	/** Inserts the handlers around the codec, if the codec is present. */
	private static boolean insert(ChannelPipeline pipeline, ConnectionHandler connection) {
		if (pipeline.get(NettyPipeline.HttpCodec) == null) {
			return false;
		}
		pipeline.addBefore(NettyPipeline.HttpCodec, "kennel.header-memory", connection.headerMemory());
		pipeline.addAfter(NettyPipeline.HttpCodec, "kennel.connection", connection);
		if (pipeline.get(Http2FrameCodec.class) != null) {
			pipeline.addLast("kennel.failures", new Http2FailureLogger());
		}
		return true;
	}

	/**
	 * Logs failures of HTTP/2 connections at debug level. Netty would log a warning.
	 */
	private static final class Http2FailureLogger extends ChannelInboundHandlerAdapter {

		@Override
		public void exceptionCaught(ChannelHandlerContext ctx, Throwable failure) {
			logger.debug("An HTTP/2 connection has failed", failure);
		}

	}

	/** Inserts the handlers after the TLS handshake. */
	private static final class TlsHandshakeListener extends ChannelInboundHandlerAdapter {

		private final ConnectionHandler handler;

		TlsHandshakeListener(ConnectionHandler handler) {
			this.handler = handler;
		}

		@Override
		public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
			if (event instanceof SslHandshakeCompletionEvent handshake && handshake.isSuccess()
					&& insert(ctx.pipeline(), this.handler)) {
				ctx.pipeline().remove(this);
			}
			ctx.fireUserEventTriggered(event);
		}

	}

}
