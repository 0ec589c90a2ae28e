package dev.kennel.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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
 * A run of an operation's plan. It goes down level by level: a field is called for all of
 * its parents, one field after the other; then what they have asked of loaders is loaded;
 * and when all values of the level are there, the objects among them are the next level's
 * parents.
 *
 * <p>
 * One thread at a time works on it: the one that has started it, or, where a value comes
 * late, the one that has brought the last value of a level.
 *
 * @see <a href="https://spec.graphql.org/September2025/#sec-Execution">GraphQL,
 * execution</a>
 */
final class LevelExecution {

	/** Stands for null where null can't stand. */
	private static final Object VIOLATION = new Object();

	private static final int[] NO_PLACES = {};

	private final ExecutionContext context;

	private final OperationPlan plan;

	private final DataFetcherExceptionHandler exceptionHandler;

	private final ExecutionThreads threads;

	private final LevelLoaders loaders;

	private final ObjectValue root;

	/** Whether a field of the root waits for the one before it, with all below it. */
	private final boolean serial;

	private final CompletableFuture<ExecutionResult> result = new CompletableFuture<>();

	private final List<FoundError> errors = new ArrayList<>();

	/** Where there is an error already, null needs no other. */
	private final Set<List<Object>> errorPaths = new HashSet<>();

	private List<Group> level = new ArrayList<>();

	private List<Group> nextLevel = new ArrayList<>();

	private List<Awaited> awaited = new ArrayList<>();

	private int nextRootField;

	private boolean rootIsNull;

	LevelExecution(ExecutionContext context, OperationPlan plan, boolean serial,
			DataFetcherExceptionHandler exceptionHandler) {
		this.context = context;
		this.plan = plan;
		this.exceptionHandler = exceptionHandler;
		this.threads = ExecutionThreads.of(context.getGraphQLContext());
		this.loaders = new LevelLoaders(context.getDataLoaderRegistry(), this.threads);
		this.root = new ObjectValue(plan.root(), context.getRoot(), context.getLocalContext(), null, null, null,
				ObjectValue.NO_INDEX);
		this.serial = serial;
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
		proceed();
		return this.result;
	}

	private void proceed() {
		run(() -> {
			while (true) {
				if (nextLevelMayBlock() && !this.threads.mayBlock()) {
					this.threads.startBlocking(this::proceed);
					return;
				}
				if (!beginLevel()) {
					break;
				}
				if (!awaitValues()) {
					proceedLater();
					return;
				}
			}
			this.context.addErrors(sortedErrors());
			this.result.complete(new ExecutionResultImpl(this.rootIsNull ? null : this.root, this.context.getErrors()));
		});
	}

	// The outcome is in the result.
	@SuppressWarnings("FutureReturnValueIgnored")
	private void proceedLater() {
		CompletableFuture<?>[] futures = this.awaited.stream()
			.map(Awaited::future)
			.toArray(CompletableFuture<?>[]::new);
		CompletableFuture.allOf(futures).whenComplete((values, failure) -> run(() -> {
			if (awaitValues()) {
				proceed();
			}
			else {
				proceedLater();
			}
		}));
	}

	private void run(Runnable step) {
		try {
			step.run();
		}
		catch (AbortExecutionException ex) {
			this.result.complete(ex.toExecutionResult());
		}
		catch (RuntimeException | Error ex) {
			this.result.completeExceptionally(ex);
		}
	}

	private boolean nextLevelMayBlock() {
		for (Group group : this.nextLevel) {
			if (group.plan.mayBlock()) {
				return true;
			}
		}
		return this.nextLevel.isEmpty() && this.root.plan().mayBlock();
	}

