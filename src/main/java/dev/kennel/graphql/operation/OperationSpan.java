package dev.kennel.graphql.operation;

import java.util.List;
import java.util.function.Supplier;

import dev.kennel.graphql.document.PreparedOperation;
import graphql.GraphQLError;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/** The span of an operation, or {@link #NONE} of one that is not traced. */
final class OperationSpan {

	/** The span of an operation that is not traced. */
	static final OperationSpan NONE = new OperationSpan(null);

	private static final AttributeKey<String> NAME = AttributeKey.stringKey("graphql.operation.name");

	private static final AttributeKey<String> TYPE = AttributeKey.stringKey("graphql.operation.type");

	/** OpenTelemetry names only the document itself, which may contain values. */
	private static final AttributeKey<String> DOCUMENT_HASH = AttributeKey.stringKey("kennel.graphql.document.hash");

	private static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

	/** The context with the span. */
	private final @Nullable Context context;

	/** The first error is recorded. */
	private volatile boolean failed;

	private OperationSpan(@Nullable Context context) {
		this.context = context;
	}

	static OperationSpan of(Context context) {
		return new OperationSpan(context);
	}

	/** Executes work whose spans are children of this one. */
	<T> T call(Supplier<T> work) {
		return (this.context != null) ? this.context.wrapSupplier(work).get() : work.get();
	}

	/** Executes work whose measurements have this span as their exemplar. */
	void run(Runnable work) {
		((this.context != null) ? this.context.wrap(work) : work).run();
	}

	/**
	 * Records the result of the operation.
	 * @param operation the operation, or null if its document has errors
	 * @param errors its errors
	 */
	void completed(@Nullable PreparedOperation operation, List<GraphQLError> errors) {
		if (this.context == null) {
			return;
		}
		Span span = Span.fromContext(this.context);
		if (operation != null) {
			String type = OperationMeters.type(operation);
			span.updateName(type).setAttribute(TYPE, type);
			String name = operation.definition().getName();
			if (name != null) {
				span.setAttribute(NAME, name);
			}
			String hash = operation.document().hash();
			if (hash != null) {
				span.setAttribute(DOCUMENT_HASH, hash);
			}
		}
		failed(errors);
	}

	/**
	 * Records the first error of the operation, or of a part that follows its initial
	 * result.
	 * @param errors the errors, possibly none
	 */
	void failed(List<GraphQLError> errors) {
		if (this.context != null && !errors.isEmpty() && !this.failed) {
			this.failed = true;
			Span.fromContext(this.context)
				.setAttribute(ERROR_TYPE, OperationMeters.code(errors.getFirst()))
				.setStatus(StatusCode.ERROR);
		}
	}

	/** Ends the span. */
	void end() {
		if (this.context != null) {
			Span.fromContext(this.context).end();
		}
	}

}
