package dev.kennel.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

import dev.kennel.engine.incremental.IncrementalFormat;
import dev.kennel.engine.loader.ExecutionThreads;
import dev.kennel.engine.loader.LevelLoaders;
import dev.kennel.engine.plan.FieldPlan;
import dev.kennel.engine.plan.ObjectPlan;
import dev.kennel.engine.plan.OperationPlan;
import graphql.ExecutionResult;
import graphql.ExecutionResultImpl;
import graphql.execution.AbortExecutionException;
import graphql.execution.DataFetcherExceptionHandler;
import graphql.execution.DataFetcherExceptionHandlerParameters;
import graphql.execution.DataFetcherResult;
import graphql.execution.ExecutionContext;
import graphql.execution.ExecutionStepInfo;
import graphql.execution.SimpleDataFetcherExceptionHandler;
import graphql.execution.reactive.ReactiveSupport;
import org.jspecify.annotations.Nullable;

/**
 * An execution of a plan, level by level. Each field of a level is called for all of its
 * parent objects before the next field is. Then the loads that the fields have requested
 * are dispatched. When all values of the level are completed, its objects are the parents
 * of the next level.
 *
 * <p>
 * One thread at a time executes it: the thread that starts it, or the thread that
 * completes the last pending value of a level.
 *
 * @see <a href="https://spec.graphql.org/September2025/#sec-Execution">GraphQL,
 * execution</a>
 */
final class LevelExecution {

	private final ExecutionContext context;

	private final OperationPlan plan;

	private final DataFetcherExceptionHandler exceptionHandler;

	private final ExecutionThreads threads;

	private final LevelLoaders loaders;

	/** Captured once a value is late. */
	private volatile @Nullable Executor continuation;

	private final ResponseObject root;

	/** Whether a root field is completed, with its selection set, before the next. */
	private final boolean serial;

	private final CompletableFuture<ExecutionResult> result = new CompletableFuture<>();

	/** What is delivered after the result, or null if the result is whole. */
	private final @Nullable IncrementalExecution incremental;

	/** Completed when the levels of a later delivery are; null until the result is. */
	private volatile @Nullable CompletableFuture<Boolean> laterLevels;

	private final ResponseErrors errors = new ResponseErrors();

	private final ValueCompletion completion;

	private List<Group> level = new ArrayList<>();

	private List<Group> nextLevel = new ArrayList<>();

	private List<PendingValue> pendingValues = new ArrayList<>();

	private int nextRootField;

	LevelExecution(ExecutionContext context, OperationPlan plan, boolean serial,
			DataFetcherExceptionHandler exceptionHandler) {
		this.context = context;
		this.plan = plan;
		this.exceptionHandler = exceptionHandler;
		this.threads = ExecutionThreads.of(context.getGraphQLContext());
		this.loaders = new LevelLoaders(context.getDataLoaderRegistry(), this.threads, this::continuation);
		this.root = new ResponseObject(plan.root(), context.getRoot(), context.getLocalContext(), null, null, null,
				ResponseObject.NO_INDEX);
		this.serial = serial;
		IncrementalFormat format = plan.format();
		this.incremental = (format != null) ? new IncrementalExecution(this, format) : null;
		this.completion = new ValueCompletion(context, this.errors, this.incremental, this::add);
	}

	ExecutionContext context() {
		return this.context;
	}

	ExecutionStepInfo rootStepInfo() {
		return this.plan.rootStepInfo();
	}

	LevelLoaders loaders() {
		return this.loaders;
	}

	CompletableFuture<ExecutionResult> run() {
		addIfDeferring(this.root);
		proceed();
		return this.result;
	}

	/**
	 * Executes parts of the response that are delivered after the result.
	 * @param parts deferred fragments and the items of streamed lists
	 * @return a future of their completion, with their errors
	 */
	CompletableFuture<Boolean> continueWith(List<ExecutionGroup> parts) {
		CompletableFuture<Boolean> levels = new CompletableFuture<>();
		this.laterLevels = levels;
		// The deadline may be another one by now.
		this.continuation = null;
		runStep(() -> {
			for (ExecutionGroup part : parts) {
				if (part instanceof StreamedItems items) {
					this.completion.completeItems(items, new FieldCall(this, items.itemField()));
				}
				else {
					groupOf(part.plan()).objects.add(part);
				}
			}
			proceed();
		});
		return levels;
	}

