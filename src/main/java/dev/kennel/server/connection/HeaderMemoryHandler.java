package dev.kennel.server.connection;

import dev.kennel.server.limit.MemoryPermits;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Acquires permits of the request memory for incomplete headers, which the codec buffers:
 * bytes that have been read and not decoded into a request yet. Closes the connection if
 * there are no permits left. Placed before the codec in the pipeline.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A failure closes the channel.
final class HeaderMemoryHandler extends ChannelInboundHandlerAdapter {

	private final ConnectionState state;

	private final MemoryPermits memory;

	/** The number of bytes for which permits are held. */
	private int acquiredBytes;

	HeaderMemoryHandler(ConnectionState state, MemoryPermits memory) {
		this.state = state;
		this.memory = memory;
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		if (message instanceof ByteBuf bytes && this.state.isReadingHeaders()) {
			acquire(ctx, bytes.readableBytes());
		}
		ctx.fireChannelRead(message);
	}

	private void acquire(ChannelHandlerContext ctx, int bytes) {
		if (this.memory.tryGrow(this.acquiredBytes, this.acquiredBytes + bytes)) {
			this.acquiredBytes += bytes;
		}
		else {
			ctx.close();
		}
	}

	/**
	 * Releases the permits when the headers are complete, or the connection is closed.
	 */
	void release() {
		this.memory.release(this.acquiredBytes);
		this.acquiredBytes = 0;
	}

}
