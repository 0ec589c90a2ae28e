package dev.kennel.server;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import dev.kennel.server.limit.MemoryPermits;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/**
 * Reads a request body on the event loop. Memory is allocated for the bytes that have
 * arrived, not for the declared content length. After a failure, further bytes are read
 * and discarded.
 */
final class RequestBodyReader implements CoreSubscriber<ByteBuf> {

	private final HttpExchange exchange;

	private final int limit;

	private final RequestBodyListener listener;

	/** The content length if it is valid, or the limit plus one. */
	private final int maxCapacity;

	private byte[] body;

	private int size;

	private boolean finished;

	private @Nullable Future<?> timeout;

	RequestBodyReader(HttpExchange exchange, int limit, RequestBodyListener listener) {
		this.exchange = exchange;
		this.limit = limit;
		this.listener = listener;
		long length = exchange.contentLength();
		this.maxCapacity = (length >= 0 && length <= limit) ? (int) length : limit + 1;
		this.body = new byte[Math.min(this.maxCapacity, MemoryPermits.SMALL)];
	}

	void start() {
		this.exchange.request().receive().subscribe(this);
		// Nearly all bodies arrive together with their headers.
		this.exchange.channel().eventLoop().execute(() -> {
			if (!this.finished) {
				failAfter(this.exchange.resources().bodyTimeout(), RequestBodyListener.Failure.TOO_SLOW);
				this.exchange.resources().pendingBodies().add(this);
			}
		});
	}

	private void failAfter(Duration delay, RequestBodyListener.Failure failure) {
		cancelTimeout();
		this.timeout = this.exchange.channel()
			.eventLoop()
			.schedule(() -> fail(failure), delay.toNanos(), TimeUnit.NANOSECONDS);
	}

	private void cancelTimeout() {
		if (this.timeout != null) {
			this.timeout.cancel(false);
		}
	}

	/**
	 * Fails unless the body arrives within a grace period. Called from any thread.
	 * @param delay the grace period
	 */
	void stop(Duration delay) {
		this.exchange.channel().eventLoop().execute(() -> {
			if (!this.finished) {
				failAfter(delay, RequestBodyListener.Failure.STOPPING);
			}
		});
	}

	@Override
	public void onSubscribe(Subscription subscription) {
		subscription.request(Long.MAX_VALUE);
	}

	@Override
	public void onNext(ByteBuf bytes) {
		if (this.finished) {
			return;
		}
		int received = bytes.readableBytes();
		if (this.size + received > this.limit) {
			fail(RequestBodyListener.Failure.TOO_LARGE);
			return;
		}
		if (this.size + received > this.body.length) {
			int length = Math.min(Math.max(2 * this.body.length, this.size + received),
					Math.max(this.maxCapacity, this.size + received));
			if (!this.exchange.tryGrow(this.body.length, length)) {
				fail(RequestBodyListener.Failure.NO_MEMORY);
				return;
			}
			this.body = Arrays.copyOf(this.body, length);
		}
		bytes.readBytes(this.body, this.size, received);
		this.size += received;
	}

	@Override
	public void onComplete() {
		if (this.exchange.isMalformed()) {
			fail(RequestBodyListener.Failure.MALFORMED);
		}
		else if (finish()) {
			byte[] complete = (this.size == this.body.length) ? this.body : Arrays.copyOf(this.body, this.size);
			this.body = new byte[0];
			this.listener.onBody(complete);
		}
	}

	/** The client has disconnected. */
	@Override
	public void onError(Throwable failure) {
		if (finish()) {
			this.body = new byte[0];
			this.exchange.releaseRequestMemory();
		}
	}

	private void fail(RequestBodyListener.Failure failure) {
		if (finish()) {
			this.body = new byte[0];
			this.exchange.releaseRequestMemory();
			this.listener.onFailure(failure);
		}
	}

	private boolean finish() {
		if (this.finished) {
			return false;
		}
		this.finished = true;
		if (this.timeout != null) {
			cancelTimeout();
			this.exchange.resources().pendingBodies().remove(this);
		}
		return true;
	}

}
