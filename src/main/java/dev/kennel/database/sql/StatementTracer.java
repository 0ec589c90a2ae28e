package dev.kennel.database.sql;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/**
 * Traces the statements of operations that are traced. Values are parameters, so that the
 * text of a statement contains none.
 *
 * @see <a href=
 * "https://opentelemetry.io/docs/specs/semconv/db/database-spans/">OpenTelemetry,
 * database spans</a>
 */
public class StatementTracer implements StatementObserver {

	private static final Observation UNTRACED = (failure) -> {
	};

	private static final AttributeKey<String> SYSTEM_NAME = AttributeKey.stringKey("db.system.name");

	private static final AttributeKey<String> OPERATION_NAME = AttributeKey.stringKey("db.operation.name");

	private static final AttributeKey<String> COLLECTION_NAME = AttributeKey.stringKey("db.collection.name");

	private static final AttributeKey<String> QUERY_SUMMARY = AttributeKey.stringKey("db.query.summary");

	private static final AttributeKey<String> QUERY_TEXT = AttributeKey.stringKey("db.query.text");

	private static final AttributeKey<String> STATUS_CODE = AttributeKey.stringKey("db.response.status_code");

	private static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

	private static final AttributeKey<String> SERVER_ADDRESS = AttributeKey.stringKey("server.address");

	private static final AttributeKey<Long> SERVER_PORT = AttributeKey.longKey("server.port");

	private static final AttributeKey<String> NAMESPACE = AttributeKey.stringKey("db.namespace");

	private final Tracer tracer;

	/** The attributes of all statements. */
	private final Attributes common;

	/**
	 * Creates a tracer of statements.
	 * @param tracer the tracer of OpenTelemetry
	 */
	public StatementTracer(Tracer tracer) {
		this(tracer, Attributes.of(SYSTEM_NAME, "postgresql"));
	}

	private StatementTracer(Tracer tracer, Attributes common) {
		this.tracer = tracer;
		this.common = common;
	}

	/** Attributes without a value are left out. */
	@Override
	public StatementTracer forServer(StatementServer server) {
		return new StatementTracer(this.tracer,
				this.common.toBuilder()
					.put(SERVER_ADDRESS, server.address())
					.put(SERVER_PORT, server.port())
					.put(NAMESPACE, server.database())
					.build());
	}

	@Override
	public Observation begin(String sql) {
		Context parent = Context.current();
		if (!Span.fromContext(parent).getSpanContext().isSampled()) {
			return UNTRACED;
		}
		StatementSummary summary = StatementSummary.of(sql);
		SpanBuilder builder = this.tracer.spanBuilder(summary.text())
			.setSpanKind(SpanKind.CLIENT)
			.setParent(parent)
			.setAllAttributes(this.common)
			.setAttribute(OPERATION_NAME, summary.operation())
			.setAttribute(QUERY_SUMMARY, summary.text())
			.setAttribute(QUERY_TEXT, sql);
		if (summary.hasOneTable()) {
			builder.setAttribute(COLLECTION_NAME, summary.tables());
		}
		Span span = builder.startSpan();
		return (failure) -> end(span, failure);
	}

	/** The message of a failure may contain values, so that it is not recorded. */
	private static void end(Span span, @Nullable Throwable failure) {
		if (failure != null) {
			String state = SqlFailureClassifier.state(failure);
			if (state != null) {
				span.setAttribute(STATUS_CODE, state);
			}
			span.setAttribute(ERROR_TYPE, StatementMeters.errorType(failure));
			span.setStatus(StatusCode.ERROR);
		}
		span.end();
	}

}
