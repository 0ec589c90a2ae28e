package dev.kennel.fuzz;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.random.RandomGenerator;

import graphql.ExecutionInput;
import graphql.ParseAndValidate;
import graphql.language.AstPrinter;
import graphql.schema.GraphQLArgument;
import graphql.schema.GraphQLCompositeType;
import graphql.schema.GraphQLEnumType;
import graphql.schema.GraphQLFieldDefinition;
import graphql.schema.GraphQLFieldsContainer;
import graphql.schema.GraphQLInputObjectField;
import graphql.schema.GraphQLInputObjectType;
import graphql.schema.GraphQLInputType;
import graphql.schema.GraphQLInterfaceType;
import graphql.schema.GraphQLList;
import graphql.schema.GraphQLNamedType;
import graphql.schema.GraphQLObjectType;
import graphql.schema.GraphQLSchema;
import graphql.schema.GraphQLType;
import graphql.schema.GraphQLTypeUtil;
import graphql.schema.GraphQLUnionType;
import org.jspecify.annotations.Nullable;

/**
 * Generates random operations of a schema: with arguments, variables and their defaults,
 * named and inline fragments, deferred or not, aliases, directives and
 * {@code __typename}. A seed always generates the same operation. Thread-safe.
 */
public final class OperationGenerator {

	private static final List<String> TEXTS = List.of("Rex", "rex", "a", "%", "_", "\\", "'", "Björn", "😀",
			"x".repeat(101), " padded ", "1", "null");

	private static final List<String> ESCAPED = List.of("\\u0000", "\\ud800", "\\n", "\\uD83D\\uDE00", "\\\"");

	private static final List<String> DATES = List.of("2020-02-29", "0001-01-01", "9999-12-31", "2024-01-01");

	private static final List<String> TIMES = List.of("2020-02-29T12:00:00Z", "2024-01-01T00:00:00.123456Z",
			"2019-12-31T23:59:59+02:00", "9999-12-31T23:59:59Z");

	private static final int MAX_INPUT_DEPTH = 4;

	private final GraphQLSchema schema;

	private final Options options;

	/**
	 * Creates a generator.
	 * @param schema the schema
	 * @param options the options of the operations
	 */
	public OperationGenerator(GraphQLSchema schema, Options options) {
		this.schema = schema;
		this.options = options;
	}

	/**
	 * The options of the operations.
	 *
	 * @param maxDepth the maximum depth of fields
	 * @param mutations the share of mutations, from 0 to 1; the others are queries
	 * @param broken the share of broken operations, from 0 to 1
	 * @param mistakes the share of values that match the type, but violate a constraint:
	 * page sizes out of range, texts that are too long
	 * @param excluded the names of fields of {@code Mutation} that are never selected
	 * @param ids the ids in arguments
	 * @param texts the texts in arguments, in addition to the built-in ones
	 * @param inputs creates values of input objects by the name of their type, for types
	 * whose random values would never succeed; all others are random
	 */
	public record Options(int maxDepth, double mutations, double broken, double mistakes, List<String> excluded,
			List<String> ids, List<String> texts,
			Map<String, Function<RandomGenerator, Map<String, @Nullable Object>>> inputs) {

		/**
		 * Returns options for valid queries only, with few values that the service
		 * refuses.
		 * @param ids the ids in arguments
		 * @return the options
		 */
		public static Options ofQueries(List<String> ids) {
			return new Options(8, 0, 0, 0.02, List.of(), ids, List.of(), Map.of());
		}

	}

	/**
	 * Generates an operation.
	 * @param seed any number
	 * @return the operation, which is the same for the same seed, schema and options
	 */
	public GeneratedOperation generate(long seed) {
		SplittableRandom seeds = new SplittableRandom(seed);
		while (true) {
			SplittableRandom random = seeds.split();
			Attempt attempt = new Attempt(random);
			String document = attempt.document();
			// Nearly all are valid. Generating only valid ones would take all rules of
			// validation.
			if (ParseAndValidate
				.parseAndValidate(this.schema,
						ExecutionInput.newExecutionInput(document).locale(Locale.ENGLISH).build())
				.isFailure()) {
				continue;
			}
			GeneratedOperation operation = new GeneratedOperation(seed, document, attempt.operationName,
					attempt.variables, false);
			return (random.nextDouble() < this.options.broken()) ? OperationBreaker.breakIt(operation, random)
					: operation;
		}
	}

	/** The generation of one document. */
	private final class Attempt {

		private final RandomGenerator random;

		private final Map<String, @Nullable Object> variables = new LinkedHashMap<>();

		private final List<String> variableDefinitions = new ArrayList<>();

		private final List<Fragment> fragments = new ArrayList<>();

