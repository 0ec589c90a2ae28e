package dev.kennel.graphql.limit;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.kennel.error.ApiException;
import dev.kennel.graphql.limit.OperationCost.Condition;
import dev.kennel.graphql.limit.OperationCost.Node;
import dev.kennel.graphql.limit.OperationCost.Quantity;
import graphql.introspection.Introspection;
import graphql.language.Argument;
import graphql.language.ArrayValue;
import graphql.language.BooleanValue;
import graphql.language.Directive;
import graphql.language.DirectivesContainer;
import graphql.language.Document;
import graphql.language.Field;
import graphql.language.FragmentDefinition;
import graphql.language.FragmentSpread;
import graphql.language.InlineFragment;
import graphql.language.IntValue;
import graphql.language.NullValue;
import graphql.language.OperationDefinition;
import graphql.language.Selection;
import graphql.language.SelectionSet;
import graphql.language.TypeName;
import graphql.language.Value;
import graphql.language.VariableDefinition;
import graphql.language.VariableReference;
import graphql.schema.GraphQLArgument;
import graphql.schema.GraphQLCompositeType;
import graphql.schema.GraphQLFieldDefinition;
import graphql.schema.GraphQLInterfaceType;
import graphql.schema.GraphQLList;
import graphql.schema.GraphQLObjectType;
import graphql.schema.GraphQLOutputType;
import graphql.schema.GraphQLSchema;
import graphql.schema.GraphQLType;
import graphql.schema.GraphQLTypeUtil;
import graphql.schema.GraphQLUnionType;
import org.jspecify.annotations.Nullable;

/**
 * Compiles the cost of a valid operation. Fields are merged as in their execution, so
 * that a field of several fragments counts once.
 *
 * @see <a href= "https://spec.graphql.org/September2025/#CollectFields()">GraphQL,
 * section 6.3.2</a>
 */
final class CostCompiler {

	/** Introspection fields that may occur once, since they lead back to types. */
	private static final List<String> ONCE = List.of("Query.__schema", "Query.__type", "__Type.fields",
			"__Type.inputFields", "__Type.interfaces", "__Type.possibleTypes");

	/**
	 * Limits the visited selections: the types of an abstract type may multiply fields.
	 */
	private static final int MAX_VISITS = 200_000;

	private static final int NO_SIZE = -1;

	private final GraphQLSchema schema;

	private final PageSizes pageSizes;

	private final Map<String, FragmentDefinition> fragments = new HashMap<>();

	private final Map<String, @Nullable Value<?>> defaults = new HashMap<>();

	private final Map<String, Integer> introspectionCounts = new HashMap<>();

	private int visits;

	private CostCompiler(GraphQLSchema schema, Document document, PageSizes pageSizes) {
		this.schema = schema;
		this.pageSizes = pageSizes;
		document.getDefinitionsOfType(FragmentDefinition.class)
			.forEach((fragment) -> this.fragments.put(fragment.getName(), fragment));
	}

	/** A selection, and the condition under which it is included. */
	private record Scoped<S>(S selected, Condition condition) {
	}

	/**
	 * Compiles the cost.
	 * @param operation an operation of the document, which is valid
	 * @throws ApiException with OPERATION_TOO_COMPLEX if it is a cyclic introspection
	 */
	static OperationCost compile(GraphQLSchema schema, Document document, OperationDefinition operation,
			PageSizes pageSizes) {
		CostCompiler compiler = new CostCompiler(schema, document, pageSizes);
		for (VariableDefinition variable : operation.getVariableDefinitions()) {
			compiler.defaults.put(variable.getName(), variable.getDefaultValue());
		}
		GraphQLObjectType root = switch (operation.getOperation()) {
			case QUERY -> schema.getQueryType();
			case MUTATION -> schema.getMutationType();
			case SUBSCRIPTION -> schema.getSubscriptionType();
		};
		return new OperationCost(
				compiler.nodes(root, List.of(new Scoped<>(operation.getSelectionSet(), Condition.ALWAYS)), true));
	}

