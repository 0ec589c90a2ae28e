package dev.kennel.server;

import java.util.concurrent.RejectedExecutionException;

import dev.kennel.server.connection.ConnectionHandler;
import dev.kennel.server.limit.MemoryPermits;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpResponseStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.netty.Connection;

/**
 * A response whose body is written in chunks. Writes are non-blocking and may come from
 * any thread, in the order of the calls. Backpressure is up to the caller, which writes
 * the next chunk after the previous one has been written.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A failure closes the channel.
public final class StreamedResponse {

	private static final Logger logger = LoggerFactory.getLogger(StreamedResponse.class);

	private final HttpExchange exchange;

	private final Runnable onClose;

	/** Confined to the event loop. */
	private boolean started;

	StreamedResponse(HttpExchange exchange, Runnable onClose) {
		this.exchange = exchange;
		this.onClose = onClose;
	}

	void begin() {
		onLoop(() -> {
			this.started = true;
			this.exchange.response().status(HttpResponseStatus.OK);
			((Connection) this.exchange.request()).onTerminate()
				.subscribe(null, (failure) -> this.onClose.run(), this.onClose);
			this.exchange.response()
				.sendHeaders()
				.then()
				.subscribe(null, (failure) -> logger.debug("The client disconnected before its response", failure));
		});
	}

	/**
	 * Writes a chunk. A large chunk aborts the connection if the memory for large
	 * responses is exhausted.
	 * @param bytes the bytes, which must not be modified afterwards
	 * @param written called on the event loop when the bytes are written to the socket;
	 * never if the client has disconnected
	 */
	public void write(byte[] bytes, Runnable written) {
		MemoryPermits memory = this.exchange.resources().responseMemory();
		if (!memory.tryGrow(0, bytes.length)) {
			abort();
			return;
		}
		onLoop(() -> this.exchange.channel()
			.writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(bytes)))
			.addListener((result) -> {
				memory.release(bytes.length);
				if (result.isSuccess()) {
					written.run();
				}
			}));
	}

	/**
	 * Reserves memory for what is kept until the response ends, if available. It counts
	 * as memory of large responses.
	 * @param from the number of bytes that are reserved
	 * @param to the number of bytes that are needed
	 * @return whether they were reserved; if not, nothing was
	 */
	public boolean tryReserve(int from, int to) {
		return this.exchange.resources().responseMemory().tryGrow(from, to);
	}

	/**
	 * Releases reserved memory.
	 * @param bytes the number of bytes that are reserved
	 */
	public void release(int bytes) {
		this.exchange.resources().responseMemory().release(bytes);
	}

	/** Ends the response. */
	public void end() {
		onLoop(this.exchange::end);
	}

	/** Aborts the connection without writing pending chunks. */
	public void abort() {
		ConnectionHandler.abort(this.exchange.channel());
	}

	private void onLoop(Runnable task) {
		var loop = this.exchange.channel().eventLoop();
		if (this.canRunNow(loop.inEventLoop())) {
			task.run();
			return;
		}
		try {
			loop.execute(task);
		}
		catch (RejectedExecutionException ex) {
			logger.debug("The server has stopped before a response has ended", ex);
		}
	}

	/** Chunks must not be written before the response headers. */
	private boolean canRunNow(boolean inEventLoop) {
		return inEventLoop && this.started;
	}

}
