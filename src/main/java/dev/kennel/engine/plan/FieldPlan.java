package dev.kennel.engine.plan;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

import dev.kennel.engine.plan.DeferredFieldCollector.SelectedField;
import graphql.TrivialDataFetcher;
import graphql.collect.ImmutableMapWithNullValues;
import graphql.execution.ExecutionContext;
import graphql.execution.MergedField;
import graphql.execution.ValuesResolver;
import graphql.execution.values.InputInterceptor;
import graphql.introspection.Introspection;
import graphql.language.Argument;
import graphql.language.AstPrinter;
import graphql.language.Node;
import graphql.language.VariableReference;
import graphql.schema.DataFetcher;
import graphql.schema.GraphQLFieldDefinition;
import graphql.schema.GraphQLObjectType;
import graphql.schema.LightDataFetcher;
import graphql.schema.PropertyDataFetcher;
import graphql.schema.SingletonPropertyDataFetcher;
import org.jspecify.annotations.Nullable;

/**
 * A field of an object type, with everything that does not depend on the request.
 */
public final class FieldPlan {

	/** Measured: 208, including the share of the {@link ObjectPlan}; rounded up. */
	private static final int BYTES = 256;

	/** A reference to a field of the document. */
	private static final int BYTES_PER_MERGED_FIELD = 8;

	/** An entry of a map or of a list, with its value. */
	private static final int BYTES_PER_ARGUMENT = 64;

	private final OperationPlan operation;

	private final GraphQLObjectType parent;

	private final MergedField field;

	private final GraphQLFieldDefinition definition;

	private final int slot;

	private final int level;

	private final byte[] jsonName;

	private final Access access;

	private final DataFetcher<?> fetcher;

	private final @Nullable String property;

	private final ValueType type;

	private final boolean constantArguments;

	private final RequiredVariables requiredVariables;

	/** The coerced arguments of a field without variables. */
	private volatile @Nullable ImmutableMapWithNullValues<String, Object> arguments;

	/** The getter of the last source class, which is mostly the only one. */
	private volatile PropertyGetter lastGetter = PropertyGetter.none();

	/** What an operation with incremental delivery has to know, or null. */
	private final @Nullable Incremental incremental;

	/** The field of streamed items, created on first use. */
	private volatile @Nullable FieldPlan streamedItems;

	/** One for each object type; they are few, and searched linearly. */
	private volatile ObjectPlan[] objectPlans = {};

	FieldPlan(OperationPlan operation, GraphQLObjectType parent, MergedField field, int slot, int level) {
		this(operation, parent, field, null, slot, level);
	}

	/** Creates a field of an operation with incremental delivery. */
	FieldPlan(OperationPlan operation, GraphQLObjectType parent, List<SelectedField> fields, Set<DeferUsage> group,
			int slot, int level) {
		this(operation, parent, SelectedField.merge(fields),
				new Incremental(fields, group, operation.streamUsage(fields)), slot, level);
	}

	private FieldPlan(OperationPlan operation, GraphQLObjectType parent, MergedField field,
			@Nullable Incremental incremental, int slot, int level) {
		this.incremental = incremental;
		this.operation = operation;
		this.parent = parent;
		this.field = field;
		this.slot = slot;
		this.level = level;
		this.definition = Introspection.getFieldDefinition(operation.schema(), parent, field.getName());
		this.jsonName = (((slot == 0) ? "{\"" : ",\"") + field.getResultKey() + "\":")
			.getBytes(StandardCharsets.US_ASCII);
		this.fetcher = operation.schema().getCodeRegistry().getDataFetcher(parent, this.definition);
		this.type = ValueType.of(this.definition.getType());
		this.property = property(this.fetcher, this.definition);
		this.access = access(this.definition, this.fetcher, this.property);
		this.constantArguments = field.getArguments().stream().noneMatch(FieldPlan::hasVariables);
		this.requiredVariables = RequiredVariables.ofArguments(field.getArguments(), this.definition.getArguments());
	}

	/**
	 * A field of an operation with incremental delivery.
	 *
	 * @param fields the selections of the field, with their deferred fragments
	 * @param group the deferred fragments whose fields are executed
	 * @param stream the {@code @stream} of the list, or null
	 */
	record Incremental(List<SelectedField> fields, Set<DeferUsage> group, @Nullable StreamUsage stream) {

		/** Streamed items are delivered by themselves, whatever the list is part of. */
		Incremental ofStreamedItems() {
			return new Incremental(
					this.fields.stream().map((selected) -> new SelectedField(selected.field(), null)).toList(),
					Set.of(), null);
		}

	}

	private static @Nullable String property(DataFetcher<?> fetcher, GraphQLFieldDefinition definition) {
		// A subclass may override get().
		if (fetcher.getClass() == SingletonPropertyDataFetcher.class) {
			return definition.getName();
		}
		return (fetcher.getClass() == PropertyDataFetcher.class) ? ((PropertyDataFetcher<?>) fetcher).getPropertyName()
				: null;
	}

	private static Access access(GraphQLFieldDefinition definition, DataFetcher<?> fetcher, @Nullable String property) {
		if (definition.equals(Introspection.TypeNameMetaFieldDef)) {
			return Access.TYPE_NAME;
		}
		if (property != null) {
			return Access.PROPERTY;
		}
		if (fetcher instanceof ControllerDataFetcher) {
			return Access.CONTROLLER;
		}
		return (fetcher instanceof LightDataFetcher) ? Access.LIGHT : Access.FETCHER;
	}

	private static boolean hasVariables(Argument argument) {
		return hasVariables((Node<?>) argument);
	}

