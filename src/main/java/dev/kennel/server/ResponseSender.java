package dev.kennel.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

import dev.kennel.server.connection.ConnectionHandler;
import dev.kennel.server.limit.MemoryPermits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufOutputStream;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.Http2StreamChannel;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.netty.Connection;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Sends the response of an exchange, once and from any thread: the first caller claims
 * it, and later responses are dropped. Reserves memory for the body until it is written,
 * and limits the time that the client of an HTTP/2 stream takes to read it.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A failure closes the channel.
final class ResponseSender {

	private static final Logger logger = LoggerFactory.getLogger(ResponseSender.class);

	private static final AtomicIntegerFieldUpdater<ResponseSender> CLAIMED = AtomicIntegerFieldUpdater
		.newUpdater(ResponseSender.class, "claimed");

	/** The minimum number of bytes that an HTTP/2 client has to read per send timeout. */
	private static final int MIN_BYTES_PER_SEND_TIMEOUT = 64 * 1024;

	private final HttpExchange exchange;

	/** 1 if a response is being sent, has been sent, or is streamed. */
	private volatile int claimed;

	private @Nullable MonoSink<Void> completion;

	ResponseSender(HttpExchange exchange) {
		this.exchange = exchange;
	}

	/**
	 * Returns the response for Reactor Netty.
	 * @param dispatch dispatches the request, on subscription
	 */
	Mono<Void> response(Runnable dispatch) {
		return Mono.create((sink) -> {
			this.completion = sink;
			sink.onDispose(this::releaseIfGone);
			try {
				dispatch.run();
			}
			catch (RuntimeException | Error ex) {
				respondError(HttpResponseStatus.INTERNAL_SERVER_ERROR.code(), ex);
			}
		});
	}

	/** The client has disconnected, or the server has closed the connection. */
	private void releaseIfGone() {
		if (!isClaimed() && !this.exchange.channel().isActive()) {
			this.exchange.releaseRequestMemory();
			this.exchange.recordResponse(HttpMeters.NO_RESPONSE);
		}
	}

	/** Ends a streamed response. */
	void end() {
		MonoSink<Void> sink = this.completion;
		if (sink != null) {
			sink.success();
		}
	}

	/** Claims the response, if no other caller has. */
	boolean claim() {
		return CLAIMED.compareAndSet(this, 0, 1);
	}

	/** Gives the claim up, so that another response reports a failure. */
	private void unclaim() {
		this.claimed = 0;
	}

	private boolean isClaimed() {
		return this.claimed != 0;
	}

	/** Claims the response for a stream or a WebSocket. */
	void claimOrThrow() {
		if (!claim()) {
			throw new IllegalStateException("The request has a response already");
		}
	}

	void respond(int status) {
		if (claim()) {
			send(status, null);
		}
	}

	void respondHead() {
		if (claim()) {
			HttpServerResponse response = this.exchange.response();
			this.exchange.recordResponse(HttpResponseStatus.OK.code());
			loop().execute(() -> response.send().subscribe(LoggingSubscriber.INSTANCE));
		}
	}

	void respond(int status, CharSequence contentType, int length, HttpExchange.BodyWriter body) {
		if (!claim()) {
			return;
		}
		MemoryPermits memory = this.exchange.resources().responseMemory();
		if (!memory.tryGrow(0, length)) {
			// The error response is small enough.
			unclaim();
			this.exchange.respondOverloaded();
			return;
		}
		ByteBuf buffer;
		try {
			buffer = write(length, body);
		}
		catch (RuntimeException | Error ex) {
			memory.release(length);
			unclaim();
			throw ex;
		}
		if (length > MemoryPermits.SMALL) {
			((Connection) this.exchange.request()).onTerminate()
				.subscribe(null, (failure) -> memory.release(length), () -> memory.release(length));
		}
		this.exchange.setHeader("Content-Type", contentType);
		send(status, buffer);
	}

	private ByteBuf write(int length, HttpExchange.BodyWriter body) {
		ByteBuf buffer = this.exchange.channel().alloc().buffer(length);
		try (ByteBufOutputStream output = new ByteBufOutputStream(buffer)) {
			body.writeTo(output);
			return buffer;
		}
		catch (IOException ex) {
			buffer.release();
			throw new UncheckedIOException(ex);
		}
		catch (RuntimeException | Error ex) {
			buffer.release();
			throw ex;
		}
	}

	void respondError(int status, @Nullable Throwable failure) {
		if (isClaimed()) {
			if (failure != null) {
				logger.error("A request has failed after its response", failure);
			}
			return;
		}
		HttpHeaders headers = this.exchange.response().responseHeaders();
		headers.set("Cache-Control", "no-store");
		headers.remove("Content-Encoding").remove("ETag");
		byte[] body = this.exchange.resources().errors().of(status, this.exchange.requestId(), failure);
		respond(status, "application/json;charset=utf-8", body.length, (output) -> output.write(body));
	}

	private void send(int status, @Nullable ByteBuf body) {
		this.exchange.releaseRequestMemory();
		this.exchange.recordResponse(status);
		EventLoop loop = loop();
		if (loop.inEventLoop()) {
			sendOnLoop(status, body);
			return;
		}
		try {
			loop.execute(() -> sendOnLoop(status, body));
		}
		catch (RejectedExecutionException ex) {
			// The server has stopped.
			if (body != null) {
				body.release();
			}
		}
	}

	private EventLoop loop() {
		return this.exchange.channel().eventLoop();
	}

	private void sendOnLoop(int status, @Nullable ByteBuf body) {
		HttpServerResponse response = this.exchange.response();
		scheduleStreamTimeout((body != null) ? body.readableBytes() : 0);
		response.status(HttpResponseStatus.valueOf(status));
		if (body == null) {
			if (status >= 200 && status != 204 && status != 304) {
				response.responseHeaders().set(HttpHeaderNames.CONTENT_LENGTH, "0");
			}
			response.send().subscribe(LoggingSubscriber.INSTANCE);
		}
		else {
			response.responseHeaders().set(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(body.readableBytes()));
			response.sendObject(body).subscribe(LoggingSubscriber.INSTANCE);
		}
	}

	/**
	 * Schedules the abort of an HTTP/2 stream whose response is not read in time, or
	 * whose request never ends: the connection can't detect either. With HTTP/1, it
	 * detects both.
	 */
	private void scheduleStreamTimeout(int length) {
		Channel channel = this.exchange.channel();
		if (channel instanceof Http2StreamChannel stream) {
			long timeoutNanos = this.exchange.resources()
				.sendTimeout()
				.multipliedBy(1 + length / MIN_BYTES_PER_SEND_TIMEOUT)
				.toNanos();
			Future<?> timeout = stream.eventLoop()
				.schedule(() -> ConnectionHandler.abort(stream), timeoutNanos, TimeUnit.NANOSECONDS);
			stream.closeFuture().addListener((closed) -> {
				// The stream outlives its channel while the client does not read.
				if (stream.stream().state() == Http2Stream.State.CLOSED) {
					timeout.cancel(false);
				}
			});
		}
	}

	/** Logs failures to send a response. The server and the connection handle them. */
	private static final class LoggingSubscriber implements CoreSubscriber<Void> {

		static final LoggingSubscriber INSTANCE = new LoggingSubscriber();

		@Override
		public void onSubscribe(Subscription subscription) {
			subscription.request(Long.MAX_VALUE);
		}

		@Override
		public void onNext(Void nothing) {
		}

		@Override
		public void onError(Throwable failure) {
			logger.debug("The client disconnected", failure);
		}

		@Override
		public void onComplete() {
		}

	}

}
