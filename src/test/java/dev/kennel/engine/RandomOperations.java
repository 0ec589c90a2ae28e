package dev.kennel.engine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;

import graphql.schema.GraphQLFieldDefinition;
import graphql.schema.GraphQLFieldsContainer;
import graphql.schema.GraphQLNamedOutputType;
import graphql.schema.GraphQLSchema;
import graphql.schema.GraphQLType;
import graphql.schema.GraphQLTypeUtil;
import graphql.schema.GraphQLUnionType;
import org.jspecify.annotations.Nullable;

/** Generates random operations for {@link UnreliableSchema}, most of them valid. */
final class RandomOperations {

	private static final List<String> DECLARATIONS = List.of("$yes: Boolean! = true", "$no: Boolean!",
			"$maybe: Boolean = true", "$count: Int", "$string: String! = \"d\"", "$object: In", "$ints: [Int!]");

	private static final List<String> VARIABLES = List.of("$yes", "$no", "$maybe");

	private final GraphQLSchema schema;

	private final Random random;

	private final Map<String, String> fragments = new LinkedHashMap<>();

	private int budget;

	private boolean incremental;

	RandomOperations(GraphQLSchema schema, long seed) {
		this.schema = schema;
		this.random = new Random(seed);
	}

	/** Adds {@code @defer} and {@code @stream} to the operations. */
	RandomOperations withIncrementalDelivery() {
		this.incremental = true;
		return this;
	}

	String next() {
		this.fragments.clear();
		this.budget = 10 + this.random.nextInt(50);
		boolean mutation = this.random.nextInt(4) == 0;
		String root = mutation ? "Mutation" : "Query";
		String selection = selection(type(root), 0, true);
		StringBuilder document = new StringBuilder(selection);
		this.fragments.values().forEach((fragment) -> document.append('\n').append(fragment));
		String used = DECLARATIONS.stream()
			.filter((declaration) -> document.indexOf(declaration.substring(0, declaration.indexOf(':'))) >= 0)
			.collect(Collectors.joining(", "));
		document.insert(0, (mutation ? "mutation" : "query") + (used.isEmpty() ? "" : " (" + used + ")"));
		return document.toString();
	}

	private GraphQLNamedOutputType type(String name) {
		return (GraphQLNamedOutputType) Objects.requireNonNull(this.schema.getType(name));
	}

	private String selection(GraphQLNamedOutputType type, int depth, boolean fragments) {
		List<String> selections = new ArrayList<>();
		int count = 1 + this.random.nextInt(5);
		for (int index = 0; index < count; index++) {
			int kind = this.random.nextInt(10);
			if (kind < 2 && depth < 6 && this.budget > 0) {
				String condition = condition(type);
				selections.add("... on " + condition + deferral() + directive()
						+ selection(type(condition), depth + 1, fragments));
			}
			else if (kind == 2 && fragments && depth < 4) {
				selections.add(spread(type, depth) + deferral() + directive());
			}
			else if (kind != 3 && type instanceof GraphQLFieldsContainer container) {
				selections.add(field(container, depth, fragments));
			}
			else {
				selections.add((this.random.nextInt(3) == 0) ? "t: __typename" : "__typename");
			}
		}
		return " { " + String.join(" ", selections) + " }";
	}

	private String condition(GraphQLNamedOutputType type) {
		if (type instanceof GraphQLUnionType || type.getName().equals("Node")) {
			return List.of("A", "B", "Node", type.getName()).get(this.random.nextInt(4));
		}
		return (!type.getName().equals("C") && this.schema.getObjectType("A") != null
				&& List.of("A", "B", "D").contains(type.getName()) && this.random.nextBoolean()) ? "Node"
						: type.getName();
	}

	private String spread(GraphQLNamedOutputType type, int depth) {
		String name = "F" + type.getName() + this.random.nextInt(2);
		if (!this.fragments.containsKey(name)) {
			this.fragments.put(name, "");
			this.fragments.put(name, "fragment " + name + " on " + type.getName() + selection(type, depth + 1, false));
		}
		return "..." + name;
	}

	private String field(GraphQLFieldsContainer type, int depth, boolean fragments) {
		List<GraphQLFieldDefinition> definitions = type.getFieldDefinitions();
		GraphQLFieldDefinition field = definitions.get(this.random.nextInt(definitions.size()));
		GraphQLType named = GraphQLTypeUtil.unwrapAll(field.getType());
		boolean leaf = GraphQLTypeUtil.isLeaf(named);
		if (!leaf && (depth > 5 || this.budget <= 0)) {
			return "t: __typename";
		}
		this.budget--;
		String arguments = arguments(field.getName());
		String alias = (this.random.nextInt(5) == 0 || !arguments.isEmpty())
				? field.getName() + Math.floorMod(arguments.hashCode(), 1000) + ": " : "";
		boolean list = GraphQLTypeUtil.isList(GraphQLTypeUtil.unwrapNonNull(field.getType()));
		String text = alias + field.getName() + arguments + (list ? stream() : "") + directive();
		return leaf ? text : text + selection((GraphQLNamedOutputType) named, depth + 1, fragments);
	}

	private String arguments(String field) {
		if (field.equals("list") && this.random.nextBoolean()) {
			return "(size: " + List.of("$count", "2", "null").get(this.random.nextInt(3)) + ")";
		}
		if (!field.equals("echo")) {
			return "";
		}
		return List
			.of("", "(i: $count)", "(i: 1, s: \"x\")", "(in: {s: \"a\", c: BLUE, in: {s: $string, i: $count}})",
					"(in: $object)", "(list: $ints)", "(list: [1, $count])", "(e: GREEN, n: 4)", "(i: null)",
					"(n: $count)", "(list: 1, s: $string)")
			.get(this.random.nextInt(11));
	}

	private String directive() {
		return switch (this.random.nextInt(16)) {
			case 0 -> " @include(if: " + variable() + ")";
			case 1 -> " @skip(if: " + variable() + ")";
			case 2 -> " @include(if: " + variable() + ") @skip(if: " + variable() + ")";
			case 3 -> " @skip(if: false)";
			case 4 -> (this.random.nextInt(4) == 0) ? " @include(if: false)" : "";
			default -> "";
		};
	}

	private String deferral() {
		return !this.incremental ? "" : switch (this.random.nextInt(5)) {
			case 0, 1 -> " @defer";
			case 2 -> " @defer(if: " + variable() + ")";
			default -> "";
		};
	}

	private String stream() {
		return !this.incremental ? "" : switch (this.random.nextInt(6)) {
			case 0 -> " @stream";
			case 1 -> " @stream(initialCount: " + this.random.nextInt(3) + ", if: " + variable() + ")";
			default -> "";
		};
	}

	private String variable() {
		return VARIABLES.get(this.random.nextInt(VARIABLES.size()));
	}

	Map<String, @Nullable Object> variables() {
		Map<String, @Nullable Object> variables = new LinkedHashMap<>();
		variables.put("no", this.random.nextInt(4) == 0);
		if (this.random.nextInt(3) == 0) {
			variables.put("maybe", this.random.nextBoolean());
		}
		if (this.random.nextInt(3) == 0) {
			variables.put("yes", this.random.nextBoolean());
		}
		if (this.random.nextInt(2) == 0) {
			variables.put("count", this.random.nextInt(9));
		}
		if (this.random.nextInt(3) == 0) {
			variables.put("object", Map.of("s", "v", "list", List.of(List.of(1, 2), 3)));
		}
		if (this.random.nextInt(3) == 0) {
			variables.put("ints", List.of(1, 2));
		}
		return variables;
	}

}