	/** What is selected of an object. */
	private static final class Selected {

		private final Map<String, List<Scoped<Field>>> fields = new LinkedHashMap<>();

		/** The conditions of deferred fragments and streams. */
		private final List<Condition> deliveries = new ArrayList<>();

		/** Returns the number of deferred fragments and streams for each object. */
		Quantity deliveries() {
			return this.deliveries.isEmpty() ? Quantity.ZERO
					: (variables) -> (int) this.deliveries.stream()
						.filter((condition) -> condition.isMet(variables))
						.count();
		}

	}

	private Selected select(GraphQLObjectType type, List<Scoped<SelectionSet>> selections) {
		Selected selected = new Selected();
		selections.forEach((one) -> collect(type, one.selected(), one.condition(), "", selected));
		return selected;
	}

	/**
	 * Returns the fields of an object that return objects, and its deliveries.
	 */
	private List<Node> nodes(GraphQLObjectType type, List<Scoped<SelectionSet>> selections, boolean counted) {
		List<Node> nodes = new ArrayList<>();
		Selected selected = select(type, selections);
		Quantity deliveries = selected.deliveries();
		// Those of a connection are counted with it: it is one object, not one a row.
		if (!deliveries.equals(Quantity.ZERO) && !isConnection(type)) {
			nodes.add(new Node(Condition.ALWAYS, deliveries, false, Quantity.ZERO, List.of()));
		}
		for (List<Scoped<Field>> merged : selected.fields.values()) {
			Field field = merged.getFirst().selected();
			GraphQLFieldDefinition definition = Introspection.getFieldDefinition(this.schema, type, field.getName());
			if (GraphQLTypeUtil.unwrapAll(definition.getType()) instanceof GraphQLCompositeType returned) {
				if (isIntrospection(returned)) {
					introspect(type, List.of(merged));
				}
				Node node = node(definition, returned, merged, counted);
				if (!node.free() || !node.children().isEmpty()) {
					nodes.add(node);
				}
			}
		}
		return nodes;
	}

	private Node node(GraphQLFieldDefinition definition, GraphQLCompositeType returned, List<Scoped<Field>> merged,
			boolean counted) {
		Condition condition = anyOf(merged.stream().map(Scoped::condition).toList());
		Field field = merged.getFirst().selected();
		if (isIntrospection(returned)) {
			int types = field.getName().equals("__schema") ? this.schema.getAllTypesAsList().size() : 1;
			return new Node(condition, (variables) -> types, false, Quantity.ZERO, List.of());
		}
		List<Scoped<SelectionSet>> subselections = new ArrayList<>();
		for (Scoped<Field> one : merged) {
			SelectionSet selections = one.selected().getSelectionSet();
			if (selections != null) {
				subselections.add(new Scoped<>(selections, one.condition()));
			}
		}
		boolean connection = isConnection(definition, returned);
		boolean pages = connection && selectsRows((GraphQLObjectType) returned, subselections);
		Quantity quantity = !counted ? Quantity.ONE : quantity(definition, field, pages);
		// The rows of a connection are counted with the connection, and not again with
		// its edges and nodes.
		boolean rowsCounted = pages || (!counted && isEdge(returned));
		List<List<Node>> children = new ArrayList<>();
		for (GraphQLObjectType possible : possibleTypes(returned)) {
			List<Node> nodes = nodes(possible, subselections, !rowsCounted);
			if (!nodes.isEmpty()) {
				children.add(nodes);
			}
		}
		return new Node(condition, quantity, !counted,
				sum(filters(definition, field), deliveries(returned, subselections)), children);
	}

	private Quantity deliveries(GraphQLCompositeType returned, List<Scoped<SelectionSet>> subselections) {
		return (returned instanceof GraphQLObjectType type && isConnection(type))
				? select(type, subselections).deliveries() : Quantity.ZERO;
	}

	private static Quantity sum(Quantity one, Quantity other) {
		if (one.equals(Quantity.ZERO) || other.equals(Quantity.ZERO)) {
			return one.equals(Quantity.ZERO) ? other : one;
		}
		return (variables) -> (int) Math.min(OperationCost.SATURATED, (long) one.of(variables) + other.of(variables));
	}

