package dev.kennel.server.header;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * The {@code traceparent} header of a request, for the log: also where nothing is traced,
 * so that OpenTelemetry is not started.
 *
 * @see <a href="https://www.w3.org/TR/trace-context/#traceparent-header">W3C, Trace
 * Context</a>
 */
public final class TraceParent {

	/** The name of the header. */
	public static final String HEADER = "traceparent";

	/** The MDC key of the trace id, as in the Elastic Common Schema. */
	public static final String TRACE_KEY = "trace.id";

	/** Later versions may append fields. */
	private static final Pattern FORMAT = Pattern
		.compile("(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?");

	private TraceParent() {
	}

	/**
	 * Returns the trace id.
	 * @param header the value of the header, or null if it is absent
	 * @return the trace id, or null if the header is absent or not well-formed
	 */
	public static @Nullable String traceId(@Nullable String header) {
		if (header == null) {
			return null;
		}
		Matcher format = FORMAT.matcher(header);
		boolean valid = format.matches() && (format.group(3) == null || !format.group(1).equals("00"));
		return valid ? format.group(2) : null;
	}

}
