package dev.kennel.graphql.cost;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.kennel.error.ApiException;
import dev.kennel.graphql.cost.OperationCost.Condition;
import dev.kennel.graphql.cost.OperationCost.Node;
import dev.kennel.graphql.cost.OperationCost.Quantity;
import dev.kennel.graphql.cost.SelectionMerger.Conditional;
import dev.kennel.graphql.cost.SelectionMerger.Merged;
import graphql.introspection.Introspection;
import graphql.language.Document;
import graphql.language.Field;
import graphql.language.OperationDefinition;
import graphql.language.SelectionSet;
import graphql.language.Value;
import graphql.language.VariableDefinition;
import graphql.schema.GraphQLArgument;
import graphql.schema.GraphQLCompositeType;
import graphql.schema.GraphQLFieldDefinition;
import graphql.schema.GraphQLObjectType;
import graphql.schema.GraphQLOutputType;
import graphql.schema.GraphQLSchema;
import graphql.schema.GraphQLTypeUtil;
import org.jspecify.annotations.Nullable;

/**
 * Compiles the cost of a valid operation, by the formula of docs/limits.md: which fields
 * count, and how often. {@link SelectionMerger} finds the fields, {@link ObjectCount} and
 * {@link FilterCount} what each of them counts. The instrumentation of graphql-java
 * calculates the complexity of each execution anew.
 */
public final class CostCompiler {

	/** Introspection fields that may occur once, since they lead back to types. */
	private static final List<String> ONCE = List.of("Query.__schema", "Query.__type", "__Type.fields",
			"__Type.inputFields", "__Type.interfaces", "__Type.possibleTypes");

	private final GraphQLSchema schema;

	private final SelectionMerger selections;

	private final ObjectCount objects;

	private final FilterCount filters;

	private final Map<String, Integer> introspectionCounts = new HashMap<>();

	private CostCompiler(GraphQLSchema schema, SelectionMerger selections, ObjectCount objects, FilterCount filters) {
		this.schema = schema;
		this.selections = selections;
		this.objects = objects;
		this.filters = filters;
	}

	/**
	 * Compiles the cost.
	 * @param schema the schema
	 * @param document the document, which is valid
	 * @param operation an operation of the document
	 * @param pageSizes the sizes of pages without arguments
	 * @return the cost
	 * @throws ApiException with OPERATION_TOO_COMPLEX if it is a cyclic introspection
	 */
	public static OperationCost compile(GraphQLSchema schema, Document document, OperationDefinition operation,
			PageSizes pageSizes) {
		Map<String, @Nullable Value<?>> defaults = new HashMap<>();
		for (VariableDefinition variable : operation.getVariableDefinitions()) {
			defaults.put(variable.getName(), variable.getDefaultValue());
		}
		GraphQLObjectType root = switch (operation.getOperation()) {
			case QUERY -> schema.getQueryType();
			case MUTATION -> schema.getMutationType();
			case SUBSCRIPTION -> schema.getSubscriptionType();
		};
		CostCompiler compiler = new CostCompiler(schema,
				new SelectionMerger(schema, document, new ConditionCompiler(defaults)),
				new ObjectCount(pageSizes, defaults), new FilterCount(defaults));
		return new OperationCost(
				compiler.nodes(root, List.of(new Conditional<>(operation.getSelectionSet(), Condition.ALWAYS)), true));
	}

	/**
	 * Returns the fields of an object that return objects, and its deliveries.
	 */
	private List<Node> nodes(GraphQLObjectType type, List<Conditional<SelectionSet>> selected, boolean counted) {
		List<Node> nodes = new ArrayList<>();
		Merged merged = this.selections.merge(type, selected);
		Quantity deliveries = merged.deliveries();
		// Those of a connection are counted with it: it is one object, not one a row.
		if (!deliveries.equals(Quantity.ZERO) && !isConnection(type)) {
			nodes.add(new Node(Condition.ALWAYS, deliveries, false, Quantity.ZERO, List.of()));
		}
		for (List<Conditional<Field>> field : merged.fields()) {
			GraphQLFieldDefinition definition = Introspection.getFieldDefinition(this.schema, type, name(field));
			if (GraphQLTypeUtil.unwrapAll(definition.getType()) instanceof GraphQLCompositeType returned) {
				if (isIntrospection(returned)) {
					introspect(type, field);
				}
				Node node = node(definition, returned, field, counted);
				if (!node.free() || !node.children().isEmpty()) {
					nodes.add(node);
				}
			}
		}
		return nodes;
	}