	/** Calls the fields of the next level, if there is one. */
	private boolean beginLevel() {
		List<Group> done = this.level;
		this.level = this.nextLevel;
		done.clear();
		this.nextLevel = done;
		this.loaders.close();
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

	/** Completes the values of a level, if all are there. */
	private boolean awaitValues() {
		if (this.awaited.isEmpty()) {
			return true;
		}
		this.loaders.open();
		for (Awaited value : this.awaited) {
			if (!value.future().isDone()) {
				return false;
			}
		}
		throwIfCancelled();
		List<Awaited> values = this.awaited;
		this.awaited = new ArrayList<>();
		for (Awaited value : values) {
			arrived(value);
		}
		return this.awaited.isEmpty() || awaitValues();
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
		boolean text = field.type().takesText();
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
				failed(call, parent, ex);
				continue;
			}
			if (text && isText(value)) {
				parent.set(field.slot(), value);
			}
			else {
				fetched(call, parent, value);
			}
		}
	}

	private void callController(FieldCall call, ControllerDataFetcher controller, List<ObjectValue> parents) {
		FieldEnvironment first = new FieldEnvironment(call, parents.getFirst());
		@Nullable Object[] shared;
		try {
			shared = controller.shared(first);
		}
		catch (Exception ex) {
			for (ObjectValue parent : parents) {
				failed(call, parent, ex);
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
				failed(call, parent, ex);
				continue;
			}
			fetched(call, parent, value);
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
			failed(call, parent, ex);
			return;
		}
		fetched(call, parent, value);
	}

	private void fetched(FieldCall call, ObjectValue parent, @Nullable Object value) {
		Object fetched = ReactiveSupport
			.fetchedObject((value instanceof CompletionStage<?> stage) ? stage.toCompletableFuture() : value);
		if (fetched instanceof CompletableFuture<?> future) {
			this.awaited.add(new Awaited(call, parent, future, false));
		}
		else {
			complete(call, parent, fetched);
		}
	}

	private void arrived(Awaited value) {
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
		failed(value.call(), value.parent(), failure);
	}

	private void failed(FieldCall call, ObjectValue parent, Throwable failure) {
		FieldEnvironment environment = new FieldEnvironment(call, parent);
		CompletableFuture<?> handled;
		try {
			handled = handle(this.exceptionHandler, environment, failure);
		}
		catch (Exception ex) {
			handled = handle(new SimpleDataFetcherExceptionHandler(), environment, ex);
		}
		Awaited value = new Awaited(call, parent, handled, true);
		if (handled.isDone()) {
			arrived(value);
		}
		else {
			this.awaited.add(value);
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

	/** Puts a field's value into its place. */
	private void complete(FieldCall call, ObjectValue parent, @Nullable Object fetched) {
		Object value = fetched;
		Object localContext = parent.localContext();
		if (value instanceof DataFetcherResult<?> wrapped) {
			localContext = unwrap(call, parent, wrapped, NO_PLACES, localContext);
			value = wrapped.getData();
		}
		Object completed = complete(call, parent, call.plan().type(), unbox(value), localContext, NO_PLACES);
		if (completed == VIOLATION) {
			nullify(parent);
		}
		else {
			parent.set(call.plan().slot(), completed);
		}
	}

	private @Nullable Object unbox(@Nullable Object value) {
		return (value == null || value instanceof String) ? value : this.context.getValueUnboxer().unbox(value);
	}

	private @Nullable Object unwrap(FieldCall call, ObjectValue parent, DataFetcherResult<?> wrapped, int[] places,
			@Nullable Object localContext) {
		for (GraphQLError error : wrapped.getErrors()) {
			add(call, parent, places, error);
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
	 * Completes a value, as the specification calls it.
	 * @return what stands in the response, or {@link #VIOLATION}
	 */
	private @Nullable Object complete(FieldCall call, ObjectValue parent, ValueType type, @Nullable Object unboxed,
			@Nullable Object localContext, int[] places) {
		Object value = unbox(unboxed);
		if (value == null) {
			return absent(call, parent, type, places);
		}
		return switch (type.kind()) {
			case SCALAR, ENUM -> leaf(call, parent, type, value, places);
			case LIST -> list(call, parent, type, value, localContext, places);
			case OBJECT -> object(call, parent, (GraphQLObjectType) type.nullable(), value, localContext, places);
			case ABSTRACT -> {
				GraphQLObjectType actual;
				try {
					actual = resolve(call, parent, type, value, localContext);
				}
				catch (UnresolvedTypeException ex) {
					add(call, parent, places,
							new UnresolvedTypeError(path(call, parent, places), stepInfo(call, parent, places), ex));
					yield absent(call, parent, type, places);
				}
				yield object(call, parent, actual, value, localContext, places);
			}
		};
	}

	private @Nullable Object absent(FieldCall call, ObjectValue parent, ValueType type, int[] places) {
		if (!type.nonNull()) {
			return null;
		}
		ResultPath path = path(call, parent, places);
		if (!this.errorPaths.contains(path.toList())) {
			add(call, parent, places, new NonNullableFieldWasNullError(
					new NonNullableFieldWasNullException(stepInfo(call, parent, places), path)));
		}
		return VIOLATION;
	}

	private static boolean isText(@Nullable Object value) {
		return value instanceof String || value instanceof AsciiText;
	}

	private @Nullable Object leaf(FieldCall call, ObjectValue parent, ValueType type, Object value, int[] places) {
		if (type.takesText() && isText(value)) {
			return value;
		}
		Object written;
		try {
			written = (type.nullable() instanceof GraphQLEnumType enumeration)
					? enumeration.serialize(value, this.context.getGraphQLContext(), this.context.getLocale())
					: type.coercing().serialize(value, this.context.getGraphQLContext(), this.context.getLocale());
		}
		catch (CoercingSerializeException ex) {
			add(call, parent, places, new SerializationError(path(call, parent, places), ex));
			written = null;
		}
		return (written != null) ? written : absent(call, parent, type, places);
	}

	private @Nullable Object list(FieldCall call, ObjectValue parent, ValueType type, Object value,
			@Nullable Object localContext, int[] places) {
		if (!FpKit.isIterable(value)) {
			add(call, parent, places, new TypeMismatchError(path(call, parent, places), type.nullable()));
			return absent(call, parent, type, places);
		}
		List<@Nullable Object> items = new ArrayList<>(
				(value instanceof Collection<?> collection) ? collection.size() : 10);
		int[] inner = Arrays.copyOf(places, places.length + 1);
		boolean violated = false;
		for (Object item : FpKit.<@Nullable Object>toIterable(value)) {
			inner[places.length] = items.size();
			Object itemContext = localContext;
			Object itemValue = item;
			if (item instanceof DataFetcherResult<?> wrapped) {
				itemContext = unwrap(call, parent, wrapped, inner, localContext);
				itemValue = wrapped.getData();
			}
			Object completed = complete(call, parent, type.item(), unbox(itemValue), itemContext, inner);
			violated |= completed == VIOLATION;
			items.add(completed);
		}
		if (violated) {
			return type.nonNull() ? VIOLATION : null;
		}
		return new ListValue(items.toArray());
	}

	private ObjectValue object(FieldCall call, ObjectValue parent, GraphQLObjectType type, Object value,
			@Nullable Object localContext, int[] places) {
		ObjectPlan plan = call.plan().object(type);
		int[] outer = (places.length > 1) ? Arrays.copyOf(places, places.length - 1) : null;
		int index = (places.length > 0) ? places[places.length - 1] : ObjectValue.NO_INDEX;
		ObjectValue object = new ObjectValue(plan, value, localContext, parent, call.plan(), outer, index);
		group(plan).objects.add(object);
		return object;
	}

	private Group group(ObjectPlan plan) {
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

	// A resolver may still read it.
	@SuppressWarnings("deprecation")
	private GraphQLObjectType resolve(FieldCall call, ObjectValue parent, ValueType type, Object value,
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
	 * Takes an object out of the response, and what is around it as far as it may not be
	 * null. What is below it goes on: its errors are reported as well.
	 */
	private void nullify(ObjectValue violated) {
		ObjectValue object = violated;
		while (true) {
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
	 * Takes an object out of its parent.
	 * @return whether the parent has to go as well
	 */
	private static boolean nullify(ObjectValue parent, ObjectValue object) {
		int slot = object.field().slot();
		int depth = (object.outer() != null) ? object.outer().length + 1
				: ((object.index() != ObjectValue.NO_INDEX) ? 1 : 0);
		ValueType[] types = new ValueType[depth + 1];
		Object[] containers = new Object[depth];
		types[0] = object.field().type();
		Object current = parent.cell(slot);
		for (int level = 0; level < depth; level++) {
			// Whatever has taken it out has seen to what is around it.
			if (!(current instanceof ListValue list)) {
				return false;
			}
			containers[level] = list;
			types[level + 1] = types[level].item();
			current = list.get(place(object, level, depth));
		}
		for (int level = depth; level > 0; level--) {
			((ListValue) containers[level - 1]).nullify(place(object, level - 1, depth));
			if (!types[level].nonNull()) {
				return false;
			}
		}
		parent.set(slot, null);
		return types[0].nonNull();
	}

	private static int place(ObjectValue object, int level, int depth) {
		int[] outer = object.outer();
		return (level == depth - 1 || outer == null) ? object.index() : outer[level];
	}

	private static ResultPath path(FieldCall call, ObjectValue parent, int[] places) {
		ResultPath path = call.path(parent);
		for (int place : places) {
			path = path.segment(place);
		}
		return path;
	}

	private static ExecutionStepInfo stepInfo(FieldCall call, ObjectValue parent, int[] places) {
		ExecutionStepInfo info = call.stepInfo(parent);
		for (int place : places) {
			info = FieldCall.itemStepInfo(info, place);
		}
		return info;
	}

	private void add(FieldCall call, ObjectValue parent, int[] places, GraphQLError error) {
		List<Object> path = error.getPath();
		if (path != null) {
			this.errorPaths.add(List.copyOf(path));
		}
		this.errors.add(new FoundError(order(call.plan(), parent, places), error));
	}

	/** The place of a value in the response, as numbers. */
	private static int[] order(FieldPlan field, ObjectValue parent, int[] places) {
		int[] own = new int[places.length + 1];
		own[0] = field.slot();
		System.arraycopy(places, 0, own, 1, places.length);
		if (parent.parent() == null) {
			return own;
		}
		int[] outer = (parent.outer() != null) ? parent.outer() : NO_PLACES;
		int[] parentPlaces = outer;
		if (parent.index() != ObjectValue.NO_INDEX) {
			parentPlaces = Arrays.copyOf(outer, outer.length + 1);
			parentPlaces[outer.length] = parent.index();
		}
		int[] before = order(parent.field(), parent.parent(), parentPlaces);
		int[] order = Arrays.copyOf(before, before.length + own.length);
		System.arraycopy(own, 0, order, before.length, own.length);
		return order;
	}

	/** Errors stand in the order of the response, whatever came first. */
	private List<GraphQLError> sortedErrors() {
		this.errors.sort((one, other) -> Arrays.compare(one.order, other.order));
		return this.errors.stream().map(FoundError::error).toList();
	}

	/** The objects of a level that share a plan. */
	private static final class Group {

		private final ObjectPlan plan;

		private final List<ObjectValue> objects = new ArrayList<>();

		Group(ObjectPlan plan) {
			this.plan = plan;
		}

	}

	/**
	 * A value that comes later.
	 *
	 * @param call the field
	 * @param parent the object
	 * @param future what it comes with
	 * @param handled whether it is what the exception handler has made of a failure
	 */
	private record Awaited(FieldCall call, ObjectValue parent, CompletableFuture<?> future, boolean handled) {
	}

	/** An error, and the place in the response that it belongs to. */
	private static final class FoundError {

		private final int[] order;

		private final GraphQLError error;

		FoundError(int[] order, GraphQLError error) {
			this.order = order;
			this.error = error;
		}

		GraphQLError error() {
			return this.error;
		}

	}

}
