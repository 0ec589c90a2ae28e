package dev.kennel.graphql.incremental;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.kennel.concurrency.VirtualThreads;
import dev.kennel.server.HttpExchange;
import dev.kennel.server.StreamedResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.http.HttpHeaders;

/**
 * Sends payloads as chunks of one HTTP response. At most one is buffered: a client that
 * does not read it in time is disconnected. The objects of a delivery are kept until its
 * end, so that slow clients could fill the heap. These objects are charged to the memory
 * of large responses; a client is disconnected if that memory is exhausted.
 */
public final class HttpPayloadSink implements PayloadSink {

	private static final Logger logger = LoggerFactory.getLogger(HttpPayloadSink.class);

	/** The estimated memory of objects, in relation to their JSON. */
	private static final int OBJECTS_TO_JSON = 4;

	private static final ThreadFactory THREADS = VirtualThreads.factory("delivery-");

	private final CompletableFuture<Boolean> closed = new CompletableFuture<>();

	private final StreamedResponse response;

	private final Encoder encoder;

	/** The reserved memory in bytes; confined to the thread of the delivery. */
	private int reserved;

	/** Encodes a payload in the media type of the response. */
	@FunctionalInterface
	public interface Encoder {

		/**
		 * Encodes a payload.
		 * @param payload the members of the payload
		 * @param last whether it is the last one
		 * @return the bytes of the chunk
		 */
		byte[] encode(Map<String, ? extends @Nullable Object> payload, boolean last);

	}

	/**
	 * Begins the response.
	 * @param exchange the HTTP request, whose response has its headers
	 * @param contentType the media type
	 * @param encoder encodes the payloads
	 */
	public HttpPayloadSink(HttpExchange exchange, CharSequence contentType, Encoder encoder) {
		this.encoder = encoder;
		exchange.setHeader(HttpHeaders.CACHE_CONTROL, "no-store, no-transform");
		// nginx would buffer payloads until its buffer is full.
		exchange.setHeader("X-Accel-Buffering", "no");
		this.response = exchange.stream(contentType, () -> this.closed.complete(true));
	}

	/**
	 * Delivers on a thread of its own: a client that reads slowly holds no permit of a
	 * request. The response is aborted if the delivery fails.
	 * @param exchange the HTTP request
	 * @param delivery sends all payloads
	 */
	public void start(HttpExchange exchange, Runnable delivery) {
		THREADS.newThread(() -> exchange.runWithRequestId(() -> {
			try {
				delivery.run();
			}
			catch (RuntimeException | Error ex) {
				logger.error("Request {} failed while its response was being delivered", exchange.requestId(), ex);
				this.response.abort();
			}
			finally {
				this.response.release(this.reserved);
			}
		})).start();
	}

	@Override
	public boolean send(Map<String, ? extends @Nullable Object> payload, boolean last, Duration timeout) {
		CompletableFuture<Boolean> written = new CompletableFuture<>();
		byte[] chunk;
		try {
			chunk = this.encoder.encode(payload, last);
		}
		catch (RuntimeException | Error ex) {
			this.response.abort();
			throw ex;
		}
		if (!last && !tryReserve(chunk.length)) {
			this.response.abort();
			return false;
		}
		this.response.write(chunk, () -> written.complete(true));
		try {
			CompletableFuture.anyOf(written, this.closed).get(timeout.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (TimeoutException | ExecutionException ex) {
			this.response.abort();
			return false;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			this.response.abort();
			return false;
		}
		if (last) {
			this.response.end();
		}
		return !this.closed.isDone();
	}

	private boolean tryReserve(int json) {
		int needed = (int) Math.min(Integer.MAX_VALUE, this.reserved + (long) OBJECTS_TO_JSON * json);
		if (!this.response.tryReserve(this.reserved, needed)) {
			return false;
		}
		this.reserved = needed;
		return true;
	}

	@Override
	public CompletionStage<?> ended() {
		return this.closed;
	}

}