		/**
		 * The arguments of each field without an alias: the same everywhere, so that its
		 * selections can be merged.
		 */
		private final Map<String, String> plainArguments = new HashMap<>();

		private int names;

		/** The nesting of the input object that is being generated. */
		private int inputDepth;

		private @Nullable String operationName;

		Attempt(RandomGenerator random) {
			this.random = random;
		}

		private record Fragment(String name, GraphQLCompositeType type, String text) {
		}

		String document() {
			boolean mutation = chance(OperationGenerator.this.options.mutations());
			GraphQLObjectType root = mutation ? OperationGenerator.this.schema.getMutationType()
					: OperationGenerator.this.schema.getQueryType();
			String selections = selections(root, OperationGenerator.this.options.maxDepth(), mutation);
			StringBuilder text = new StringBuilder();
			boolean named = chance(0.5);
			if (named) {
				this.operationName = "Operation";
			}
			if (!mutation && !named && this.variableDefinitions.isEmpty() && chance(0.5)) {
				text.append(selections);
			}
			else {
				text.append(mutation ? "mutation " : "query ").append(named ? "Operation" : "");
				if (!this.variableDefinitions.isEmpty()) {
					text.append('(')
						.append(String.join(chance(0.5) ? ", " : " ", this.variableDefinitions))
						.append(')');
				}
				text.append(' ').append(selections);
			}
			for (Fragment fragment : this.fragments) {
				text.append(fragment.text);
			}
			if (named && chance(0.1)) {
				text.append(" query Other { __typename }");
			}
			else if (named && chance(0.3)) {
				this.operationName = null;
			}
			return text.toString();
		}

		private String selections(GraphQLCompositeType type, int depth, boolean top) {
			StringBuilder text = new StringBuilder("{");
			int count = 1 + (int) Math.abs(this.random.nextGaussian() * 2);
			int before = text.length();
			for (int i = 0; i < count || text.length() == before; i++) {
				text.append(separator());
				double kind = this.random.nextDouble();
				if (kind < 0.1 && !top) {
					text.append(inlineFragment(type, depth));
				}
				else if (kind < 0.2 && depth > 1) {
					text.append(spread(type, depth));
				}
				else if (kind < 0.27 || !(type instanceof GraphQLFieldsContainer)) {
					text.append(chance(0.3) ? alias() : "").append("__typename").append(directives());
				}
				else if (type instanceof GraphQLFieldsContainer container) {
					text.append(field(container, depth));
				}
			}
			return text.append(separator()).append('}').toString();
		}

		private String field(GraphQLFieldsContainer type, int depth) {
			List<GraphQLFieldDefinition> fields = type.getFieldDefinitions()
				.stream()
				.filter((field) -> depth > 1
						|| !(GraphQLTypeUtil.unwrapAll(field.getType()) instanceof GraphQLCompositeType))
				.filter((field) -> !type.getName().equals("Mutation")
						|| !OperationGenerator.this.options.excluded().contains(field.getName()))
				.toList();
			if (fields.isEmpty()) {
				return "__typename";
			}
			GraphQLFieldDefinition field = pick(fields);
			boolean aliased = chance(0.15);
			String arguments = aliased ? arguments(field) : plain(type, field);
			StringBuilder text = new StringBuilder(aliased ? alias() : "").append(field.getName())
				.append(arguments)
				.append(directives())
				.append((aliased && isList(field) && !isMutation(type)) ? delivery("stream") : "");
			if (GraphQLTypeUtil.unwrapAll(field.getType()) instanceof GraphQLCompositeType composite) {
				text.append(' ').append(selections(composite, depth - 1, false));
			}
			return text.toString();
		}

		private String plain(GraphQLFieldsContainer type, GraphQLFieldDefinition field) {
			String coordinates = type.getName() + "." + field.getName();
			String known = this.plainArguments.get(coordinates);
			if (known == null) {
				known = arguments(field);
				this.plainArguments.put(coordinates, known);
			}
			return known;
		}

		private String alias() {
			return chance(0.1) ? "a" + this.random.nextInt(3) + ": " : "a" + (10 + this.names++) + ": ";
		}

		private String inlineFragment(GraphQLCompositeType type, int depth) {
			if (chance(0.3)) {
				return "... " + directives() + defer(type) + selections(type, depth, false);
			}
			GraphQLCompositeType narrowed = narrow(type);
			return "... on " + narrowed.getName() + directives() + defer(type) + " "
					+ selections(narrowed, depth, false);
		}

