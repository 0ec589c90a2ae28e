package dev.kennel.server;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * The trace that a request is part of, as its {@code traceparent} header says.
 *
 * @param traceId 32 hexadecimal digits
 * @param parentId 16 hexadecimal digits: the span of whoever has sent the request
 * @see <a href="https://www.w3.org/TR/trace-context/#traceparent-header">W3C, Trace
 * Context</a>
 */
record TraceParent(String traceId, String parentId) {

	static final String HEADER = "traceparent";

	/** The key of the trace in every line of the log, as in the Elastic Common Schema. */
	static final String TRACE_KEY = "trace.id";

	/** Later versions may have more behind what this version has. */
	private static final Pattern FORMAT = Pattern
		.compile("(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}(-.*)?");

	/** Reads a header; null if there is none, or one that is not well-formed. */
	static @Nullable TraceParent parse(@Nullable String header) {
		if (header == null) {
			return null;
		}
		Matcher format = FORMAT.matcher(header);
		boolean valid = format.matches() && (format.group(4) == null || !format.group(1).equals("00"));
		return valid ? new TraceParent(format.group(2), format.group(3)) : null;
	}

}
