package dev.kennel.server;

import java.util.List;

import dev.kennel.server.header.TraceParent;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import org.jspecify.annotations.Nullable;

/**
 * Traces HTTP requests, as children of the span that their {@code traceparent} header
 * names. A request whose trace is not sampled costs no more than that decision: nothing
 * below it is traced. Queries and headers are not recorded, since they may be personal,
 * except {@code tracestate}, which has to be passed on.
 *
 * @see <a href=
 * "https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span">OpenTelemetry,
 * HTTP server spans</a>
 */
final class HttpTracer {

	private static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");

	private static final AttributeKey<String> ROUTE = AttributeKey.stringKey("http.route");

	private static final AttributeKey<String> PATH = AttributeKey.stringKey("url.path");

	private static final AttributeKey<String> SCHEME = AttributeKey.stringKey("url.scheme");

	private static final AttributeKey<String> PROTOCOL_VERSION = AttributeKey.stringKey("network.protocol.version");

	private static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");

	private static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

	private static final AttributeKey<List<String>> REQUEST_ID = AttributeKey
		.stringArrayKey("http.response.header.x-request-id");

	private static final TextMapGetter<HttpExchange> HEADERS = new TextMapGetter<>() {

		@Override
		public Iterable<String> keys(HttpExchange exchange) {
			return exchange.request().requestHeaders().names();
		}

		@Override
		public @Nullable String get(@Nullable HttpExchange exchange, String name) {
			return (exchange != null) ? TraceParent.limited(exchange.request().requestHeaders().get(name)) : null;
		}

	};

	private final Tracer tracer;

	private final TextMapPropagator propagator;

	HttpTracer(Tracer tracer, TextMapPropagator propagator) {
		this.tracer = tracer;
		this.propagator = propagator;
	}

	/**
	 * Begins the span of a request that a route handles.
	 * @return the context with the span, or null if it is not sampled
	 */
	@Nullable Context begin(HttpExchange exchange, Route route) {
		Context parent = this.propagator.extract(Context.root(), exchange, HEADERS);
		String method = HttpMeters.knownMethod(exchange.method());
		Span span = this.tracer.spanBuilder((method.equals(HttpMeters.OTHER) ? "HTTP" : method) + " " + route.path())
			.setSpanKind(SpanKind.SERVER)
			.setParent(parent)
			.startSpan();
		if (!span.getSpanContext().isSampled()) {
			return null;
		}
		span.setAttribute(METHOD, method)
			.setAttribute(ROUTE, route.path())
			.setAttribute(PATH, exchange.path())
			.setAttribute(SCHEME, exchange.isSecure() ? "https" : "http")
			.setAttribute(PROTOCOL_VERSION, exchange.isHttp2() ? "2" : "1.1")
			.setAttribute(REQUEST_ID, List.of(exchange.requestId()));
		return parent.with(span);
	}

	/**
	 * Ends the span of a request when its response is sent, or begins.
	 * @param status the HTTP status, or {@link HttpMeters#NO_RESPONSE}
	 */
	static void end(Context trace, int status) {
		Span span = Span.fromContext(trace);
		if (status != HttpMeters.NO_RESPONSE) {
			span.setAttribute(STATUS, (long) status);
		}
		String errorType = HttpMeters.errorType(status);
		if (errorType != null) {
			span.setAttribute(ERROR_TYPE, errorType).setStatus(StatusCode.ERROR);
		}
		span.end();
	}

}