	/**
	 * Collects fields by response key. Those of a deferred fragment are collected apart:
	 * in the older format of incremental delivery, they are delivered once more.
	 */
	private void collect(GraphQLObjectType type, SelectionSet selections, Condition outer, String deferred,
			Selected selected) {
		for (Selection<?> selection : selections.getSelections()) {
			if (++this.visits > MAX_VISITS) {
				throw ApiException.tooComplex("The operation has more than " + MAX_VISITS
						+ " selections, with those of fragments once for each " + "type that they are applied to.",
						"selections", this.visits, MAX_VISITS);
			}
			Condition condition = and(outer, condition(selection));
			if (condition.equals(Condition.NEVER)) {
				continue;
			}
			switch (selection) {
				case Field field -> {
					selected.fields.computeIfAbsent(field.getResultKey() + deferred, (key) -> new ArrayList<>())
						.add(new Scoped<>(field, condition));
					addDelivery(field, "stream", condition, selected);
				}
				case InlineFragment inline -> {
					if (applies(type, inline.getTypeCondition())) {
						addDelivery(inline, "defer", condition, selected);
						collect(type, inline.getSelectionSet(), condition, deferred(inline, deferred), selected);
					}
				}
				case FragmentSpread spread -> {
					FragmentDefinition fragment = this.fragments.get(spread.getName());
					if (fragment != null && applies(type, fragment.getTypeCondition())) {
						addDelivery(spread, "defer", condition, selected);
						collect(type, fragment.getSelectionSet(), condition, deferred(spread, deferred), selected);
					}
				}
				default -> throw new IllegalStateException("Unknown selection " + selection);
			}
		}
	}

	private String deferred(DirectivesContainer<?> fragment, String outer) {
		return fragment.hasDirective("defer") ? "@" + this.visits : outer;
	}

	private void addDelivery(DirectivesContainer<?> selection, String directive, Condition outer, Selected selected) {
		for (Directive found : selection.getDirectives(directive)) {
			Argument argument = found.getArgument("if");
			Condition condition = and(outer,
					(argument != null) ? is(argument.getValue(), true, true) : Condition.ALWAYS);
			if (!condition.equals(Condition.NEVER)) {
				selected.deliveries.add(condition);
			}
		}
	}

	private boolean applies(GraphQLObjectType type, @Nullable TypeName condition) {
		if (condition == null || condition.getName().equals(type.getName())) {
			return true;
		}
		return this.schema.getType(condition.getName()) instanceof GraphQLCompositeType composite
				&& possibleTypes(composite).contains(type);
	}