	private void proceed() {
		runStep(() -> {
			while (true) {
				if (nextLevelMayBlock() && !this.threads.mayBlock()) {
					this.threads.startBlocking(this::proceed);
					return;
				}
				if (!callNextLevel()) {
					break;
				}
				if (!completeLevel()) {
					proceedWhenComplete();
					return;
				}
			}
			levelsCompleted();
		});
	}

	private void levelsCompleted() {
		CompletableFuture<Boolean> later = this.laterLevels;
		if (later != null) {
			this.errors.moveToParts();
			later.complete(true);
			return;
		}
		this.context.addErrors(this.errors.take());
		if (this.incremental != null && !this.completion.isRootNull()) {
			IncrementalResult rest = this.incremental.begin();
			if (rest != null) {
				this.context.getGraphQLContext().put(IncrementalResult.class, rest);
			}
		}
		this.result.complete(
				new ExecutionResultImpl(this.completion.isRootNull() ? null : this.root, this.context.getErrors()));
	}

	// The outcome completes this.result.
	@SuppressWarnings("FutureReturnValueIgnored")
	private void proceedWhenComplete() {
		CompletableFuture<?>[] futures = new CompletableFuture<?>[this.pendingValues.size()];
		for (int index = 0; index < futures.length; index++) {
			futures[index] = this.pendingValues.get(index).future();
		}
		Executor continuation = continuation();
		CompletableFuture.allOf(futures).whenComplete((values, failure) -> continuation.execute(() -> runStep(() -> {
			if (completeLevel()) {
				proceed();
			}
			else {
				proceedWhenComplete();
			}
		})));
	}

	/** Returns the context of the operation, for the threads that complete its values. */
	private Executor continuation() {
		Executor captured = this.continuation;
		if (captured == null) {
			captured = this.threads.capture();
			this.continuation = captured;
		}
		return captured;
	}

	private void runStep(Runnable step) {
		try {
			step.run();
		}
		catch (AbortExecutionException ex) {
			if (!failLater(ex)) {
				this.result.complete(ex.toExecutionResult());
			}
		}
		catch (ValueCompletion.HaltedException ex) {
			CompletableFuture<Boolean> later = this.laterLevels;
			if (later != null && this.incremental != null) {
				this.incremental.halt(ex.error());
				later.complete(true);
			}
			else {
				this.result.complete(ErrorBehavior.halted(ex.error()));
			}
		}
		catch (RuntimeException | Error ex) {
			if (!failLater(ex)) {
				this.result.completeExceptionally(ex);
			}
		}
	}

	private boolean failLater(Throwable failure) {
		CompletableFuture<Boolean> later = this.laterLevels;
		if (later != null) {
			later.completeExceptionally(failure);
		}
		return later != null;
	}

	private boolean nextLevelMayBlock() {
		for (Group group : this.nextLevel) {
			if (group.plan.mayBlock()) {
				return true;
			}
		}
		return this.nextLevel.isEmpty() && this.root.plan().mayBlock();
	}

	/** Calls the fields of the next level. Returns false if there is none. */
	private boolean callNextLevel() {
		List<Group> previous = this.level;
		this.level = this.nextLevel;
		previous.clear();
		this.nextLevel = previous;
		this.loaders.startCollecting();
		if (!this.level.isEmpty()) {
			for (Group group : this.level) {
				for (FieldPlan field : group.plan.fields()) {
					call(field, group.objects);
				}
			}
			return true;
		}
		FieldPlan[] fields = this.root.plan().fields();
		if (this.nextRootField == fields.length || (this.serial && this.completion.isRootNull())) {
			return false;
		}
		int end = this.serial ? this.nextRootField + 1 : fields.length;
		while (this.nextRootField < end) {
			call(fields[this.nextRootField++], List.of(this.root));
		}
		return true;
	}

	/** Completes the values of the level. Returns false if one is still pending. */
	private boolean completeLevel() {
		if (this.pendingValues.isEmpty()) {
			return true;
		}
		this.loaders.startDispatching();
		for (PendingValue value : this.pendingValues) {
			if (!value.future().isDone()) {
				return false;
			}
		}
		throwIfCancelled();
		List<PendingValue> values = this.pendingValues;
		this.pendingValues = new ArrayList<>();
		for (PendingValue value : values) {
			completePending(value);
		}
		return this.pendingValues.isEmpty() || completeLevel();
	}

