package dev.kennel.server;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/**
 * Reads a body as it arrives, on the event loop. A body takes the memory that has arrived
 * of it, whatever its length is said to be. What comes of it after it has failed is read
 * and forgotten.
 */
final class RequestBodyReader implements CoreSubscriber<ByteBuf> {

	private final HttpExchange exchange;

	private final int limit;

	private final RequestBodyListener listener;

	/** The length if it is known, else more than it may be. */
	private final int most;

	private byte[] body;

	private int size;

	private boolean done;

	private @Nullable Future<?> timeout;

	RequestBodyReader(HttpExchange exchange, int limit, RequestBodyListener listener) {
		this.exchange = exchange;
		this.limit = limit;
		this.listener = listener;
		long length = exchange.contentLength();
		this.most = (length >= 0 && length <= limit) ? (int) length : limit + 1;
		this.body = new byte[Math.min(this.most, MemoryPermits.SMALL)];
	}

	void start() {
		this.exchange.request().receive().subscribe(this);
		// Nearly all bodies are there when their headers are.
		this.exchange.channel().eventLoop().execute(() -> {
			if (!this.done) {
				failAfter(this.exchange.bodyTimeout(), RequestBodyListener.Failure.TOO_SLOW);
				this.exchange.pendingBodies().add(this);
			}
		});
	}

	private void failAfter(Duration patience, RequestBodyListener.Failure failure) {
		cancelTimeout();
		this.timeout = this.exchange.channel()
			.eventLoop()
			.schedule(() -> fail(failure), patience.toNanos(), TimeUnit.NANOSECONDS);
	}

	private void cancelTimeout() {
		if (this.timeout != null) {
			this.timeout.cancel(false);
		}
	}

	/**
	 * Fails unless the body arrives within a shorter time: from any thread.
	 * @param patience how long that is
	 */
	void stop(Duration patience) {
		this.exchange.channel().eventLoop().execute(() -> {
			if (!this.done) {
				failAfter(patience, RequestBodyListener.Failure.STOPPING);
			}
		});
	}

	@Override
	public void onSubscribe(Subscription subscription) {
		subscription.request(Long.MAX_VALUE);
	}

	@Override
	public void onNext(ByteBuf bytes) {
		if (this.done) {
			return;
		}
		int more = bytes.readableBytes();
		if (this.size + more > this.limit) {
			fail(RequestBodyListener.Failure.TOO_LARGE);
			return;
		}
		if (this.size + more > this.body.length) {
			int length = Math.min(Math.max(2 * this.body.length, this.size + more),
					Math.max(this.most, this.size + more));
			if (!this.exchange.tryGrow(this.body.length, length)) {
				fail(RequestBodyListener.Failure.NO_MEMORY);
				return;
			}
			this.body = Arrays.copyOf(this.body, length);
		}
		bytes.readBytes(this.body, this.size, more);
		this.size += more;
	}

	@Override
	public void onComplete() {
		if (this.exchange.isMalformed()) {
			fail(RequestBodyListener.Failure.MALFORMED);
		}
		else if (end()) {
			byte[] all = (this.size == this.body.length) ? this.body : Arrays.copyOf(this.body, this.size);
			this.body = new byte[0];
			this.listener.onBody(all);
		}
	}

	/** Its client is gone. */
	@Override
	public void onError(Throwable failure) {
		if (end()) {
			this.body = new byte[0];
			this.exchange.releaseRequestMemory();
		}
	}

	private void fail(RequestBodyListener.Failure failure) {
		if (end()) {
			this.body = new byte[0];
			this.exchange.releaseRequestMemory();
			this.listener.onFailure(failure);
		}
	}

	private boolean end() {
		if (this.done) {
			return false;
		}
		this.done = true;
		if (this.timeout != null) {
			cancelTimeout();
			this.exchange.pendingBodies().remove(this);
		}
		return true;
	}

}
