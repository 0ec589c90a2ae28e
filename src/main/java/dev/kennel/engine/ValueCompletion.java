package dev.kennel.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import dev.kennel.engine.plan.ObjectPlan;
import dev.kennel.engine.plan.StreamUsage;
import dev.kennel.engine.plan.ValueType;
import graphql.GraphQLError;
import graphql.SerializationError;
import graphql.TypeMismatchError;
import graphql.TypeResolutionEnvironment;
import graphql.UnresolvedTypeError;
import graphql.execution.DataFetcherResult;
import graphql.execution.ExecutionContext;
import graphql.execution.ExecutionStepInfo;
import graphql.execution.NonNullableFieldWasNullError;
import graphql.execution.NonNullableFieldWasNullException;
import graphql.execution.ResultPath;
import graphql.execution.TypeResolutionParameters;
import graphql.execution.UnresolvedTypeException;
import graphql.extensions.ExtensionsBuilder;
import graphql.schema.CoercingSerializeException;
import graphql.schema.GraphQLEnumType;
import graphql.schema.GraphQLInterfaceType;
import graphql.schema.GraphQLNamedOutputType;
import graphql.schema.GraphQLObjectType;
import graphql.schema.GraphQLUnionType;
import graphql.schema.TypeResolver;
import graphql.util.FpKit;
import org.jspecify.annotations.Nullable;

/**
 * Value completion: turns what a field has returned into its value in the response, and
 * propagates null from a non-null position. Confined to the thread of the
 * {@link LevelExecution}.
 *
 * @see <a href="https://spec.graphql.org/September2025/#sec-Value-Completion">GraphQL,
 * value completion</a>
 */
final class ValueCompletion {

	/** The marker of a null at a non-null position. */
	private static final Object NON_NULL_VIOLATION = new Object();

	private static final int[] NO_INDEXES = {};

	private final ExecutionContext context;

	private final ErrorBehavior errorBehavior;

	private final ResponseErrors errors;

	private final @Nullable IncrementalExecution incremental;

	private final Consumer<ResponseObject> nextLevel;

	private boolean rootIsNull;

	/**
	 * Creates the completion of an execution's values.
	 * @param context the operation
	 * @param errors the errors of the response
	 * @param incremental receives the items of streamed lists, or null if the result is
	 * whole
	 * @param nextLevel receives each object, whose fields are called next
	 */
	ValueCompletion(ExecutionContext context, ResponseErrors errors, @Nullable IncrementalExecution incremental,
			Consumer<ResponseObject> nextLevel) {
		this.context = context;
		this.errorBehavior = ErrorBehavior.of(context);
		this.errors = errors;
		this.incremental = incremental;
		this.nextLevel = nextLevel;
	}

	/** Returns whether a null has propagated to the root of the response. */
	boolean isRootNull() {
		return this.rootIsNull;
	}

