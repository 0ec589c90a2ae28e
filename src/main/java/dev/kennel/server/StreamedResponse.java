package dev.kennel.server;

import java.util.concurrent.RejectedExecutionException;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpResponseStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.netty.Connection;

/**
 * A response whose body comes bit by bit. It is written from any thread, in the order of
 * the calls, and never blocks: the caller waits with the next bit until the one before it
 * has been taken.
 */
@SuppressWarnings("FutureReturnValueIgnored") // What fails closes the channel.
public final class StreamedResponse {

	private static final Logger logger = LoggerFactory.getLogger(StreamedResponse.class);

	private final HttpExchange exchange;

	private final Runnable closed;

	/** Only of the event loop. */
	private boolean begun;

	StreamedResponse(HttpExchange exchange, Runnable closed) {
		this.exchange = exchange;
		this.closed = closed;
	}

	void begin() {
		onLoop(() -> {
			this.begun = true;
			this.exchange.response().status(HttpResponseStatus.OK);
			((Connection) this.exchange.request()).onTerminate()
				.subscribe(null, (failure) -> this.closed.run(), this.closed);
			this.exchange.response()
				.sendHeaders()
				.then()
				.subscribe(null, (failure) -> logger.debug("A client is gone before its response", failure));
		});
	}

	/**
	 * Writes a bit. Where large responses that are not read take the memory that there is
	 * for them, a large bit ends the connection.
	 * @param bytes the bytes, which must not change any more
	 * @param written run on the event loop when the client's side has taken them; never
	 * if the client is gone
	 */
	public void write(byte[] bytes, Runnable written) {
		MemoryPermits memory = this.exchange.responseMemory();
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

	/** Ends the response. */
	public void end() {
		onLoop(this.exchange::end);
	}

	/** Closes the connection, whatever is yet to be written. */
	public void abort() {
		ConnectionHandler.abort(this.exchange.channel());
	}

	private void onLoop(Runnable task) {
		var loop = this.exchange.channel().eventLoop();
		if (this.begunOnLoop(loop.inEventLoop())) {
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

	/** Nothing may come before the response's headers. */
	private boolean begunOnLoop(boolean inEventLoop) {
		return inEventLoop && this.begun;
	}

}
