package dev.kennel.server;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * The {@code traceparent} header of a request.
 *
 * @see <a href="https://www.w3.org/TR/trace-context/#traceparent-header">W3C, Trace
 * Context</a>
 */
final class TraceParent {

	static final String HEADER = "traceparent";

	/** The MDC key of the trace id, as in the Elastic Common Schema. */
	static final String TRACE_KEY = "trace.id";

	/** Later versions may append fields. */
	private static final Pattern FORMAT = Pattern
		.compile("(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?");

	private TraceParent() {
	}

	/** Returns the trace id; null if the header is absent or not well-formed. */
	static @Nullable String traceId(@Nullable String header) {
		if (header == null) {
			return null;
		}
		Matcher format = FORMAT.matcher(header);
		boolean valid = format.matches() && (format.group(3) == null || !format.group(1).equals("00"));
		return valid ? format.group(2) : null;
	}

}
