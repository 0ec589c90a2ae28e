package dev.kennel.graphql.execution;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

import dev.kennel.concurrency.Completion;
import dev.kennel.database.Deadline;
import dev.kennel.database.DeadlineExceededException;
import dev.kennel.graphql.document.PreparedDocument;
import dev.kennel.graphql.document.PreparedOperation;
import dev.kennel.graphql.limit.Admission;
import graphql.ExecutionInput;
import graphql.ExecutionResult;
import graphql.ExecutionResultImpl;
import graphql.GraphQL;
import graphql.GraphQLContext;
import graphql.GraphQLError;
import graphql.execution.DataFetcherExceptionHandler;
import graphql.execution.instrumentation.ChainedInstrumentation;
import graphql.execution.instrumentation.Instrumentation;
import graphql.execution.instrumentation.SimplePerformantInstrumentation;
import graphql.execution.instrumentation.dataloader.EmptyDataLoaderRegistryInstance;
import graphql.execution.preparsed.PreparsedDocumentEntry;
import graphql.execution.preparsed.PreparsedDocumentProvider;
import graphql.extensions.ExtensionsBuilder;
import graphql.language.Field;
import graphql.language.OperationDefinition;
import graphql.language.Selection;
import org.dataloader.DataLoaderRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.graphql.execution.DataLoaderRegistrar;
import org.springframework.util.function.SingletonSupplier;

/**
 * Runs an operation on the thread of its request. Where a document is prepared, and its
 * operation can be run by a plan, there is nothing left to do between the two, and
 * nothing is done: what graphql-java would look up or put together for each request is
 * kept with the document. Everything else graphql-java runs from its beginning.
 */
final class OperationEngine {

	private static final Object ENTRY = OperationEngine.class;

	/** How long it is until the next look at a deadline, which may be brought forward. */
	private static final Duration LOOK = Duration.ofMillis(50);

	/**
	 * The objects of an operation that an event loop makes within a fraction of a
	 * millisecond.
	 */
	private static final int MAX_SHORT_COST = 250;

	private final PreparsedDocumentProvider documents;

	/** Takes its documents from where they have been found already. */
	private final GraphQL graphQl;

	private final List<DataLoaderRegistrar> loaders;

	private final PreparedExecution prepared;

	private final boolean instrumented;

	/** Known once the application has started, which is before its first request. */
	private final SingletonSupplier<Boolean> hasLoaders;

	OperationEngine(GraphQL graphQl, List<DataLoaderRegistrar> loaders, Planner planner,
			DataFetcherExceptionHandler exceptionHandler) {
		this.documents = graphQl.getPreparsedDocumentProvider();
		this.graphQl = graphQl.transform((builder) -> builder.preparsedDocumentProvider(
				(input, parse) -> CompletableFuture.completedFuture(input.getGraphQLContext().get(ENTRY))));
		this.loaders = List.copyOf(loaders);
		this.prepared = new PreparedExecution(this.graphQl, planner, exceptionHandler);
		this.hasLoaders = SingletonSupplier.of(this::hasLoaders);
		this.instrumented = isInstrumented(graphQl.getInstrumentation());
	}

	private boolean hasLoaders() {
		return !registry(GraphQLContext.getDefault()).getKeys().isEmpty();
	}

	private DataLoaderRegistry registry(GraphQLContext context) {
		DataLoaderRegistry registry = new DataLoaderRegistry();
		this.loaders.forEach((registrar) -> registrar.registerDataLoaders(registry, context));
		return registry;
	}

	/** Whether somebody wants to be told of what graphql-java does. */
	private static boolean isInstrumented(Instrumentation instrumentation) {
		return instrumentation.getClass() != SimplePerformantInstrumentation.class
				&& !(instrumentation instanceof ChainedInstrumentation chain && chain.getInstrumentations().isEmpty());
	}

	/**
	 * Runs an operation on this thread, which may wait.
	 * @param input what to run, in a context of its own
	 * @return what has become of it
	 */
	ExecutionResult execute(ExecutionInput input) {
		return execute(input, Completion.join(find(input)));
	}

	private ExecutionResult execute(ExecutionInput input, PreparsedDocumentEntry entry) {
		CompletableFuture<ExecutionResult> result = start(input, entry);
		return (result != null) ? join(result, input) : executeByGraphQlJava(input, entry);
	}

