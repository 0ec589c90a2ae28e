package dev.kennel.graphql.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

import jakarta.servlet.http.HttpServletResponse;
import org.apache.catalina.connector.Request;
import org.apache.coyote.ActionCode;
import org.apache.tomcat.util.net.ApplicationBufferHandler;
import org.jspecify.annotations.Nullable;

/**
 * What is left of the body of a request that is answered already, mostly refused. It is
 * read away, since a client that is still sending might not get to see the answer if the
 * connection were closed on it; but not for long, and in nobody's place.
 */
final class BodyRest {

	private final Duration time;

	private final long size;

	/**
	 * Sets how much of a rest is read.
	 * @param time for how long; a piece that is being waited for is waited for
	 * @param size how many bytes of it
	 */
	BodyRest(Duration time, long size) {
		this.time = time;
		this.size = size;
	}

	/**
	 * Reads the rest away, if there is one. A connection on which there is more than that
	 * is closed.
	 * @param request a request whose answer is sent
	 */
	void skip(Request request) {
		org.apache.coyote.Request message = request.getCoyoteRequest();
		if (message.isFinished() || isBroken(message) || isMultiplexed(request)) {
			return;
		}
		if (message.hasExpectation() || isLate(request) || !isRead(message)) {
			message.action(ActionCode.DISABLE_SWALLOW_INPUT, null);
		}
	}

	private static boolean isBroken(org.apache.coyote.Request message) {
		AtomicBoolean error = new AtomicBoolean();
		message.action(ActionCode.IS_ERROR, error);
		return error.get();
	}

	/** HTTP/2 has a frame that stops a body. */
	private static boolean isMultiplexed(Request request) {
		return "HTTP/2.0".equals(request.getProtocol());
	}

	/** What has been waited for once is not waited for again. */
	private static boolean isLate(Request request) {
		return request.getResponse().getStatus() == HttpServletResponse.SC_REQUEST_TIMEOUT;
	}

	/** Reads until the end, and tells whether it has come. */
	private boolean isRead(org.apache.coyote.Request message) {
		long deadline = System.nanoTime() + this.time.toNanos();
		long left = this.size;
		Piece piece = new Piece();
		try {
			while (left >= 0 && System.nanoTime() - deadline <= 0) {
				int read = message.doRead(piece);
				if (read < 0) {
					return true;
				}
				left -= read;
			}
		}
		catch (IOException ex) {
			// Its client is gone, has sent nothing for too long, or does not send chunks.
		}
		return false;
	}

	/** Gets to see each piece, and leaves it. */
	private static final class Piece implements ApplicationBufferHandler {

		private @Nullable ByteBuffer bytes;

		@Override
		public void setByteBuffer(ByteBuffer buffer) {
			this.bytes = buffer;
		}

		@Override
		public @Nullable ByteBuffer getByteBuffer() {
			return this.bytes;
		}

		@Override
		public void expand(int size) {
			// There is nothing to be kept.
		}

	}

}
