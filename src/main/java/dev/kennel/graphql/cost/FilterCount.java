package dev.kennel.graphql.cost;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import dev.kennel.graphql.cost.OperationCost.Quantity;
import graphql.language.ArrayValue;
import graphql.language.ObjectField;
import graphql.language.ObjectValue;
import graphql.language.Value;
import graphql.language.VariableReference;
import graphql.schema.GraphQLInputObjectField;
import graphql.schema.GraphQLInputObjectType;
import graphql.schema.GraphQLType;
import graphql.schema.GraphQLTypeUtil;
import org.jspecify.annotations.Nullable;

/**
 * Counts the filters within a filter: those in {@code and}, {@code or} and {@code not},
 * and those on related objects. A filter is an input object whose type can be combined by
 * {@code and}; comparisons, such as {@code {eq: "Rex"}}, are none.
 */
final class FilterCount {

	/**
	 * More than any valid filter needs. A variable that has more is not counted further,
	 * since many fields may have it as their filter. Its cost is out of any limit, so
	 * that it is refused before it is bound: 90,000 empty filters took seconds.
	 */
	private static final int MAX_COUNT = 1_000;

	private final Map<String, @Nullable Value<?>> defaults;

	/**
	 * Creates a counter.
	 * @param defaults the default values of the variables
	 */
	FilterCount(Map<String, @Nullable Value<?>> defaults) {
		this.defaults = defaults;
	}

	/** Returns the number of filters within the value of an argument, without itself. */
	Quantity of(GraphQLType type, Value<?> value) {
		List<Quantity> ofVariables = new ArrayList<>();
		int literals = ofLiteral(type, value, ofVariables) - 1;
		if (ofVariables.isEmpty()) {
			return (literals > 0) ? (variables) -> literals : Quantity.ZERO;
		}
		return (variables) -> {
			long sum = literals;
			for (Quantity ofVariable : ofVariables) {
				sum += ofVariable.of(variables);
			}
			return Math.clamp(sum, 0, OperationCost.SATURATED);
		};
	}

	/** The size of a document is limited, so that it can be counted to its end. */
	private int ofLiteral(GraphQLType type, @Nullable Value<?> value, List<Quantity> ofVariables) {
		return switch (value) {
			case ArrayValue list ->
				list.getValues().stream().mapToInt((element) -> ofLiteral(type, element, ofVariables)).sum();
			case ObjectValue object when GraphQLTypeUtil.unwrapAll(type) instanceof GraphQLInputObjectType input -> {
				int count = isFilter(input) ? 1 : 0;
				for (ObjectField member : object.getObjectFields()) {
					GraphQLInputObjectField declared = input.getFieldDefinition(member.getName());
					count += (declared != null) ? ofLiteral(declared.getType(), member.getValue(), ofVariables) : 0;
				}
				yield count;
			}
			case VariableReference reference -> {
				if (GraphQLTypeUtil.unwrapAll(type) instanceof GraphQLInputObjectType) {
					int ofDefault = ofLiteral(type, this.defaults.get(reference.getName()), ofVariables);
					String variable = reference.getName();
					ofVariables.add((variables) -> variables.containsKey(variable)
							? saturated(add(0, type, variables.get(variable))) : ofDefault);
				}
				yield 0;
			}
			case null, default -> 0;
		};
	}

	/**
	 * Adds the filters of a variable to a count. The nesting of variables is limited
	 * before, and that of their JSON by its parser.
	 */
	private static int add(int count, GraphQLType type, @Nullable Object value) {
		if (count > MAX_COUNT) {
			return count;
		}
		return switch (value) {
			case Collection<?> list -> {
				int sum = count;
				for (Object element : list) {
					sum = add(sum, type, element);
				}
				yield sum;
			}
			case Map<?, ?> object when GraphQLTypeUtil.unwrapAll(type) instanceof GraphQLInputObjectType input -> {
				int sum = count + (isFilter(input) ? 1 : 0);
				for (GraphQLInputObjectField member : input.getFieldDefinitions()) {
					if (GraphQLTypeUtil.unwrapAll(member.getType()) instanceof GraphQLInputObjectType) {
						sum = add(sum, member.getType(), object.get(member.getName()));
					}
				}
				yield sum;
			}
			case null, default -> count;
		};
	}

	private static int saturated(int count) {
		return (count <= MAX_COUNT) ? count : OperationCost.SATURATED;
	}

	private static boolean isFilter(GraphQLInputObjectType type) {
		return type.getFieldDefinition("and") != null;
	}

}