	/**
	 * Runs an operation on an event loop, as far as it is short: all else would keep the
	 * requests waiting that the loop serves, too.
	 * @param input what to run, in a context of its own
	 * @param permit takes a permit, if there is one: all but what needs no data needs one
	 * @param elsewhere runs the rest of an operation on a thread that may wait
	 * @return what becomes of it
	 */
	CompletableFuture<ExecutionResult> start(ExecutionInput input, BooleanSupplier permit,
			Function<Supplier<ExecutionResult>, CompletableFuture<ExecutionResult>> elsewhere) {
		CompletableFuture<PreparsedDocumentEntry> found = find(input);
		if (!found.isDone()) {
			return elsewhere.apply(() -> execute(input, Completion.join(found)));
		}
		PreparsedDocumentEntry entry = Completion.join(found);
		CompletableFuture<ExecutionResult> result = (entry.hasErrors() || isShort(input.getGraphQLContext(), permit))
				? start(input, entry) : null;
		return (result != null) ? result : elsewhere.apply(() -> execute(input, entry));
	}

	private static boolean isShort(GraphQLContext context, BooleanSupplier permit) {
		PreparedOperation operation = PreparedDocument.running(context);
		return operation != null && operation.definition().getOperation() == OperationDefinition.Operation.QUERY
				&& Admission.requestedCost(context) <= MAX_SHORT_COST
				&& (needsNoData(operation.definition()) || permit.getAsBoolean());
	}

	private static boolean needsNoData(OperationDefinition definition) {
		for (Selection<?> selection : definition.getSelectionSet().getSelections()) {
			if (!(selection instanceof Field field && field.getName().equals("__typename"))) {
				return false;
			}
		}
		return true;
	}

	private CompletableFuture<PreparsedDocumentEntry> find(ExecutionInput input) {
		return this.documents.getDocumentAsync(input, (same) -> {
			throw new IllegalStateException("Documents are prepared by Kennel");
		});
	}

	/** Begins to run an operation by its plan, or returns null if it has none. */
	private @Nullable CompletableFuture<ExecutionResult> start(ExecutionInput input, PreparsedDocumentEntry entry) {
		if (entry.hasErrors()) {
			return CompletableFuture.completedFuture(new ExecutionResultImpl(entry.getErrors()));
		}
		GraphQLContext context = input.getGraphQLContext();
		PreparedOperation operation = PreparedDocument.running(context);
		if (operation == null) {
			return null;
		}
		ExecutionResult refusal = SafeMethod.refusal(operation.definition(), context);
		if (refusal != null) {
			return CompletableFuture.completedFuture(refusal);
		}
		return (this.instrumented
				|| operation.definition().getOperation() == OperationDefinition.Operation.SUBSCRIPTION) ? null
						: this.prepared.start(withLoaders(input), operation);
	}

	private ExecutionResult executeByGraphQlJava(ExecutionInput input, PreparsedDocumentEntry entry) {
		input.getGraphQLContext().put(ENTRY, entry);
		ExecutionInput withLoaders = withLoaders(input);
		try {
			return join(this.graphQl.executeAsync(withLoaders), withLoaders);
		}
		catch (RuntimeException ex) {
			if (ex instanceof GraphQLError error) {
				return new ExecutionResultImpl(error);
			}
			throw ex;
		}
	}

	/** Registers the loaders of the application, if there are any. */
	private ExecutionInput withLoaders(ExecutionInput input) {
		if (!this.hasLoaders.obtain()
				|| !EmptyDataLoaderRegistryInstance.EMPTY_DATALOADER_REGISTRY.equals(input.getDataLoaderRegistry())) {
			return input;
		}
		DataLoaderRegistry registry = registry(input.getGraphQLContext());
		return input.transform((builder) -> builder.dataLoaderRegistry(registry));
	}

	/**
	 * The value, or what it failed with. What never comes is waited for until the
	 * deadline of the thread, and then the operation is cancelled.
	 */
	static <T> T join(CompletableFuture<T> future, ExecutionInput input) {
		Deadline deadline = Deadline.current();
		// Nearly always all is there: waiting in limited time wakes another thread.
		while (deadline != null && !future.isDone()) {
			try {
				return future.get(Math.min(deadline.remaining().toNanos(), LOOK.toNanos()), TimeUnit.NANOSECONDS);
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
				// It is done now, and fails below.
			}
		}
		return Completion.join(future);
	}

	/** Adds the extensions that fetchers have asked for. */
	static ExecutionResult withExtensions(ExecutionResult result, GraphQLContext context) {
		ExtensionsBuilder builder = context.get(ExtensionsBuilder.class);
		if (builder == null) {
			return result;
		}
		Map<Object, Object> own = result.getExtensions();
		if (own != null) {
			builder.addValues(own);
		}
		return builder.setExtensions(result);
	}

}