	private List<GraphQLObjectType> possibleTypes(GraphQLCompositeType type) {
		return switch (type) {
			case GraphQLObjectType object -> List.of(object);
			case GraphQLInterfaceType interfaceType -> this.schema.getImplementations(interfaceType);
			case GraphQLUnionType union ->
				union.getTypes().stream().map((member) -> (GraphQLObjectType) member).toList();
			default -> throw new IllegalStateException("Unknown type " + type);
		};
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
	private boolean selectsRows(GraphQLObjectType connection, List<Scoped<SelectionSet>> selections) {
		return select(connection, selections).fields.values()
			.stream()
			.map((merged) -> merged.getFirst().selected().getName())
			.anyMatch((name) -> !name.equals("totalCount") && !name.equals("__typename"));
	}

	private Quantity quantity(GraphQLFieldDefinition definition, Field field, boolean pages) {
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
				Value<?> value = value(field, argument.getName());
				return (variables) -> elements(value, variables);
			}
		}
		return (variables) -> defaultSize;
	}

	/** Returns the number of filters within the filter of a list. */
	private Quantity filters(GraphQLFieldDefinition definition, Field field) {
		GraphQLArgument argument = definition.getArgument("filter");
		Value<?> value = (argument != null) ? value(field, "filter") : null;
		if (argument == null || value == null) {
			return Quantity.ZERO;
		}
		return new FilterCount(this.defaults).of(argument.getType(), value);
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
		Value<?> value = (argument != null) ? value(field, name) : null;
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

	private static @Nullable Value<?> value(Field field, String name) {
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

	private static boolean isIntrospection(GraphQLCompositeType type) {
		return type.getName().startsWith("__");
	}

	/** Counts the fields that lead back to types, which have fields, which have types. */
	private void introspect(GraphQLObjectType type, Collection<List<Scoped<Field>>> fields) {
		for (List<Scoped<Field>> merged : fields) {
			String name = merged.getFirst().selected().getName();
			GraphQLFieldDefinition definition = Introspection.getFieldDefinition(this.schema, type, name);
			GraphQLOutputType returned = definition.getType();
			if (GraphQLTypeUtil.unwrapAll(returned) instanceof GraphQLObjectType object) {
				String coordinates = (name.startsWith("__") ? "Query" : type.getName()) + "." + name;
				int occurrences = this.introspectionCounts.merge(coordinates, 1, Integer::sum);
				if (occurrences > 1 && ONCE.contains(coordinates)) {
					throw ApiException.tooComplex(
							"The introspection selects " + coordinates + " " + occurrences
									+ " times; the limit is 1, because nested introspection grows exponentially.",
							"introspection", occurrences, 1);
				}
				Selected subselections = new Selected();
				for (Scoped<Field> one : merged) {
					if (one.selected().getSelectionSet() != null) {
						collect(object, one.selected().getSelectionSet(), one.condition(), "", subselections);
					}
				}
				introspect(object, subselections.fields.values());
			}
		}
	}

	private Condition condition(Selection<?> selection) {
		List<Directive> directives = switch (selection) {
			case Field field -> field.getDirectives();
			case InlineFragment inline -> inline.getDirectives();
			case FragmentSpread spread -> spread.getDirectives();
			default -> List.of();
		};
		Condition condition = Condition.ALWAYS;
		for (Directive directive : directives) {
			if (directive.getName().equals("skip") || directive.getName().equals("include")) {
				Argument argument = directive.getArgument("if");
				boolean expected = directive.getName().equals("include");
				condition = and(condition,
						(argument != null) ? is(argument.getValue(), expected, false) : Condition.ALWAYS);
			}
		}
		return condition;
	}

	/**
	 * Returns the condition that an argument has a value.
	 * @param otherwise the value of an argument that is no boolean, which no valid
	 * operation has, or of a variable without a value
	 */
	private Condition is(Value<?> value, boolean expected, boolean otherwise) {
		if (value instanceof BooleanValue literal) {
			return (literal.isValue() == expected) ? Condition.ALWAYS : Condition.NEVER;
		}
		if (value instanceof VariableReference reference) {
			String variable = reference.getName();
			boolean defaultValue = (this.defaults.get(variable) instanceof BooleanValue literal) ? literal.isValue()
					: otherwise;
			return (variables) -> {
				Object sent = variables.get(variable);
				if (sent == null) {
					return defaultValue == expected;
				}
				return ((sent instanceof Boolean given) ? given : otherwise) == expected;
			};
		}
		return Condition.ALWAYS;
	}

	private static Condition and(Condition a, Condition b) {
		if (a.equals(Condition.ALWAYS) || b.equals(Condition.NEVER)) {
			return b;
		}
		if (b.equals(Condition.ALWAYS) || a.equals(Condition.NEVER)) {
			return a;
		}
		return (variables) -> a.isMet(variables) && b.isMet(variables);
	}

	private static Condition anyOf(List<Condition> conditions) {
		if (conditions.size() == 1) {
			return conditions.getFirst();
		}
		if (conditions.contains(Condition.ALWAYS)) {
			return Condition.ALWAYS;
		}
		List<Condition> all = List.copyOf(conditions);
		return (variables) -> {
			for (Condition condition : all) {
				if (condition.isMet(variables)) {
					return true;
				}
			}
			return false;
		};
	}

}
