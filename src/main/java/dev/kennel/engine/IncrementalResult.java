package dev.kennel.engine;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.kennel.engine.incremental.IncrementalFormat;
import dev.kennel.engine.incremental.SubsequentPayload;
import graphql.GraphQLContext;
import graphql.GraphQLError;
import org.jspecify.annotations.Nullable;

/**
 * The payloads that follow the initial result of an operation with {@code @defer} or
 * {@code @stream}. Payloads are executed on demand: a slow client delays only its own
 * operation.
 */
public final class IncrementalResult {

	private final IncrementalExecution execution;

	private final IncrementalFormat format;

	private final List<SubsequentPayload.Pending> pending;

	IncrementalResult(IncrementalExecution execution, IncrementalFormat format,
			List<SubsequentPayload.Pending> pending) {
		this.execution = execution;
		this.format = format;
		this.pending = List.copyOf(pending);
	}

	/**
	 * Finds the subsequent payloads of an operation.
	 * @param context the context of the operation, whose initial result is complete
	 * @return the payloads, or null if the initial result is the whole result
	 */
	public static @Nullable IncrementalResult find(GraphQLContext context) {
		return context.get(IncrementalResult.class);
	}

	/**
	 * Returns the format that the client accepts.
	 * @return the format
	 */
	public IncrementalFormat format() {
		return this.format;
	}

	/**
	 * Returns the deliveries that the initial result announces.
	 * @return the deliveries, at least one
	 */
	public List<SubsequentPayload.Pending> pending() {
		return this.pending;
	}

	/**
	 * Returns whether payloads follow.
	 * @return false after the last
	 */
	public boolean hasNext() {
		return this.execution.hasPending();
	}

	/**
	 * Executes the next payload. A deferred fragment is executed for all of its objects
	 * at once, and {@code @stream} for all lists of its field.
	 * @return the payload; a failure leaves the deliveries pending, for {@link #fail}
	 */
	public CompletableFuture<SubsequentPayload> next() {
		return this.execution.next();
	}

	/**
	 * Ends all pending deliveries with an error.
	 * @param error the error
	 * @return the last payload
	 */
	public SubsequentPayload fail(GraphQLError error) {
		return this.execution.fail(error);
	}

}
