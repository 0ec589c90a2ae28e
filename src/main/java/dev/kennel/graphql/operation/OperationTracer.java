package dev.kennel.graphql.operation;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

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

import org.springframework.graphql.server.WebGraphQlRequest;
import org.springframework.graphql.server.WebSocketGraphQlRequest;
import org.springframework.http.HttpHeaders;

/**
 * Traces operations and the batches of their loaders, never a field. An operation is
 * traced if the HTTP request around it is. On a WebSocket, which may live for hours, each
 * operation has a span of its own, as a child of the span that the handshake's
 * {@code traceparent} names, or else in a trace of its own.
 *
 * @see <a href=
 * "https://opentelemetry.io/docs/specs/semconv/graphql/graphql-spans/">OpenTelemetry,
 * GraphQL server spans</a>
 */
final class OperationTracer {

	/** Traces nothing. */
	static final OperationTracer NONE = new OperationTracer(null, TextMapPropagator.noop());

	/** The name of an operation whose type is not known (yet). */
	private static final String UNKNOWN = "GraphQL Operation";

	/** As in the log, and in {@code extensions.requestId}. */
	private static final AttributeKey<String> REQUEST_ID = AttributeKey.stringKey("kennel.request.id");

	private static final AttributeKey<Long> KEYS = AttributeKey.longKey("kennel.graphql.loader.keys");

	private static final TextMapGetter<HttpHeaders> HEADERS = new TextMapGetter<>() {

		@Override
		public Iterable<String> keys(HttpHeaders headers) {
			return headers.headerNames();
		}

		@Override
		public @Nullable String get(@Nullable HttpHeaders headers, String name) {
			return (headers != null) ? TraceParent.limited(headers.getFirst(name)) : null;
		}

	};

	private final @Nullable Tracer tracer;

	private final TextMapPropagator propagator;

	/**
	 * Creates a tracer.
	 * @param tracer makes the spans, or null to trace nothing
	 * @param propagator reads the parent of operations on WebSockets
	 */
	OperationTracer(@Nullable Tracer tracer, TextMapPropagator propagator) {
		this.tracer = tracer;
		this.propagator = propagator;
	}

	/**
	 * Begins the span of an operation.
	 * @param request the request, in whose span the current thread is
	 * @return the span, which has to be ended
	 */
	OperationSpan begin(WebGraphQlRequest request) {
		if (this.tracer == null) {
			return OperationSpan.NONE;
		}
		boolean ownSpan = request instanceof WebSocketGraphQlRequest;
		Context parent = ownSpan ? this.propagator.extract(Context.root(), request.getHeaders(), HEADERS)
				: Context.current();
		if (!ownSpan && !isSampled(parent)) {
			return OperationSpan.NONE;
		}
		Span span = this.tracer.spanBuilder(UNKNOWN).setSpanKind(SpanKind.SERVER).setParent(parent).startSpan();
		if (!span.getSpanContext().isSampled()) {
			return OperationSpan.NONE;
		}
		if (ownSpan) {
			// Others have the id of their HTTP request, which is in its span.
			span.setAttribute(REQUEST_ID, request.getId());
		}
		return OperationSpan.of(parent.with(span));
	}

	/**
	 * Traces a batch, if its operation is traced.
	 * @param <V> the type of the values
	 * @param loader the name of the loader
	 * @param keys the number of keys
	 * @param load loads the batch
	 * @return the future of the values, which completes after the span has ended
	 */
	<V> CompletableFuture<V> batch(String loader, int keys, Supplier<CompletableFuture<V>> load) {
		if (this.tracer == null) {
			return load.get();
		}
		Context parent = Context.current();
		if (!isSampled(parent)) {
			return load.get();
		}
		Span span = this.tracer.spanBuilder("load " + loader)
			.setParent(parent)
			.setAttribute(KEYS, (long) keys)
			.startSpan();
		try {
			return parent.with(span).wrapSupplier(load).get().whenComplete((values, failure) -> end(span, failure));
		}
		catch (RuntimeException | Error ex) {
			end(span, ex);
			throw ex;
		}
	}

	private static void end(Span span, @Nullable Throwable failure) {
		if (failure != null) {
			span.setStatus(StatusCode.ERROR);
		}
		span.end();
	}

	private static boolean isSampled(Context context) {
		return Span.fromContext(context).getSpanContext().isSampled();
	}

}
