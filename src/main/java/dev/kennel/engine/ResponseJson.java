package dev.kennel.engine;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

import org.jspecify.annotations.Nullable;

/**
 * A response as JSON in UTF-8. Data that {@link LevelStrategy} has made goes from where
 * it stands to bytes; all bytes are those that a Jackson mapper without settings would
 * write for the same map.
 */
public final class ResponseJson implements AutoCloseable {

	/** Buffers that are larger are not kept. */
	private static final int KEPT_CAPACITY = 512 * 1024;

	private static final int INITIAL_CAPACITY = 16 * 1024;

	private static final BlockingQueue<JsonBuffer> BUFFERS = new ArrayBlockingQueue<>(
			2 * Runtime.getRuntime().availableProcessors());

	private final JsonBuffer buffer;

	private ResponseJson(JsonBuffer buffer) {
		this.buffer = buffer;
	}

	/**
	 * Writes a response.
	 * @param response the response's members, in order
	 * @return its bytes, which hold a buffer until they are closed
	 */
	public static ResponseJson of(Map<String, ? extends @Nullable Object> response) {
		JsonBuffer kept = BUFFERS.poll();
		JsonBuffer buffer = (kept != null) ? kept : new JsonBuffer(INITIAL_CAPACITY);
		buffer.clear();
		char separator = '{';
		for (Map.Entry<String, ? extends @Nullable Object> member : response.entrySet()) {
			buffer.raw((separator + "\"" + member.getKey() + "\":").getBytes(StandardCharsets.US_ASCII));
			buffer.value(member.getValue());
			separator = ',';
		}
		if (separator == '{') {
			buffer.mark('{');
		}
		buffer.mark('}');
		return new ResponseJson(buffer);
	}

	/**
	 * Answers how long it is.
	 * @return the number of bytes
	 */
	public int length() {
		return this.buffer.length();
	}

	/**
	 * Writes the bytes out.
	 * @param output where to
	 * @throws IOException if they can't be written
	 */
	public void writeTo(OutputStream output) throws IOException {
		this.buffer.writeTo(output);
	}

	/**
	 * Copies the bytes.
	 * @return the bytes
	 */
	public byte[] toByteArray() {
		return this.buffer.toByteArray();
	}

	/** Gives the buffer back. */
	@Override
	public void close() {
		if (this.buffer.capacity() <= KEPT_CAPACITY) {
			BUFFERS.offer(this.buffer);
		}
	}

}
