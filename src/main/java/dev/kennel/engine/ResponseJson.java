package dev.kennel.engine;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

import org.jspecify.annotations.Nullable;

/**
 * A response as JSON in UTF-8. Results of {@link LevelStrategy} are serialized directly,
 * without an intermediate map. The bytes are exactly those that a default Jackson mapper
 * would write for the same map.
 */
public final class ResponseJson implements AutoCloseable {

	/** Buffers that are larger are not pooled. */
	private static final int MAX_POOLED_CAPACITY = 512 * 1024;

	private static final int INITIAL_CAPACITY = 16 * 1024;

	private static final BlockingQueue<JsonBuffer> POOL = new ArrayBlockingQueue<>(
			2 * Runtime.getRuntime().availableProcessors());

	private final JsonBuffer buffer;

	private boolean closed;

	private ResponseJson(JsonBuffer buffer) {
		this.buffer = buffer;
	}

	/**
	 * Writes a response.
	 * @param response the response's members, in order
	 * @return the JSON, which holds a pooled buffer until it is closed
	 */
	public static ResponseJson of(Map<String, ? extends @Nullable Object> response) {
		JsonBuffer pooled = POOL.poll();
		JsonBuffer buffer = (pooled != null) ? pooled : new JsonBuffer(INITIAL_CAPACITY);
		buffer.clear();
		char separator = '{';
		for (Map.Entry<String, ? extends @Nullable Object> member : response.entrySet()) {
			buffer.raw((separator + "\"" + member.getKey() + "\":").getBytes(StandardCharsets.US_ASCII));
			buffer.value(member.getValue());
			separator = ',';
		}
		if (separator == '{') {
			buffer.structural('{');
		}
		buffer.structural('}');
		return new ResponseJson(buffer);
	}

	/**
	 * Returns the length.
	 * @return the number of bytes
	 */
	public int length() {
		return this.buffer.length();
	}

	/**
	 * Writes the bytes to a stream.
	 * @param output the stream
	 * @throws IOException if the stream fails
	 */
	public void writeTo(OutputStream output) throws IOException {
		this.buffer.writeTo(output);
	}

	/**
	 * Returns a copy of the bytes.
	 * @return the bytes
	 */
	public byte[] toByteArray() {
		return this.buffer.toByteArray();
	}

	/** Returns the buffer to the pool, once. */
	@Override
	public void close() {
		if (this.closed) {
			return;
		}
		this.closed = true;
		if (this.buffer.capacity() <= MAX_POOLED_CAPACITY) {
			POOL.offer(this.buffer);
		}
	}

}