	private static boolean hasVariables(Node<?> node) {
		return node instanceof VariableReference || node.getChildren().stream().anyMatch(FieldPlan::hasVariables);
	}

	/** Returns the object type that has the field. */
	public GraphQLObjectType parent() {
		return this.parent;
	}

	/** Returns the selections of the document that are merged into the field. */
	public MergedField field() {
		return this.field;
	}

	/** Returns the response name. */
	public String key() {
		return this.field.getResultKey();
	}

	/** Returns the response name as JSON, including brace or comma, quotes and colon. */
	public byte[] jsonName() {
		return this.jsonName;
	}

	/** Returns the definition in the schema. */
	public GraphQLFieldDefinition definition() {
		return this.definition;
	}

	/** Returns the index of the field in its object. */
	public int slot() {
		return this.slot;
	}

	/** Returns the depth of the field, which is 1 for a root field. */
	int level() {
		return this.level;
	}

	/** Returns how the value is fetched. */
	public Access access() {
		return this.access;
	}

	/** Returns whether the data fetcher may block the calling thread. */
	boolean mayBlock() {
		return switch (this.access) {
			case TYPE_NAME, PROPERTY -> false;
			case CONTROLLER -> ((ControllerDataFetcher) this.fetcher).mayBlock();
			case LIGHT, FETCHER -> !(this.fetcher instanceof TrivialDataFetcher);
		};
	}

	/** Returns the data fetcher. */
	public DataFetcher<?> fetcher() {
		return this.fetcher;
	}

	/** Returns the type of the value. */
	public ValueType type() {
		return this.type;
	}

	/** Returns the getter of the property for a source class, or null if unbound. */
	public @Nullable Function<Object, @Nullable Object> getter(Class<?> source) {
		PropertyGetter propertyGetter = this.lastGetter;
		if (!propertyGetter.appliesTo(source)) {
			propertyGetter = PropertyGetter.of(source, Objects.requireNonNull(this.property));
			this.lastGetter = propertyGetter;
		}
		return propertyGetter.getter();
	}

	/** Returns the argument values. Without variables, they are coerced once. */
	public ImmutableMapWithNullValues<String, Object> arguments(ExecutionContext context) {
		ImmutableMapWithNullValues<String, Object> constant = this.arguments;
		if (constant != null) {
			return constant;
		}
		if (this.definition.getArguments().isEmpty()) {
			return ImmutableMapWithNullValues.emptyMap();
		}
		this.requiredVariables.check(context.getCoercedVariables().toMap());
		Map<String, Object> values = ValuesResolver.getArgumentValues(context.getGraphQLSchema().getCodeRegistry(),
				this.definition.getArguments(), this.field.getArguments(), context.getCoercedVariables(),
				context.getGraphQLContext(), context.getLocale());
		ImmutableMapWithNullValues<String, Object> copy = ImmutableMapWithNullValues.copyOf(values);
		if (this.constantArguments && context.getGraphQLContext().get(InputInterceptor.class) == null) {
			this.arguments = copy;
			this.operation.grow((long) countValues(copy) * BYTES_PER_ARGUMENT);
		}
		return copy;
	}

	private static int countValues(@Nullable Object value) {
		Collection<?> members = (value instanceof Map<?, ?> map) ? map.values()
				: ((value instanceof Collection<?> list) ? list : List.of());
		int count = 1;
		for (Object member : members) {
			count += countValues(member);
		}
		return count;
	}

	/** Returns the size in memory, without arguments and nested plans. */
	long bytes() {
		return BYTES + (long) this.field.getFields().size() * BYTES_PER_MERGED_FIELD;
	}

	/** Returns the plan of the field's selection set for an object type. */
	public ObjectPlan objectPlan(GraphQLObjectType objectType) {
		for (ObjectPlan plan : this.objectPlans) {
			if (plan.type().equals(objectType)) {
				return plan;
			}
		}
		return addObjectPlan(objectType);
	}

	/** Returns the {@code @stream} of the list, or null. */
	public @Nullable StreamUsage streamUsage() {
		return (this.incremental != null) ? this.incremental.stream() : null;
	}

	/** Returns the field that streamed items are values of. */
	public FieldPlan streamedItems() {
		FieldPlan items = this.streamedItems;
		if (items == null) {
			Incremental streamed = Objects.requireNonNull(this.incremental).ofStreamedItems();
			items = new FieldPlan(this.operation, this.parent, this.field, streamed, this.slot, this.level);
			this.operation.grow(items.bytes());
			this.streamedItems = items;
		}
		return items;
	}

	private synchronized ObjectPlan addObjectPlan(GraphQLObjectType objectType) {
		ObjectPlan[] existing = this.objectPlans;
		for (ObjectPlan plan : existing) {
			if (plan.type().equals(objectType)) {
				return plan;
			}
		}
		ObjectPlan plan = (this.incremental != null)
				? this.operation.compile(objectType, this.incremental, this.level + 1)
				: this.operation.compile(objectType, this.field, this.level + 1);
		ObjectPlan[] extended = Arrays.copyOf(existing, existing.length + 1);
		extended[existing.length] = plan;
		this.objectPlans = extended;
		return plan;
	}

	@Override
	public String toString() {
		return this.parent.getName() + "." + AstPrinter.printAstCompact(this.field.getSingleField());
	}

	/** How the value of a field is fetched. */
	public enum Access {

		/** From the name of the object type. */
		TYPE_NAME,

		/** By a property getter. */
		PROPERTY,

		/** By a {@link ControllerDataFetcher}. */
		CONTROLLER,

		/** By a {@link LightDataFetcher}, which mostly needs no environment. */
		LIGHT,

		/** By any other {@link DataFetcher}. */
		FETCHER

	}

}
