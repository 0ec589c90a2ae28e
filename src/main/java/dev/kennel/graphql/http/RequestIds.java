package dev.kennel.graphql.http;

import com.github.f4b6a3.uuid.UuidCreator;
import jakarta.servlet.ServletRequest;

/** What a request is found by in the log: in every line of it, and in its answer. */
public final class RequestIds {

	/** The header of every answer. */
	static final String HEADER = "X-Request-Id";

	/** The key in every line of the log, and the attribute of the request. */
	public static final String KEY = "requestId";

	private RequestIds() {
	}

	/**
	 * Answers the id of a request, which gets one if it has none.
	 * @param request the request
	 * @return its id
	 */
	static String of(ServletRequest request) {
		if (request.getAttribute(KEY) instanceof String known) {
			return known;
		}
		// It need not be hard to guess, and each request needs one.
		String made = UuidCreator.getTimeOrderedEpochFast().toString();
		request.setAttribute(KEY, made);
		return made;
	}

}
