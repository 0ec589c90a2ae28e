package dev.kennel.graphql.operation;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

import dev.kennel.concurrency.Deadline;
import dev.kennel.concurrency.DeadlineExceededException;
import dev.kennel.concurrency.Futures;
import dev.kennel.engine.BreadthFirstEngine;
import dev.kennel.error.ApiError;
import dev.kennel.error.ErrorCode;
import dev.kennel.graphql.document.PreparedOperation;
import dev.kennel.graphql.limit.OperationCharge;
import graphql.ExecutionInput;
import graphql.ExecutionResult;
import graphql.execution.preparsed.PreparsedDocumentEntry;
import graphql.execution.preparsed.PreparsedDocumentProvider;
import graphql.language.Field;
import graphql.language.OperationDefinition;
import graphql.language.Selection;
import org.jspecify.annotations.Nullable;

/**
 * Provides the document of an operation and passes it to the engine: a short query is
 * executed on the event loop that has received it, everything else on a thread that may
 * block.
 */
final class OperationExecutor {

	/** The interval of checks of the deadline, since a shutdown brings it forward. */
	private static final Duration DEADLINE_CHECK = Duration.ofMillis(50);

	/**
	 * The number of objects that an event loop reads and writes within a fraction of a
	 * millisecond.
	 */
	private static final int MAX_SHORT_COST = 250;

	private static final ExecutionResult MUTATION_REFUSAL = ExecutionResult.newExecutionResult()
		.errors(List.of(ApiError.ofRequest(ErrorCode.METHOD_NOT_ALLOWED,
				"A mutation can't be sent with GET: send it with POST.")))
		.build();

	private final PreparsedDocumentProvider documents;

	private final BreadthFirstEngine engine;

	OperationExecutor(PreparsedDocumentProvider documents, BreadthFirstEngine engine) {
		this.documents = documents;
		this.engine = engine;
	}

	/**
	 * Provides the document of an operation, and waits for it.
	 * @param input the request, with a context of its own
	 * @return the document, or its errors
	 */
	PreparsedDocumentEntry prepare(ExecutionInput input) {
		return Futures.join(find(input));
	}

	/**
	 * Executes an operation on the current thread, which may block.
	 * @param input the request, with a context of its own
	 * @param entry the document, or its errors
	 * @return the result
	 */
	ExecutionResult execute(ExecutionInput input, PreparsedDocumentEntry entry) {
		CompletableFuture<ExecutionResult> result = start(input, entry);
		return join((result != null) ? result : this.engine.executeByGraphQlJava(input, entry), input);
	}

	/**
	 * Starts an operation on an event loop if it is short; any other would delay the
	 * connections that the loop serves.
	 * @param input the request, with a context of its own
	 * @param permit acquires a permit if one is free; only an operation that reads no
	 * data needs none
	 * @param blocking waits for the document and executes the operation, on a thread that
	 * may block
	 * @return a future of the result
	 */
	CompletableFuture<ExecutionResult> start(ExecutionInput input, BooleanSupplier permit,
			Function<Supplier<PreparsedDocumentEntry>, CompletableFuture<ExecutionResult>> blocking) {
		CompletableFuture<PreparsedDocumentEntry> found = find(input);
		if (!found.isDone()) {
			return blocking.apply(() -> Futures.join(found));
		}
		PreparsedDocumentEntry entry = Futures.join(found);
		CompletableFuture<ExecutionResult> result = (entry.hasErrors() || isShort(OperationContext.of(input), permit))
				? start(input, entry) : null;
		return (result != null) ? result : blocking.apply(() -> entry);
	}

	private static boolean isShort(OperationContext context, BooleanSupplier permit) {
		PreparedOperation operation = context.operation();
		OperationCharge charge = context.charge();
		return operation != null && operation.definition().getOperation() == OperationDefinition.Operation.QUERY
				&& charge != null && charge.requested() <= MAX_SHORT_COST
				&& (readsNoData(operation.definition()) || permit.getAsBoolean());
	}

	/**
	 * Returns whether an operation reads no data: its document has errors, or it has
	 * introspection fields only, whose names begin with two underscores.
	 * @param input the request
	 * @param entry the document, or its errors
	 * @return whether it needs no database
	 */
	static boolean readsNoData(ExecutionInput input, PreparsedDocumentEntry entry) {
		PreparedOperation operation = OperationContext.of(input).operation();
		return entry.hasErrors() || (operation != null && readsNoData(operation.definition()));
	}

	private static boolean readsNoData(OperationDefinition definition) {
		for (Selection<?> selection : definition.getSelectionSet().getSelections()) {
			if (!(selection instanceof Field field && field.getName().startsWith("__"))) {
				return false;
			}
		}
		return true;
	}

	private CompletableFuture<PreparsedDocumentEntry> find(ExecutionInput input) {
		return this.documents.getDocumentAsync(input, (_) -> {
			throw new IllegalStateException("Documents are prepared by Kennel");
		});
	}

	/** Starts an operation, or returns null if graphql-java has to execute it. */
	private @Nullable CompletableFuture<ExecutionResult> start(ExecutionInput input, PreparsedDocumentEntry entry) {
		if (entry.hasErrors()) {
			return CompletableFuture
				.completedFuture(ExecutionResult.newExecutionResult().errors(List.copyOf(entry.getErrors())).build());
		}
		OperationContext context = OperationContext.of(input);
		PreparedOperation operation = context.operation();
		if (operation == null) {
			return null;
		}
		if (context.isReadOnly() && operation.definition().getOperation() == OperationDefinition.Operation.MUTATION) {
			return CompletableFuture.completedFuture(MUTATION_REFUSAL);
		}
		return this.engine.execute(input, entry, operation.definition());
	}

	/**
	 * Waits for a value until the deadline of the current thread, and then cancels the
	 * operation.
	 * @throws DeadlineExceededException if the value does not arrive before the deadline
	 */
	static <T> T join(CompletableFuture<T> future, ExecutionInput input) {
		Deadline deadline = Deadline.current();
		// A timed wait wakes another thread; nearly always the future is done.
		while (deadline != null && !future.isDone()) {
			try {
				return future.get(Math.min(deadline.remaining().toNanos(), DEADLINE_CHECK.toNanos()),
						TimeUnit.NANOSECONDS);
			}
			catch (TimeoutException ex) {
				if (deadline.remaining().isZero()) {
					input.cancel();
					throw new DeadlineExceededException();
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				input.cancel();
				throw new DeadlineExceededException();
			}
			catch (ExecutionException ex) {
				// The future has failed: the join below throws.
			}
		}
		return Futures.join(future);
	}

}