	/** Completes the value of a field and sets it in the parent object. */
	void complete(FieldCall call, ResponseObject parent, @Nullable Object fetched) {
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

	private @Nullable Object unwrap(FieldCall call, ResponseObject parent, DataFetcherResult<?> wrapped, int[] indexes,
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
	private @Nullable Object complete(FieldCall call, ResponseObject parent, ValueType type, @Nullable Object unboxed,
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

	private @Nullable Object completeNull(FieldCall call, ResponseObject parent, ValueType type, int[] indexes) {
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

	private @Nullable Object completeLeaf(FieldCall call, ResponseObject parent, ValueType type, Object value,
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

	private @Nullable Object completeList(FieldCall call, ResponseObject parent, ValueType type, Object value,
			@Nullable Object localContext, int[] indexes) {
		if (!FpKit.isIterable(value)) {
			addError(call, parent, indexes, new TypeMismatchError(path(call, parent, indexes), type.nullable()));
			return completeNull(call, parent, type, indexes);
		}
		StreamUsage usage = (indexes.length == 0) ? call.plan().streamUsage() : null;
		int initialCount = (usage != null) ? usage.initialCount(this.context.getCoercedVariables().toMap())
				: Integer.MAX_VALUE;
		if (initialCount < 0) {
			addError(call, parent, indexes, StreamUsage.negativeInitialCount(path(call, parent, indexes),
					call.plan().field().getSingleField().getSourceLocation()));
			return completeNull(call, parent, type, indexes);
		}
		List<@Nullable Object> items = new ArrayList<>(
				(value instanceof Collection<?> collection) ? Math.min(collection.size(), initialCount) : 10);
		List<@Nullable Object> laterItems = (usage != null) ? new ArrayList<>() : List.of();
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
		ResponseList list = new ResponseList(items.toArray());
		if (usage != null && this.incremental != null && !laterItems.isEmpty()) {
			this.incremental.add(new StreamedItems(parent, call.plan(), usage, list, laterItems, localContext));
		}
		return list;
	}

	private @Nullable Object completeItem(FieldCall call, ResponseObject parent, ValueType listType,
			@Nullable Object item, @Nullable Object localContext, int[] indexes) {
		Object itemContext = localContext;
		Object itemValue = item;
		if (item instanceof DataFetcherResult<?> wrapped) {
			itemContext = unwrap(call, parent, wrapped, indexes, localContext);
			itemValue = wrapped.getData();
		}
		return complete(call, parent, listType.item(), unbox(itemValue), itemContext, indexes);
	}

	/** Completes the items of a list that are delivered after the first ones. */
	void completeItems(StreamedItems streamed, FieldCall call) {
		@Nullable Object[] items = new Object[streamed.initialCount() + streamed.laterValues().size()];
		streamed.set(call.plan().slot(), new ResponseList(items));
		int[] indexes = new int[1];
		for (int index = streamed.initialCount(); index < items.length; index++) {
			indexes[0] = index;
			Object completed = completeItem(call, streamed, call.plan().type(),
					streamed.laterValues().get(index - streamed.initialCount()), streamed.itemContext(), indexes);
			if (completed == NON_NULL_VIOLATION) {
				streamed.failAt(index);
			}
			else {
				items[index] = completed;
			}
		}
	}

	private ResponseObject completeObject(FieldCall call, ResponseObject parent, GraphQLObjectType type, Object value,
			@Nullable Object localContext, int[] indexes) {
		ObjectPlan plan = call.plan().objectPlan(type);
		int[] outer = (indexes.length > 1) ? Arrays.copyOf(indexes, indexes.length - 1) : null;
		int index = (indexes.length > 0) ? indexes[indexes.length - 1] : ResponseObject.NO_INDEX;
		ResponseObject object = new ResponseObject(plan, value, localContext, parent, call.plan(), outer, index);
		this.nextLevel.accept(object);
		return object;
	}

	static boolean isString(@Nullable Object value) {
		return value instanceof String || value instanceof AsciiText;
	}

	// A type resolver may still read the deprecated context.
	@SuppressWarnings("deprecation")
	private GraphQLObjectType resolveType(FieldCall call, ResponseObject parent, ValueType type, Object value,
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
	private void nullify(ResponseObject violated) {
		ResponseObject object = violated;
		while (true) {
			if (object instanceof ExecutionGroup fragment) {
				fragment.fail();
				return;
			}
			ResponseObject parent = object.parent();
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
	private static boolean nullify(ResponseObject parent, ResponseObject object) {
		int slot = object.field().slot();
		int[] indexes = object.indexes();
		int depth = indexes.length;
		ValueType[] types = new ValueType[depth + 1];
		Object[] containers = new Object[depth];
		types[0] = object.field().type();
		Object current = parent.cell(slot);
		for (int nesting = 0; nesting < depth; nesting++) {
			// An earlier null has replaced the list, and has been propagated.
			if (!(current instanceof ResponseList list)) {
				return false;
			}
			containers[nesting] = list;
			types[nesting + 1] = types[nesting].item();
			current = list.get(indexes[nesting]);
		}
		for (int nesting = depth; nesting > 0; nesting--) {
			((ResponseList) containers[nesting - 1]).nullify(indexes[nesting - 1]);
			if (!types[nesting].nonNull()) {
				return false;
			}
		}
		if (parent instanceof StreamedItems items) {
			items.failAt(indexes[0]);
			return false;
		}
		parent.set(slot, null);
		return types[0].nonNull();
	}

	private static ResultPath path(FieldCall call, ResponseObject parent, int[] indexes) {
		ResultPath path = call.path(parent);
		for (int index : indexes) {
			path = path.segment(index);
		}
		return path;
	}

	private static ExecutionStepInfo stepInfo(FieldCall call, ResponseObject parent, int[] indexes) {
		ExecutionStepInfo info = call.stepInfo(parent);
		for (int index : indexes) {
			info = FieldCall.itemStepInfo(info, index);
		}
		return info;
	}

	private void addError(FieldCall call, ResponseObject parent, int[] indexes, GraphQLError error) {
		if (this.errorBehavior == ErrorBehavior.HALT) {
			throw new HaltedException(error);
		}
		this.errors.add(call.plan(), parent, indexes, error);
	}

	/** Ends the execution at its first error. */
	static final class HaltedException extends RuntimeException {

		private final GraphQLError error;

		HaltedException(GraphQLError error) {
			super(error.getMessage(), null, false, false);
			this.error = error;
		}

		GraphQLError error() {
			return this.error;
		}

	}

}
