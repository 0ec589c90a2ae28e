package dev.kennel.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;

import graphql.ExecutionResult;
import graphql.ExecutionResultImpl;
import graphql.GraphQLError;
import graphql.SerializationError;
import graphql.TypeMismatchError;
import graphql.TypeResolutionEnvironment;
import graphql.UnresolvedTypeError;
import graphql.execution.AbortExecutionException;
import graphql.execution.DataFetcherExceptionHandler;
import graphql.execution.DataFetcherExceptionHandlerParameters;
import graphql.execution.DataFetcherResult;
import graphql.execution.ExecutionContext;
import graphql.execution.ExecutionStepInfo;
import graphql.execution.NonNullableFieldWasNullError;
import graphql.execution.NonNullableFieldWasNullException;
import graphql.execution.ResultPath;
import graphql.execution.SimpleDataFetcherExceptionHandler;
import graphql.execution.TypeResolutionParameters;
import graphql.execution.UnresolvedTypeException;
import graphql.execution.reactive.ReactiveSupport;
import graphql.extensions.ExtensionsBuilder;
import graphql.schema.CoercingSerializeException;
import graphql.schema.GraphQLEnumType;
import graphql.schema.GraphQLInterfaceType;
import graphql.schema.GraphQLNamedOutputType;
import graphql.schema.GraphQLObjectType;
import graphql.schema.GraphQLUnionType;
import graphql.schema.LightDataFetcher;
import graphql.schema.TypeResolver;
import graphql.util.FpKit;
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

	/** The marker of a null at a non-null position. */
	private static final Object NON_NULL_VIOLATION = new Object();

	private static final int[] NO_INDEXES = {};

	private final ExecutionContext context;

	private final OperationPlan plan;

	private final DataFetcherExceptionHandler exceptionHandler;

	private final ErrorBehavior errorBehavior;

	private final ExecutionThreads threads;

	private final LevelLoaders loaders;

	/** Captured once a value is late. */
	private volatile @Nullable Executor continuation;

	private final ObjectValue root;

	/** Whether a root field is completed, with its selection set, before the next. */
	private final boolean serial;

	private final CompletableFuture<ExecutionResult> result = new CompletableFuture<>();

	/** What is delivered after the result, or null if the result is whole. */
	private final @Nullable IncrementalExecution incremental;

	/** Completed when the levels of a later delivery are; null until the result is. */
	private volatile @Nullable CompletableFuture<Boolean> laterLevels;

	private final ResponseErrors errors = new ResponseErrors();

	private List<Group> level = new ArrayList<>();

	private List<Group> nextLevel = new ArrayList<>();

	private List<PendingValue> pendingValues = new ArrayList<>();

	private int nextRootField;

	private boolean rootIsNull;

	LevelExecution(ExecutionContext context, OperationPlan plan, boolean serial,
			DataFetcherExceptionHandler exceptionHandler) {
		this.context = context;
		this.plan = plan;
		this.exceptionHandler = exceptionHandler;
		this.errorBehavior = ErrorBehavior.of(context);
		this.threads = ExecutionThreads.of(context.getGraphQLContext());
		this.loaders = new LevelLoaders(context.getDataLoaderRegistry(), this.threads, this::continuation);
		this.root = new ObjectValue(plan.root(), context.getRoot(), context.getLocalContext(), null, null, null,
				ObjectValue.NO_INDEX);
		this.serial = serial;
		IncrementalFormat format = plan.format();
		this.incremental = (format != null) ? new IncrementalExecution(this, format) : null;
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
	 * @param parts deferred fragments and streams
	 * @return a future of their completion, with their errors
	 */
	CompletableFuture<Boolean> continueWith(List<ExecutionGroup> parts) {
		CompletableFuture<Boolean> levels = new CompletableFuture<>();
		this.laterLevels = levels;
		// The deadline may be another one by now.
		this.continuation = null;
		runStep(() -> {
			for (ExecutionGroup part : parts) {
				if (part instanceof StreamValue stream) {
					completeItems(stream);
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
		if (this.incremental != null && !this.rootIsNull) {
			IncrementalResult rest = this.incremental.begin();
			if (rest != null) {
				this.context.getGraphQLContext().put(IncrementalResult.class, rest);
			}
		}
		this.result.complete(new ExecutionResultImpl(this.rootIsNull ? null : this.root, this.context.getErrors()));
	}

	// The outcome completes this.result.
	@SuppressWarnings("FutureReturnValueIgnored")
	private void proceedWhenComplete() {
		CompletableFuture<?>[] futures = this.pendingValues.stream()
			.map(PendingValue::future)
			.toArray(CompletableFuture<?>[]::new);
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
		catch (HaltedException ex) {
			CompletableFuture<Boolean> later = this.laterLevels;
			if (later != null && this.incremental != null) {
				this.incremental.halt(ex.error);
				later.complete(true);
			}
			else {
				this.result.complete(ErrorBehavior.halted(ex.error));
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
		if (this.nextRootField == fields.length || (this.serial && this.rootIsNull)) {
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

	private void throwIfCancelled() {
		if (this.context.getExecutionInput().isCancelled()) {
			throw new AbortExecutionException("Execution has been asked to be cancelled");
		}
	}

	/** Calls a field for all of its parents. */
	private void call(FieldPlan field, List<ObjectValue> parents) {
		throwIfCancelled();
		FieldCall call = new FieldCall(this, field);
		switch (field.access()) {
			case TYPE_NAME -> {
				for (ObjectValue parent : parents) {
					parent.set(field.slot(), parent.plan().type().getName());
				}
			}
			case PROPERTY -> readProperty(call, parents);
			case CONTROLLER -> callController(call, (ControllerDataFetcher) field.fetcher(), parents);
			case LIGHT, FETCHER -> {
				for (ObjectValue parent : parents) {
					throwIfCancelled();
					fetch(call, parent);
				}
			}
		}
	}

	private void readProperty(FieldCall call, List<ObjectValue> parents) {
		FieldPlan field = call.plan();
		boolean acceptsString = field.type().acceptsString();
		for (ObjectValue parent : parents) {
			Object source = parent.source();
			Function<Object, @Nullable Object> getter = (source != null) ? field.getter(source.getClass()) : null;
			if (source == null || getter == null) {
				fetch(call, parent);
				continue;
			}
			Object value;
			try {
				value = getter.apply(source);
			}
			catch (Exception ex) {
				handleFailure(call, parent, ex);
				continue;
			}
			if (acceptsString && isString(value)) {
				parent.set(field.slot(), value);
			}
			else {
				completeOrAwait(call, parent, value);
			}
		}
	}

	private void callController(FieldCall call, ControllerDataFetcher controller, List<ObjectValue> parents) {
		FieldEnvironment first = new FieldEnvironment(call, parents.getFirst());
		@Nullable Object[] shared;
		try {
			shared = controller.resolveShared(first);
		}
		catch (Exception ex) {
			for (ObjectValue parent : parents) {
				handleFailure(call, parent, ex);
			}
			return;
		}
		for (ObjectValue parent : parents) {
			throwIfCancelled();
			Object value;
			try {
				value = controller.get(new FieldEnvironment(call, parent), shared);
			}
			catch (Exception ex) {
				handleFailure(call, parent, ex);
				continue;
			}
			completeOrAwait(call, parent, value);
		}
	}

	private void fetch(FieldCall call, ObjectValue parent) {
		FieldPlan field = call.plan();
		Object value;
		try {
			value = (field.fetcher() instanceof LightDataFetcher<?> light)
					? light.get(field.definition(), parent.source(), () -> new FieldEnvironment(call, parent))
					: field.fetcher().get(new FieldEnvironment(call, parent));
		}
		catch (Exception ex) {
			handleFailure(call, parent, ex);
			return;
		}
		completeOrAwait(call, parent, value);
	}

	private void completeOrAwait(FieldCall call, ObjectValue parent, @Nullable Object value) {
		Object fetched = ReactiveSupport
			.fetchedObject((value instanceof CompletionStage<?> stage) ? stage.toCompletableFuture() : value);
		if (fetched instanceof CompletableFuture<?> future) {
			this.pendingValues.add(new PendingValue(call, parent, future, false));
		}
		else {
			complete(call, parent, fetched);
		}
	}

	private void completePending(PendingValue value) {
		if (!value.future().isCompletedExceptionally()) {
			complete(value.call(), value.parent(), value.future().getNow(null));
			return;
		}
		Throwable failure = value.future().<@Nullable Throwable>handle((none, thrown) -> thrown).join();
		if (failure == null) {
			throw new IllegalStateException("A failure without a reason");
		}
		if (value.handled()) {
			throw (failure instanceof RuntimeException unchecked) ? unchecked : new IllegalStateException(failure);
		}
		handleFailure(value.call(), value.parent(), failure);
	}

	private void handleFailure(FieldCall call, ObjectValue parent, Throwable failure) {
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

	/** Completes the value of a field and sets it in the parent object. */
	private void complete(FieldCall call, ObjectValue parent, @Nullable Object fetched) {
		Object value = fetched;
		Object localContext = parent.localContext();
		if (value instanceof DataFetcherResult<?> wrapped) {
			localContext = unwrap(call, parent, wrapped, NO_INDEXES, localContext);
			value = wrapped.getData();
		}
		Object completed = complete(call, parent, call.plan().type(), unbox(value), localContext, NO_INDEXES);
		if (completed == NON_NULL_VIOLATION) {
			nullify(parent);
		}
		else {
			parent.set(call.plan().slot(), completed);
		}
	}

	private @Nullable Object unbox(@Nullable Object value) {
		return (value == null || value instanceof String) ? value : this.context.getValueUnboxer().unbox(value);
	}

	private @Nullable Object unwrap(FieldCall call, ObjectValue parent, DataFetcherResult<?> wrapped, int[] indexes,
			@Nullable Object localContext) {
		for (GraphQLError error : wrapped.getErrors()) {
			addError(call, parent, indexes, error);
		}
		Map<Object, Object> extensions = wrapped.getExtensions();
		if (extensions != null) {
			ExtensionsBuilder builder = this.context.getGraphQLContext().get(ExtensionsBuilder.class);
			if (builder != null) {
				builder.addValues(extensions);
			}
		}
		return (wrapped.getLocalContext() != null) ? wrapped.getLocalContext() : localContext;
	}

	/**
	 * Completes a value.
	 * @return the value in the response, or {@link #NON_NULL_VIOLATION}
	 * @see <a href=
	 * "https://spec.graphql.org/September2025/#sec-Value-Completion">GraphQL, value
	 * completion</a>
	 */
	private @Nullable Object complete(FieldCall call, ObjectValue parent, ValueType type, @Nullable Object unboxed,
			@Nullable Object localContext, int[] indexes) {
		Object value = unbox(unboxed);
		if (value == null) {
			return completeNull(call, parent, type, indexes);
		}
		return switch (type.kind()) {
			case SCALAR, ENUM -> completeLeaf(call, parent, type, value, indexes);
			case LIST -> completeList(call, parent, type, value, localContext, indexes);
			case OBJECT ->
				completeObject(call, parent, (GraphQLObjectType) type.nullable(), value, localContext, indexes);
			case ABSTRACT -> {
				GraphQLObjectType actual;
				try {
					actual = resolveType(call, parent, type, value, localContext);
				}
				catch (UnresolvedTypeException ex) {
					addError(call, parent, indexes,
							new UnresolvedTypeError(path(call, parent, indexes), stepInfo(call, parent, indexes), ex));
					yield completeNull(call, parent, type, indexes);
				}
				yield completeObject(call, parent, actual, value, localContext, indexes);
			}
		};
	}

	private @Nullable Object completeNull(FieldCall call, ObjectValue parent, ValueType type, int[] indexes) {
		if (!type.nonNull()) {
			return null;
		}
		ResultPath path = path(call, parent, indexes);
		if (!this.errors.contains(path)) {
			addError(call, parent, indexes, new NonNullableFieldWasNullError(
					new NonNullableFieldWasNullException(stepInfo(call, parent, indexes), path)));
		}
		return (this.errorBehavior == ErrorBehavior.NULL) ? null : NON_NULL_VIOLATION;
	}

	private static boolean isString(@Nullable Object value) {
		return value instanceof String || value instanceof AsciiText;
	}

	private @Nullable Object completeLeaf(FieldCall call, ObjectValue parent, ValueType type, Object value,
			int[] indexes) {
		if (type.acceptsString() && isString(value)) {
			return value;
		}
		Object serialized;
		try {
			serialized = (type.nullable() instanceof GraphQLEnumType enumeration)
					? enumeration.serialize(value, this.context.getGraphQLContext(), this.context.getLocale())
					: type.coercing().serialize(value, this.context.getGraphQLContext(), this.context.getLocale());
		}
		catch (CoercingSerializeException ex) {
			addError(call, parent, indexes, new SerializationError(path(call, parent, indexes), ex));
			serialized = null;
		}
		return (serialized != null) ? serialized : completeNull(call, parent, type, indexes);
	}

	private @Nullable Object completeList(FieldCall call, ObjectValue parent, ValueType type, Object value,
			@Nullable Object localContext, int[] indexes) {
		if (!FpKit.isIterable(value)) {
			addError(call, parent, indexes, new TypeMismatchError(path(call, parent, indexes), type.nullable()));
			return completeNull(call, parent, type, indexes);
		}
		StreamUsage stream = (indexes.length == 0) ? call.plan().streamUsage() : null;
		int initialCount = (stream != null) ? stream.initialCount(this.context.getCoercedVariables().toMap())
				: Integer.MAX_VALUE;
		if (initialCount < 0) {
			addError(call, parent, indexes, StreamUsage.negativeInitialCount(path(call, parent, indexes),
					call.plan().field().getSingleField().getSourceLocation()));
			return completeNull(call, parent, type, indexes);
		}
		List<@Nullable Object> items = new ArrayList<>(
				(value instanceof Collection<?> collection) ? Math.min(collection.size(), initialCount) : 10);
		List<@Nullable Object> laterItems = (stream != null) ? new ArrayList<>() : List.of();
		int[] inner = Arrays.copyOf(indexes, indexes.length + 1);
		boolean violated = false;
		for (Object item : FpKit.<@Nullable Object>toIterable(value)) {
			if (items.size() == initialCount) {
				laterItems.add(item);
				continue;
			}
			inner[indexes.length] = items.size();
			Object completed = completeItem(call, parent, type, item, localContext, inner);
			violated |= completed == NON_NULL_VIOLATION;
			items.add(completed);
		}
		if (violated) {
			return type.nonNull() ? NON_NULL_VIOLATION : null;
		}
		ListValue list = new ListValue(items.toArray());
		if (stream != null && this.incremental != null && !laterItems.isEmpty()) {
			this.incremental.addStream(new StreamValue(parent, call.plan(), stream, list, laterItems, localContext));
		}
		return list;
	}

	private @Nullable Object completeItem(FieldCall call, ObjectValue parent, ValueType listType, @Nullable Object item,
			@Nullable Object localContext, int[] indexes) {
		Object itemContext = localContext;
		Object itemValue = item;
		if (item instanceof DataFetcherResult<?> wrapped) {
			itemContext = unwrap(call, parent, wrapped, indexes, localContext);
			itemValue = wrapped.getData();
		}
		return complete(call, parent, listType.item(), unbox(itemValue), itemContext, indexes);
	}

	/** Completes the items of a list that are delivered after the first ones. */
	private void completeItems(StreamValue stream) {
		FieldCall call = new FieldCall(this, stream.itemField());
		@Nullable Object[] items = new Object[stream.initialCount() + stream.laterValues().size()];
		stream.set(call.plan().slot(), new ListValue(items));
		int[] indexes = new int[1];
		for (int index = stream.initialCount(); index < items.length; index++) {
			indexes[0] = index;
			Object completed = completeItem(call, stream, call.plan().type(),
					stream.laterValues().get(index - stream.initialCount()), stream.itemContext(), indexes);
			if (completed == NON_NULL_VIOLATION) {
				stream.failAt(index);
			}
			else {
				items[index] = completed;
			}
		}
	}

	private ObjectValue completeObject(FieldCall call, ObjectValue parent, GraphQLObjectType type, Object value,
			@Nullable Object localContext, int[] indexes) {
		ObjectPlan plan = call.plan().objectPlan(type);
		int[] outer = (indexes.length > 1) ? Arrays.copyOf(indexes, indexes.length - 1) : null;
		int index = (indexes.length > 0) ? indexes[indexes.length - 1] : ObjectValue.NO_INDEX;
		ObjectValue object = new ObjectValue(plan, value, localContext, parent, call.plan(), outer, index);
		groupOf(plan).objects.add(object);
		addIfDeferring(object);
		return object;
	}

	private void addIfDeferring(ObjectValue object) {
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

	// A type resolver may still read the deprecated context.
	@SuppressWarnings("deprecation")
	private GraphQLObjectType resolveType(FieldCall call, ObjectValue parent, ValueType type, Object value,
			@Nullable Object localContext) {
		GraphQLNamedOutputType declared = (GraphQLNamedOutputType) type.nullable();
		TypeResolutionEnvironment environment = TypeResolutionParameters.newParameters()
			.field(call.plan().field())
			.fieldType(declared)
			.value(value)
			.argumentValues(call::arguments)
			.selectionSet(call.selection(declared, () -> call.stepInfo(parent)))
			.context(this.context.getContext())
			.graphQLContext(this.context.getGraphQLContext())
			.localContext(localContext)
			.schema(this.context.getGraphQLSchema())
			.build();
		TypeResolver resolver = (declared instanceof GraphQLInterfaceType abstractType)
				? this.context.getGraphQLSchema().getCodeRegistry().getTypeResolver(abstractType)
				: this.context.getGraphQLSchema().getCodeRegistry().getTypeResolver((GraphQLUnionType) declared);
		GraphQLObjectType actual = resolver.getType(environment);
		if (actual == null) {
			throw new UnresolvedTypeException(declared);
		}
		if (!this.context.getGraphQLSchema().isPossibleType(declared, actual)) {
			throw new UnresolvedTypeException(declared, actual);
		}
		return actual;
	}

	/**
	 * Replaces an object in the response by null, and propagates the null up to the
	 * nearest nullable position. Execution below the object continues, so that its errors
	 * are reported as well.
	 */
	private void nullify(ObjectValue violated) {
		ObjectValue object = violated;
		while (true) {
			if (object instanceof ExecutionGroup fragment) {
				fragment.fail();
				return;
			}
			ObjectValue parent = object.parent();
			if (parent == null) {
				this.rootIsNull = true;
				return;
			}
			if (!nullify(parent, object)) {
				return;
			}
			object = parent;
		}
	}

	/**
	 * Replaces an object in its parent by null.
	 * @return whether the null propagates to the parent
	 */
	private static boolean nullify(ObjectValue parent, ObjectValue object) {
		int slot = object.field().slot();
		int[] indexes = object.indexes();
		int depth = indexes.length;
		ValueType[] types = new ValueType[depth + 1];
		Object[] containers = new Object[depth];
		types[0] = object.field().type();
		Object current = parent.cell(slot);
		for (int nesting = 0; nesting < depth; nesting++) {
			// An earlier null has replaced the list, and has been propagated.
			if (!(current instanceof ListValue list)) {
				return false;
			}
			containers[nesting] = list;
			types[nesting + 1] = types[nesting].item();
			current = list.get(indexes[nesting]);
		}
		for (int nesting = depth; nesting > 0; nesting--) {
			((ListValue) containers[nesting - 1]).nullify(indexes[nesting - 1]);
			if (!types[nesting].nonNull()) {
				return false;
			}
		}
		if (parent instanceof StreamValue stream) {
			stream.failAt(indexes[0]);
			return false;
		}
		parent.set(slot, null);
		return types[0].nonNull();
	}

	private static ResultPath path(FieldCall call, ObjectValue parent, int[] indexes) {
		ResultPath path = call.path(parent);
		for (int index : indexes) {
			path = path.segment(index);
		}
		return path;
	}

	private static ExecutionStepInfo stepInfo(FieldCall call, ObjectValue parent, int[] indexes) {
		ExecutionStepInfo info = call.stepInfo(parent);
		for (int index : indexes) {
			info = FieldCall.itemStepInfo(info, index);
		}
		return info;
	}

	private void addError(FieldCall call, ObjectValue parent, int[] indexes, GraphQLError error) {
		if (this.errorBehavior == ErrorBehavior.HALT) {
			throw new HaltedException(error);
		}
		this.errors.add(call.plan(), parent, indexes, error);
	}

	/** The objects of a level with the same plan. */
	private static final class Group {

		private final ObjectPlan plan;

		private final List<ObjectValue> objects = new ArrayList<>();

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
	private record PendingValue(FieldCall call, ObjectValue parent, CompletableFuture<?> future, boolean handled) {
	}

	/** Ends the execution at its first error. */
	private static final class HaltedException extends RuntimeException {

		private final GraphQLError error;

		HaltedException(GraphQLError error) {
			super(error.getMessage(), null, false, false);
			this.error = error;
		}

	}

}