		private String spread(GraphQLCompositeType type, int depth) {
			List<Fragment> known = this.fragments.stream()
				.filter((fragment) -> fragment.type.getName().equals(type.getName()))
				.toList();
			if (!known.isEmpty() && chance(0.5)) {
				return "..." + pick(known).name + directives() + defer(type);
			}
			GraphQLCompositeType narrowed = narrow(type);
			String name = "F" + this.names++;
			String text = separator() + "fragment " + name + " on " + narrowed.getName() + " "
					+ selections(narrowed, depth - 1, false);
			this.fragments.add(new Fragment(name, narrowed, text));
			return "..." + name + directives() + defer(type);
		}

		/** Returns the type, one of its possible types, or one of its interfaces. */
		private GraphQLCompositeType narrow(GraphQLCompositeType type) {
			List<GraphQLCompositeType> types = new ArrayList<>();
			types.add(type);
			if (type instanceof GraphQLInterfaceType interfaceType) {
				types.addAll(OperationGenerator.this.schema.getImplementations(interfaceType));
			}
			if (type instanceof GraphQLUnionType union) {
				union.getTypes().forEach((member) -> types.add((GraphQLCompositeType) member));
			}
			if (type instanceof GraphQLObjectType object) {
				object.getInterfaces().forEach((implemented) -> types.add((GraphQLCompositeType) implemented));
			}
			return pick(types);
		}

		private String directives() {
			if (!chance(0.08)) {
				return "";
			}
			return " @" + (chance(0.5) ? "skip" : "include") + "(if: " + condition() + ")";
		}

		private String condition() {
			if (chance(0.5)) {
				return String.valueOf(this.random.nextBoolean());
			}
			String variable = "v" + this.variables.size() + "_" + this.names++;
			this.variableDefinitions.add("$" + variable + ": Boolean!" + (chance(0.3) ? " = true" : ""));
			this.variables.put(variable, this.random.nextBoolean());
			return "$" + variable;
		}

		/** The root fields of a mutation can't be deferred. */
		private String defer(GraphQLCompositeType type) {
			return isMutation(type) ? "" : delivery("defer");
		}

		/** Returns a directive of incremental delivery, if the schema has it. */
		private String delivery(String name) {
			if (OperationGenerator.this.schema.getDirective(name) == null || !chance(0.3)) {
				return "";
			}
			List<String> given = new ArrayList<>();
			if (chance(0.3)) {
				given.add("if: " + condition());
			}
			if (chance(0.5)) {
				given.add("label: \"l" + this.names++ + "\"");
			}
			if (name.equals("stream") && chance(0.7)) {
				given.add("initialCount: " + this.random.nextInt(3));
			}
			return " @" + name + (given.isEmpty() ? "" : "(" + String.join(", ", given) + ")");
		}

		private static boolean isMutation(GraphQLNamedType type) {
			return type.getName().equals("Mutation");
		}

		private static boolean isList(GraphQLFieldDefinition field) {
			return GraphQLTypeUtil.unwrapNonNull(field.getType()) instanceof GraphQLList;
		}

		private String arguments(GraphQLFieldDefinition field) {
			List<String> given = new ArrayList<>();
			boolean sized = false;
			for (GraphQLArgument argument : field.getArguments()) {
				boolean required = GraphQLTypeUtil.isNonNull(argument.getType()) && !argument.hasSetDefaultValue();
				boolean size = argument.getName().equals("first") || argument.getName().equals("last");
				boolean cursor = argument.getName().equals("after") || argument.getName().equals("before");
				double share = cursor ? OperationGenerator.this.options.mistakes() : (size ? 0.5 : 0.3);
				// Both at once is an error, so that chance would leave few pages.
				if (required || chance((size && sized) ? OperationGenerator.this.options.mistakes() : share)) {
					given.add(argument.getName() + ": " + value(argument.getName(), argument.getType(), true));
					sized |= size;
				}
			}
			return given.isEmpty() ? "" : "(" + String.join(chance(0.5) ? ", " : " ", given) + ")";
		}

		/** Returns a literal, or a variable in its place. */
		private String value(String name, GraphQLInputType type, boolean nullable) {
			if (chance(0.3)) {
				String variable = "v" + this.variables.size() + "_" + this.names++;
				boolean nonNull = GraphQLTypeUtil.isNonNull(type);
				StringBuilder definition = new StringBuilder("$").append(variable)
					.append(": ")
					.append(GraphQLTypeUtil.simplePrint(type));
				if (chance(0.2)) {
					definition.append(" = ").append(literal(json(name, type, false), type));
					if (chance(0.5)) {
						this.variables.put(variable, json(name, type, !nonNull));
					}
				}
				else if (nonNull || chance(0.8)) {
					this.variables.put(variable, json(name, type, !nonNull));
				}
				this.variableDefinitions.add(definition.toString());
				return "$" + variable;
			}
			return literal(json(name, type, nullable), type);
		}

