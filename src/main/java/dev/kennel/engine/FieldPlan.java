package dev.kennel.engine;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

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
 * A field of an object, with everything about it that does not depend on the request.
 */
final class FieldPlan {

	/** 208 as measured, with its share of the object's plan, and some more. */
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

	/** Those of a field without variables, once they have been coerced. */
	private volatile @Nullable ImmutableMapWithNullValues<String, Object> arguments;

	/** The last class that the property was read of: mostly it is the only one. */
	private volatile PropertyGetter bound = PropertyGetter.none();

	/** By type; there are few, so they are looked through. */
	private volatile ObjectPlan[] objects = {};

	FieldPlan(OperationPlan operation, GraphQLObjectType parent, MergedField field, int slot, int level) {
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

	private static @Nullable String property(DataFetcher<?> fetcher, GraphQLFieldDefinition definition) {
		// Their subclasses may do anything.
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

	GraphQLObjectType parent() {
		return this.parent;
	}

	MergedField field() {
		return this.field;
	}

	String key() {
		return this.field.getResultKey();
	}

	/** The response's name as JSON, with what comes before it, quotes and colon. */
	byte[] jsonName() {
		return this.jsonName;
	}

	GraphQLFieldDefinition definition() {
		return this.definition;
	}

	/** The field's place among those of its object. */
	int slot() {
		return this.slot;
	}

	/** How many fields lead here, with this one. */
	int level() {
		return this.level;
	}

	Access access() {
		return this.access;
	}

	/** Whether the thread that calls it may have to wait. */
	boolean mayBlock() {
		return switch (this.access) {
			case TYPE_NAME, PROPERTY -> false;
			case CONTROLLER -> ((ControllerDataFetcher) this.fetcher).mayBlock();
			case LIGHT, FETCHER -> !(this.fetcher instanceof TrivialDataFetcher);
		};
	}

	DataFetcher<?> fetcher() {
		return this.fetcher;
	}

	ValueType type() {
		return this.type;
	}

	/** The getter of the property in objects of a class, or null if there is none. */
	@Nullable Function<Object, @Nullable Object> getter(Class<?> source) {
		PropertyGetter property = this.bound;
		if (!property.isOf(source)) {
			property = PropertyGetter.of(source, Objects.requireNonNull(this.property));
			this.bound = property;
		}
		return property.getter();
	}

	/** The arguments' values: those that depend on no variable are coerced once. */
	ImmutableMapWithNullValues<String, Object> arguments(ExecutionContext context) {
		ImmutableMapWithNullValues<String, Object> known = this.arguments;
		if (known != null) {
			return known;
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

	/** The memory that it takes, without arguments and what is below it. */
	long bytes() {
		return BYTES + (long) this.field.getFields().size() * BYTES_PER_MERGED_FIELD;
	}

	/** The plan of this field's object, if it is of this type. */
	ObjectPlan object(GraphQLObjectType objectType) {
		for (ObjectPlan plan : this.objects) {
			if (plan.type().equals(objectType)) {
				return plan;
			}
		}
		return addObject(objectType);
	}

	private synchronized ObjectPlan addObject(GraphQLObjectType objectType) {
		ObjectPlan[] known = this.objects;
		for (ObjectPlan plan : known) {
			if (plan.type().equals(objectType)) {
				return plan;
			}
		}
		ObjectPlan plan = this.operation.compile(objectType, this.field, this.level + 1);
		ObjectPlan[] more = Arrays.copyOf(known, known.length + 1);
		more[known.length] = plan;
		this.objects = more;
		return plan;
	}

	@Override
	public String toString() {
		return this.parent.getName() + "." + AstPrinter.printAstCompact(this.field.getSingleField());
	}

	/** How a field's value is found. */
	enum Access {

		/** It is the name of the object's type. */
		TYPE_NAME,

		/** By a getter that can be bound. */
		PROPERTY,

		/** By a controller's method. */
		CONTROLLER,

		/** By a fetcher that mostly needs no environment. */
		LIGHT,

		/** By a fetcher. */
		FETCHER

	}

}
