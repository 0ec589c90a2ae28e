package dev.kennel.server.connection;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.ssl.SslHandler;

/**
 * A lingering close: ends the output at once, and closes the connection when the client
 * has sent the rest of its body. Closing a socket with unread input resets the
 * connection, and the client may lose the response.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112#section-9.6">RFC 9112, section
 * 9.6</a>
 */
@SuppressWarnings("FutureReturnValueIgnored") // A failure closes the channel.
final class LingeringClose {

	private final ChannelHandlerContext ctx;

	private final ChannelPromise promise;

	private boolean closed;

	/**
	 * Creates a lingering close.
	 * @param ctx the context whose outbound handlers close the connection
	 * @param promise completed when the connection is closed
	 */
	LingeringClose(ChannelHandlerContext ctx, ChannelPromise promise) {
		this.ctx = ctx;
		this.promise = promise;
	}

	/** Ends the output, and continues to read. */
	void begin() {
		SslHandler ssl = this.ctx.pipeline().get(SslHandler.class);
		if (ssl != null) {
			ssl.closeOutbound();
		}
		else if (this.ctx.channel() instanceof DuplexChannel duplex) {
			duplex.shutdownOutput();
		}
		this.ctx.channel().config().setAutoRead(true);
		this.ctx.read();
	}

	/** Closes the connection if a swallowed message is the last one of the client. */
	void swallowed(Object message) {
		boolean last = message instanceof LastHttpContent || message instanceof CloseWebSocketFrame;
		if (last && !this.closed) {
			this.closed = true;
			this.ctx.close(this.promise);
		}
	}

	/** Called when the channel is closed, by either side. */
	void channelClosed() {
		this.promise.trySuccess();
	}

}
