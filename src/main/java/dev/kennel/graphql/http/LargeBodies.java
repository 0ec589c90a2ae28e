package dev.kennel.graphql.http;

import java.util.Map;
import java.util.concurrent.Semaphore;

import dev.kennel.graphql.error.ErrorCode;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.HttpHeaders;

/**
 * What the bodies of all requests may take of the memory together, in so far as they are
 * large: clients that send large ones, or stop in the midst of them, leave enough for
 * those who send what nearly all send.
 */
final class LargeBodies {

	/** As large as a body may be without being counted. */
	static final int SMALL = 8192;

	private static final String HELD = LargeBodies.class.getName();

	/** Permits are for so many bytes each. */
	private static final int UNIT = 1024;

	private final Semaphore units;

	/**
	 * Makes room.
	 * @param bytes for so many bytes
	 */
	LargeBodies(long bytes) {
		this.units = new Semaphore((int) Math.min(Integer.MAX_VALUE, bytes / UNIT));
	}

	/** A sixteenth of the memory: what is made of a body takes several times as much. */
	static LargeBodies ofHeap() {
		return new LargeBodies(Runtime.getRuntime().maxMemory() / 16);
	}

	/**
	 * Takes room for a body that grows.
	 * @param request the request
	 * @param from the bytes that it has room for
	 * @param to the bytes that it needs room for
	 * @throws BadRequestException with UNAVAILABLE if there is none
	 */
	void grow(HttpServletRequest request, int from, int to) {
		int more = units(to) - units(from);
		if (more <= 0) {
			return;
		}
		if (!this.units.tryAcquire(more)) {
			throw new BadRequestException(HttpServletResponse.SC_SERVICE_UNAVAILABLE, ErrorCode.UNAVAILABLE,
					"Too many large requests are being read. Try again shortly.",
					Map.of(HttpHeaders.RETRY_AFTER, "1", HttpHeaders.CONNECTION, "close"));
		}
		request.setAttribute(HELD, held(request) + more);
	}

	/**
	 * Gives back what a request has taken, once it is answered.
	 * @param request the request
	 */
	void release(HttpServletRequest request) {
		int held = held(request);
		if (held > 0) {
			request.removeAttribute(HELD);
			this.units.release(held);
		}
	}

	private static int held(HttpServletRequest request) {
		return (request.getAttribute(HELD) instanceof Integer held) ? held : 0;
	}

	private static int units(int bytes) {
		return Math.ceilDiv(Math.max(0, bytes - SMALL), UNIT);
	}

}
