package dev.kennel.graphql.cost;

import java.util.Collection;
import java.util.Map;

import dev.kennel.graphql.cost.OperationCost.Quantity;
import graphql.language.Argument;
import graphql.language.ArrayValue;
import graphql.language.Field;
import graphql.language.IntValue;
import graphql.language.NullValue;
import graphql.language.Value;
import graphql.language.VariableReference;
import graphql.schema.GraphQLArgument;
import graphql.schema.GraphQLFieldDefinition;
import graphql.schema.GraphQLList;
import graphql.schema.GraphQLType;
import graphql.schema.GraphQLTypeUtil;
import org.jspecify.annotations.Nullable;

/**
 * Counts the objects that a field returns for each parent, at most: the page size of a
 * list that has pages, or the number of elements in an argument that is a list.
 */
final class ObjectCount {

	private static final int NO_SIZE = -1;

	private final PageSizes pageSizes;

	private final Map<String, @Nullable Value<?>> defaults;

	/**
	 * Creates a counter.
	 * @param pageSizes the default and maximum page size
	 * @param defaults the default values of the variables
	 */
	ObjectCount(PageSizes pageSizes, Map<String, @Nullable Value<?>> defaults) {
		this.pageSizes = pageSizes;
		this.defaults = defaults;
	}

	/**
	 * Returns the number of objects.
	 * @param pages whether the field is a connection of which rows are selected
	 */
	Quantity of(GraphQLFieldDefinition definition, Field field, boolean pages) {
		int defaultSize = this.pageSizes.defaultSize();
		boolean list = isList(definition.getType());
		if (pages || (list && definition.getArgument("first") != null)) {
			Size first = size(definition, field, "first");
			Size last = size(definition, field, "last");
			return (variables) -> pageSize(first.of(variables), last.of(variables), defaultSize);
		}
		if (!list) {
			return Quantity.ONE;
		}
		for (GraphQLArgument argument : definition.getArguments()) {
			if (isList(argument.getType())) {
				Value<?> value = argument(field, argument.getName());
				return (variables) -> elements(value, variables);
			}
		}
		return (variables) -> defaultSize;
	}

	/**
	 * A page size out of range, and two page sizes, are BAD_USER_INPUT: the field returns
	 * no objects.
	 */
	private int pageSize(int first, int last, int defaultSize) {
		if (first != NO_SIZE && last != NO_SIZE) {
			return 0;
		}
		int size = Math.max(first, last);
		if (size == NO_SIZE) {
			return defaultSize;
		}
		return (size <= this.pageSizes.maxSize()) ? size : 0;
	}

	/** The page size of an argument, or {@link #NO_SIZE}. */
	@FunctionalInterface
	private interface Size {

		int of(Map<String, ? extends @Nullable Object> variables);

	}

	private Size size(GraphQLFieldDefinition definition, Field field, String name) {
		GraphQLArgument argument = definition.getArgument(name);
		Value<?> value = (argument != null) ? argument(field, name) : null;
		return switch (value) {
			case null -> (variables) -> NO_SIZE;
			case NullValue nothing -> (variables) -> NO_SIZE;
			case IntValue literal -> {
				int size = size(literal.getValue());
				yield (variables) -> size;
			}
			case VariableReference reference -> {
				int defaultValue = (this.defaults.get(reference.getName()) instanceof IntValue literal)
						? size(literal.getValue()) : NO_SIZE;
				String variable = reference.getName();
				yield (variables) -> {
					Object sent = variables.get(variable);
					if (sent == null) {
						return variables.containsKey(variable) ? NO_SIZE : defaultValue;
					}
					return size(sent);
				};
			}
			default -> (variables) -> 0;
		};
	}

	/**
	 * Any other value is refused by the engine or by the field, which returns no objects.
	 */
	private static int size(Object value) {
		return (value instanceof Number number && number.intValue() == number.doubleValue())
				? Math.max(number.intValue(), 0) : 0;
	}

	private int elements(@Nullable Value<?> value, Map<String, ? extends @Nullable Object> variables) {
		return switch (value) {
			case null -> 0;
			case NullValue nothing -> 0;
			case ArrayValue list -> list.getValues().size();
			case VariableReference reference -> {
				Object sent = variables.get(reference.getName());
				if (sent == null && !variables.containsKey(reference.getName())) {
					yield elements(this.defaults.get(reference.getName()), variables);
				}
				yield (sent instanceof Collection<?> list) ? list.size() : ((sent != null) ? 1 : 0);
			}
			// A single value is coerced to a list of one.
			default -> 1;
		};
	}

	/** Returns the value of an argument in the document, or null if it is absent. */
	static @Nullable Value<?> argument(Field field, String name) {
		for (Argument argument : field.getArguments()) {
			if (argument.getName().equals(name)) {
				return argument.getValue();
			}
		}
		return null;
	}

	private static boolean isList(GraphQLType type) {
		return GraphQLTypeUtil.unwrapNonNull(type) instanceof GraphQLList;
	}

}