	/**
	 * Ends the execution if it has been cancelled.
	 * @throws AbortExecutionException if it has
	 */
	void throwIfCancelled() {
		if (this.context.getExecutionInput().isCancelled()) {
			// The message of graphql-java.
			throw new AbortExecutionException("Execution has been asked to be cancelled");
		}
	}

	/** Calls a field for all of its parents. */
	private void call(FieldPlan field, List<ResponseObject> parents) {
		throwIfCancelled();
		new FieldCall(this, field).call(parents);
	}

	/**
	 * Completes the value of a field, or awaits it.
	 * @param value what the field has returned
	 */
	void completeOrAwait(FieldCall call, ResponseObject parent, @Nullable Object value) {
		Object fetched = ReactiveSupport
			.fetchedObject((value instanceof CompletionStage<?> stage) ? stage.toCompletableFuture() : value);
		if (fetched instanceof CompletableFuture<?> future) {
			this.pendingValues.add(new PendingValue(call, parent, future, false));
		}
		else {
			this.completion.complete(call, parent, fetched);
		}
	}

	private void completePending(PendingValue value) {
		if (!value.future().isCompletedExceptionally()) {
			this.completion.complete(value.call(), value.parent(), value.future().getNow(null));
			return;
		}
		Throwable failure = value.future().<@Nullable Throwable>handle((none, thrown) -> thrown).join();
		if (failure == null) {
			throw new IllegalStateException("The failed future has no exception");
		}
		if (value.handled()) {
			throw (failure instanceof RuntimeException unchecked) ? unchecked : new IllegalStateException(failure);
		}
		handleFailure(value.call(), value.parent(), failure);
	}

	/**
	 * Completes a field that has failed with what the exception handler returns.
	 * @param failure what the field has thrown
	 */
	void handleFailure(FieldCall call, ResponseObject parent, Throwable failure) {
		FieldEnvironment environment = new FieldEnvironment(call, parent);
		CompletableFuture<?> handled;
		try {
			handled = handle(this.exceptionHandler, environment, failure);
		}
		catch (Exception ex) {
			handled = handle(new SimpleDataFetcherExceptionHandler(), environment, ex);
		}
		PendingValue value = new PendingValue(call, parent, handled, true);
		if (handled.isDone()) {
			completePending(value);
		}
		else {
			this.pendingValues.add(value);
		}
	}

	private static CompletableFuture<?> handle(DataFetcherExceptionHandler handler, FieldEnvironment environment,
			Throwable failure) {
		return handler
			.handleException(DataFetcherExceptionHandlerParameters.newExceptionParameters()
				.dataFetchingEnvironment(environment)
				.exception(failure)
				.build())
			.thenApply((handled) -> DataFetcherResult.newResult().errors(handled.getErrors()).build());
	}

	/** Adds an object to the next level. */
	void add(ResponseObject object) {
		groupOf(object.plan()).objects.add(object);
		addIfDeferring(object);
	}

	private void addIfDeferring(ResponseObject object) {
		if (this.incremental != null && object.plan().defers()) {
			this.incremental.addHost(object);
		}
	}

	private Group groupOf(ObjectPlan plan) {
		for (int index = this.nextLevel.size() - 1; index >= 0; index--) {
			Group group = this.nextLevel.get(index);
			if (group.plan == plan) {
				return group;
			}
		}
		Group group = new Group(plan);
		this.nextLevel.add(group);
		return group;
	}

	/** The objects of a level with the same plan. */
	private static final class Group {

		private final ObjectPlan plan;

		private final List<ResponseObject> objects = new ArrayList<>();

		Group(ObjectPlan plan) {
			this.plan = plan;
		}

	}

	/**
	 * A value whose future has not been completed into the response.
	 *
	 * @param call the field
	 * @param parent the parent object
	 * @param future the future of the value
	 * @param handled whether the future is that of the exception handler
	 */
	private record PendingValue(FieldCall call, ResponseObject parent, CompletableFuture<?> future, boolean handled) {
	}

}
