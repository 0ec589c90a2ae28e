package dev.kennel.server.connection;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * The pipelined requests of an HTTP/1 connection. Requests are forwarded to the next
 * handler one at a time, each after the response of the previous one, so that responses
 * are in order. Reading is paused while too many requests wait.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112#section-9.3.2">RFC 9112, section
 * 9.3.2</a>
 */
@SuppressWarnings("FutureReturnValueIgnored") // A failure closes the channel.
final class PipelinedRequests {

	/** The maximum number of pipelined requests. */
	private static final int MAX_REQUESTS = 16;

	/** The maximum size of their buffered bodies, in bytes. One read may exceed it. */
	private static final int MAX_BYTES = 8 * 1024;

	/** Pipelined requests, with the received parts of their bodies. */
	private final Queue<HttpObject> queue = new ArrayDeque<>();

	/** The size of their buffered bodies, in bytes. */
	private int queuedBytes;

	/** The number of requests without a complete response. */
	private int pendingResponses;

	/** Whether one of them has been forwarded to the next handler. */
	private boolean requestInProgress;

	/** Whether a request has ever been pipelined. */
	private boolean pipelining;

	/**
	 * Called when the headers of a request have been received.
	 * @return whether a previous request has no complete response yet
	 */
	boolean requestReceived() {
		this.pendingResponses++;
		return this.pendingResponses > 1;
	}

	/**
	 * Called when a response is complete.
	 * @return whether all requests have complete responses
	 */
	boolean responseEnded() {
		this.pendingResponses--;
		this.requestInProgress = false;
		return this.pendingResponses == 0;
	}

	/** Forwards a message, or queues it behind pipelined requests. */
	void forward(ChannelHandlerContext ctx, HttpObject message) {
		if (this.queue.isEmpty() && !(this.requestInProgress && message instanceof HttpRequest)) {
			forwardNow(ctx, message);
			return;
		}
		this.pipelining = true;
		this.queue.add(message);
		if (message instanceof HttpContent content) {
			this.queuedBytes += content.content().readableBytes();
		}
	}

	private void forwardNow(ChannelHandlerContext ctx, HttpObject message) {
		this.requestInProgress |= message instanceof HttpRequest;
		ctx.fireChannelRead(message);
	}

	/** Returns whether the client pipelines its requests. */
	boolean isPipelining() {
		return this.pipelining;
	}

	/**
	 * Forwards the next request when the end of the previous response has been written:
	 * after all processing of that response, and after other connections. A task that is
	 * executed instead of scheduled would run before them.
	 */
	void forwardNextAfter(ChannelFuture write, ChannelHandlerContext ctx) {
		write.addListener((written) -> ctx.executor().schedule(() -> forwardNext(ctx), 0, TimeUnit.NANOSECONDS));
	}

	private void forwardNext(ChannelHandlerContext ctx) {
		if (this.requestInProgress || !ctx.channel().isActive()) {
			return;
		}
		for (HttpObject message = this.queue.poll(); message != null; message = nextContent()) {
			if (message instanceof HttpContent content) {
				this.queuedBytes -= content.content().readableBytes();
			}
			forwardNow(ctx, message);
		}
		ctx.fireChannelReadComplete();
		if (!isReadPaused()) {
			// Auto-read may still be disabled although the request that paused it has
			// ended.
			ctx.channel().config().setAutoRead(true);
			ctx.read();
		}
	}

	/** Returns the next received part of the body of the request in progress. */
	private @Nullable HttpObject nextContent() {
		return (this.queue.peek() instanceof HttpRequest) ? null : this.queue.poll();
	}

	/** Returns whether too many requests are pipelined to read more of them. */
	boolean isReadPaused() {
		return this.pendingResponses >= MAX_REQUESTS || this.queuedBytes >= MAX_BYTES;
	}

	/** Releases what is queued when the connection is closed. */
	void release() {
		this.queue.forEach(ReferenceCountUtil::release);
		this.queue.clear();
	}

}