		/** Returns a value as JSON. */
		private @Nullable Object json(String name, GraphQLInputType type, boolean nullable) {
			if (GraphQLTypeUtil.isNonNull(type)) {
				return json(name, GraphQLTypeUtil.unwrapNonNullAs(type), false);
			}
			if (nullable && chance(0.05)) {
				return null;
			}
			if (type instanceof GraphQLList list) {
				GraphQLInputType element = (GraphQLInputType) list.getWrappedType();
				if (chance(0.05)) {
					return json(name, element, false);
				}
				List<@Nullable Object> elements = new ArrayList<>();
				int size = this.random.nextInt(5);
				for (int i = 0; i < size; i++) {
					elements.add(json(name, element, false));
				}
				return elements;
			}
			if (type instanceof GraphQLInputObjectType object) {
				var maker = OperationGenerator.this.options.inputs().get(object.getName());
				if (maker != null && !mistake()) {
					return maker.apply(this.random);
				}
				return members(object);
			}
			if (type instanceof GraphQLEnumType enumeration) {
				return pick(enumeration.getValues()).getName();
			}
			return switch (((GraphQLNamedType) type).getName()) {
				case "Int" -> mistake() ? pick(List.of(0, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, 201))
						: 1 + this.random.nextInt(this.random.nextInt(8) == 0 ? 200 : 10);
				case "Float" -> this.random.nextDouble();
				case "Boolean" -> this.random.nextBoolean();
				case "ID" -> (OperationGenerator.this.options.ids().isEmpty() || mistake()) ? text()
						: pick(OperationGenerator.this.options.ids());
				case "Date" -> pick(DATES);
				case "DateTime" -> pick(TIMES);
				default -> text();
			};
		}

		private Map<String, @Nullable Object> members(GraphQLInputObjectType object) {
			Map<String, @Nullable Object> members = new LinkedHashMap<>();
			this.inputDepth++;
			for (GraphQLInputObjectField field : object.getFieldDefinitions()) {
				boolean required = GraphQLTypeUtil.isNonNull(field.getType()) && !field.hasSetDefaultValue();
				boolean nested = GraphQLTypeUtil.unwrapAll(field.getType()) instanceof GraphQLInputObjectType;
				// Filters may be nested without end.
				if (required || (chance(0.4) && !(nested && this.inputDepth > MAX_INPUT_DEPTH))) {
					members.put(field.getName(),
							json(field.getName(), field.getType(), !GraphQLTypeUtil.isNonNull(field.getType())));
				}
			}
			this.inputDepth--;
			return members;
		}

		private String text() {
			List<String> own = OperationGenerator.this.options.texts();
			return (!own.isEmpty() && chance(0.5)) ? pick(own) : pick(TEXTS);
		}

		private String literal(@Nullable Object value, GraphQLType type) {
			GraphQLType plain = GraphQLTypeUtil.unwrapNonNull(type);
			if (value == null) {
				return "null";
			}
			if (value instanceof List<?> list) {
				GraphQLType element = (plain instanceof GraphQLList listType) ? listType.getWrappedType() : plain;
				List<String> elements = new ArrayList<>();
				list.forEach((one) -> elements.add(literal(one, element)));
				return "[" + String.join(", ", elements) + "]";
			}
			if (plain instanceof GraphQLList list) {
				return literal(value, list.getWrappedType());
			}
			if (value instanceof Map<?, ?> members && plain instanceof GraphQLInputObjectType object) {
				List<String> texts = new ArrayList<>();
				members.forEach((name, member) -> {
					GraphQLInputObjectField field = object.getFieldDefinition(String.valueOf(name));
					if (field != null) {
						texts.add(name + ": " + literal(member, field.getType()));
					}
				});
				return "{" + String.join(", ", texts) + "}";
			}
			if (plain instanceof GraphQLEnumType || value instanceof Number || value instanceof Boolean) {
				return value.toString();
			}
			if (mistake()) {
				return "\"" + pick(ESCAPED) + "\"";
			}
			return quoted(value.toString());
		}

		private String separator() {
			return switch (this.random.nextInt(12)) {
				case 0 -> "\n";
				case 1 -> " , ";
				case 2 -> "\t# comment }\r\n";
				default -> " ";
			};
		}

		private boolean chance(double share) {
			return this.random.nextDouble() < share;
		}

		private boolean mistake() {
			return chance(OperationGenerator.this.options.mistakes());
		}

		private <T> T pick(List<T> list) {
			return list.get(this.random.nextInt(list.size()));
		}

	}

	/** Returns a text as a GraphQL string literal. */
	static String quoted(String text) {
		return AstPrinter.printAstCompact(graphql.language.StringValue.of(text));
	}

}
