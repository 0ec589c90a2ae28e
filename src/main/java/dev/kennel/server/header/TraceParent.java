package dev.kennel.server.header;

import java.util.List;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import org.jspecify.annotations.Nullable;

/**
 * The {@code traceparent} header of a request, for the log: also where nothing is traced.
 * OpenTelemetry's API parses it; that does not start the SDK.
 *
 * @see <a href="https://www.w3.org/TR/trace-context/#traceparent-header">W3C, Trace
 * Context</a>
 */
public final class TraceParent {

	/** The name of the header. */
	public static final String HEADER = "traceparent";

	/** The MDC key of the trace id, as in the Elastic Common Schema. */
	public static final String TRACE_KEY = "trace.id";

	/** Reads a header from its value, which has no {@code tracestate} beside it. */
	private static final TextMapGetter<String> VALUE = new TextMapGetter<>() {

		@Override
		public Iterable<String> keys(String header) {
			return List.of(HEADER);
		}

		@Override
		public @Nullable String get(@Nullable String header, String name) {
			return name.equals(HEADER) ? header : null;
		}

	};

	/**
	 * The characters of a {@code tracestate} that W3C wants to be propagated at least.
	 */
	private static final int MAX_LENGTH = 512;

	private TraceParent() {
	}

	/**
	 * Returns the value of {@code traceparent} or {@code tracestate}, unless it is too
	 * long: the latter becomes part of each span.
	 * @param value the value of the header, or null if it is absent
	 * @return the value, or null if it is absent, or longer than 512 characters
	 * @see <a href="https://www.w3.org/TR/trace-context/#tracestate-limits">W3C, Trace
	 * Context: limits of tracestate</a>
	 */
	public static @Nullable String limited(@Nullable String value) {
		return (value != null && value.length() <= MAX_LENGTH) ? value : null;
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
		Context parent = W3CTraceContextPropagator.getInstance().extract(Context.root(), header, VALUE);
		SpanContext span = Span.fromContext(parent).getSpanContext();
		return span.isValid() ? span.getTraceId() : null;
	}

}