	private Node node(GraphQLFieldDefinition definition, GraphQLCompositeType returned, List<Conditional<Field>> merged,
			boolean counted) {
		Condition condition = Condition.anyOf(merged.stream().map(Conditional::condition).toList());
		Field field = merged.getFirst().selected();
		if (isIntrospection(returned)) {
			int types = field.getName().equals("__schema") ? this.schema.getAllTypesAsList().size() : 1;
			return new Node(condition, (variables) -> types, false, Quantity.ZERO, List.of());
		}
		List<Conditional<SelectionSet>> subselections = SelectionMerger.subselections(merged);
		boolean connection = isConnection(definition, returned);
		boolean pages = connection && selectsRows((GraphQLObjectType) returned, subselections);
		Quantity quantity = !counted ? Quantity.ONE : this.objects.of(definition, field, pages);
		// The rows of a connection are counted with the connection, and not again with
		// its edges and nodes.
		boolean rowsCounted = pages || (!counted && isEdge(returned));
		List<List<Node>> children = new ArrayList<>();
		for (GraphQLObjectType possible : this.selections.possibleTypes(returned)) {
			List<Node> nodes = nodes(possible, subselections, !rowsCounted);
			if (!nodes.isEmpty()) {
				children.add(nodes);
			}
		}
		return new Node(condition, quantity, !counted,
				sum(filters(definition, field), deliveries(returned, subselections)), children);
	}

	private Quantity deliveries(GraphQLCompositeType returned, List<Conditional<SelectionSet>> subselections) {
		return (returned instanceof GraphQLObjectType type && isConnection(type))
				? this.selections.merge(type, subselections).deliveries() : Quantity.ZERO;
	}

	/** Returns the number of filters within the filter of a list. */
	private Quantity filters(GraphQLFieldDefinition definition, Field field) {
		GraphQLArgument argument = definition.getArgument("filter");
		Value<?> value = (argument != null) ? ObjectCount.argument(field, "filter") : null;
		if (argument == null || value == null) {
			return Quantity.ZERO;
		}
		return this.filters.of(argument.getType(), value);
	}

	private static Quantity sum(Quantity one, Quantity other) {
		if (one.equals(Quantity.ZERO) || other.equals(Quantity.ZERO)) {
			return one.equals(Quantity.ZERO) ? other : one;
		}
		return (variables) -> (int) Math.min(OperationCost.SATURATED, (long) one.of(variables) + other.of(variables));
	}

	private static boolean isConnection(GraphQLFieldDefinition field, GraphQLCompositeType returned) {
		return isConnection(returned) && field.getArgument("first") != null;
	}

	private static boolean isConnection(GraphQLCompositeType type) {
		return type.getName().endsWith("Connection");
	}

	private static boolean isEdge(GraphQLCompositeType returned) {
		return returned.getName().endsWith("Edge");
	}

	/** Returns whether more than the number of its rows is selected of a connection. */
	private boolean selectsRows(GraphQLObjectType connection, List<Conditional<SelectionSet>> selected) {
		for (List<Conditional<Field>> field : this.selections.merge(connection, selected).fields()) {
			if (!name(field).equals("totalCount") && !name(field).equals("__typename")) {
				return true;
			}
		}
		return false;
	}

	private static String name(List<Conditional<Field>> merged) {
		return merged.getFirst().selected().getName();
	}

	private static boolean isIntrospection(GraphQLCompositeType type) {
		return type.getName().startsWith("__");
	}

	/** Counts the fields that lead back to types, which have fields, which have types. */
	private void introspect(GraphQLObjectType type, List<Conditional<Field>> field) {
		String name = name(field);
		GraphQLOutputType returned = Introspection.getFieldDefinition(this.schema, type, name).getType();
		if (GraphQLTypeUtil.unwrapAll(returned) instanceof GraphQLObjectType object) {
			String coordinates = (name.startsWith("__") ? "Query" : type.getName()) + "." + name;
			int occurrences = this.introspectionCounts.merge(coordinates, 1, Integer::sum);
			if (occurrences > 1 && ONCE.contains(coordinates)) {
				throw ApiException.tooComplex(
						"The introspection selects " + coordinates + " " + occurrences
								+ " times; the limit is 1, because nested introspection grows exponentially.",
						"introspection", occurrences, 1);
			}
			for (List<Conditional<Field>> subfield : this.selections.merge(object, SelectionMerger.subselections(field))
				.fields()) {
				introspect(object, subfield);
			}
		}
	}

}
