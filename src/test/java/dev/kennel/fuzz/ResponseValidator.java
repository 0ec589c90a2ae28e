package dev.kennel.fuzz;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

import graphql.introspection.Introspection;
import graphql.language.Argument;
import graphql.language.BooleanValue;
import graphql.language.Directive;
import graphql.language.DirectivesContainer;
import graphql.language.Document;
import graphql.language.Field;
import graphql.language.FragmentDefinition;
import graphql.language.FragmentSpread;
import graphql.language.InlineFragment;
import graphql.language.OperationDefinition;
import graphql.language.Selection;
import graphql.language.SelectionSet;
import graphql.language.TypeName;
import graphql.language.Value;
import graphql.language.VariableDefinition;
import graphql.language.VariableReference;
import graphql.schema.GraphQLCompositeType;
import graphql.schema.GraphQLEnumType;
import graphql.schema.GraphQLFieldDefinition;
import graphql.schema.GraphQLInterfaceType;
import graphql.schema.GraphQLList;
import graphql.schema.GraphQLNamedType;
import graphql.schema.GraphQLObjectType;
import graphql.schema.GraphQLSchema;
import graphql.schema.GraphQLType;
import graphql.schema.GraphQLTypeUtil;
import graphql.schema.GraphQLUnionType;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Checks whether a response conforms to the specification: its members, the fields of
 * each object, in the order of their selection, their types, and the positions of null.
 *
 * @see <a href= "https://spec.graphql.org/September2025/#sec-Response-Format">GraphQL,
 * section 7.1</a>
 */
public final class ResponseValidator {

	private static final Pattern DATE_TIME = Pattern
		.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)");

	private static final Pattern DATE = Pattern.compile("\\d{4}-\\d\\d-\\d\\d");

	private final GraphQLSchema schema;

	/**
	 * Creates a validator.
	 * @param schema the schema of the operations
	 */
	public ResponseValidator(GraphQLSchema schema) {
		this.schema = schema;
	}

	/**
	 * Checks the members of a response to any request.
	 * @param response the response
	 * @throws AssertionError if the response does not conform
	 */
	public void checkMembers(JsonNode response) {
		require(response.isObject(), "", "a response is an object", response);
		require(Set.of("data", "errors", "extensions").containsAll(names(response)), "", "there are other members",
				response);
		require(response.has("data") || response.has("errors"), "", "there is neither data nor errors", response);
		if (response.has("errors")) {
			JsonNode errors = response.get("errors");
			require(errors.isArray() && !errors.isEmpty(), "errors", "errors are a list of at least one", errors);
			for (JsonNode error : errors) {
				require(error.isObject() && error.path("message").isString()
						&& !error.path("message").asString().isEmpty(), "errors", "an error has a message", error);
				require(Set.of("message", "locations", "path", "extensions").containsAll(names(error)), "errors",
						"an error has other members", error);
				JsonNode code = error.path("extensions").path("code");
				require(code.isString(), "errors", "an error has a code", error);
				require(!code.asString().equals("UNAUTHENTICATED")
						|| error.path("extensions").path("reason").isString(), "errors", "UNAUTHENTICATED has a reason",
						error);
				for (JsonNode location : error.path("locations")) {
					require(location.path("line").asInt() > 0 && location.path("column").asInt() > 0, "errors",
							"lines and columns begin at 1", error);
				}
			}
		}
	}

	/**
	 * Checks a response to a valid operation.
	 * @param document the document
	 * @param operationName the name of the operation, or null if there is only one
	 * @param variables the variables
	 * @param onError what an error does to the data, or null for the default
	 * @param response the response
	 * @throws AssertionError if the response does not conform
	 */
	public void check(Document document, @Nullable String operationName, Map<String, @Nullable Object> variables,
			@Nullable String onError, JsonNode response) {
		check(document, operationName, variables, onError, true, response);
	}

	/**
	 * Checks a response to a valid operation, or its merged incremental payloads.
	 * @param document the document
	 * @param operationName the name of the operation, or null if there is only one
	 * @param variables the variables
	 * @param onError what an error does to the data, or null for the default
	 * @param ordered whether the fields are in the order of the document
	 * @param response the response
	 * @throws AssertionError if the response does not conform
	 */
	void check(Document document, @Nullable String operationName, Map<String, @Nullable Object> variables,
			@Nullable String onError, boolean ordered, JsonNode response) {
		checkMembers(response);
		if (!response.has("data")) {
			return;
		}
		OperationDefinition operation = document.getDefinitionsOfType(OperationDefinition.class)
			.stream()
			.filter((one) -> operationName == null || operationName.equals(one.getName()))
			.findFirst()
			.orElseThrow();
		List<List<Object>> paths = new ArrayList<>();
		for (JsonNode error : response.path("errors")) {
			List<Object> path = new ArrayList<>();
			for (JsonNode part : error.path("path")) {
				path.add(part.isInt() ? (Object) part.asInt() : part.asString());
			}
			paths.add(path);
		}
		GraphQLObjectType root = switch (operation.getOperation()) {
			case QUERY -> this.schema.getQueryType();
			case MUTATION -> this.schema.getMutationType();
			case SUBSCRIPTION -> this.schema.getSubscriptionType();
		};
		JsonNode data = response.get("data");
		if ("HALT".equals(onError)) {
			require(data.isNull() ? paths.size() == 1 : paths.isEmpty(), "data", "one error leaves no data", response);
		}
		if (data.isNull()) {
			require(!paths.isEmpty() && !"NULL".equals(onError), "data", "null has an error", response);
			return;
		}
		Reading reading = new Reading(document, operation, variables,
				"NULL".equals(onError) ? Set.copyOf(paths) : Set.of(), paths, ordered);
		reading.object(root, List.of(operation.getSelectionSet()), data, new ArrayList<>());
		for (List<Object> path : paths) {
			require(reading.isNullOn(data, path), String.valueOf(path), "a position with an error is null", response);
		}
	}

	private static Set<String> names(JsonNode object) {
		return Set.copyOf(object.propertyNames());
	}

	private static void require(boolean condition, Object path, String what, JsonNode value) {
		if (!condition) {
			String text = value.toString();
			throw new AssertionError(
					path + ": " + what + ", but it is " + text.substring(0, Math.min(500, text.length())));
		}
	}

	/** The validation of one response. */
	private final class Reading {

		private final Map<String, FragmentDefinition> fragments = new LinkedHashMap<>();

		private final Map<String, @Nullable Value<?>> defaults = new LinkedHashMap<>();

		private final Map<String, @Nullable Object> variables;

		/** The positions of errors that are null whatever their type is. */
		private final Set<List<Object>> nullPositions;

		private final List<List<Object>> errorPaths;

		private final boolean ordered;

		Reading(Document document, OperationDefinition operation, Map<String, @Nullable Object> variables,
				Set<List<Object>> nullPositions, List<List<Object>> errorPaths, boolean ordered) {
			this.ordered = ordered;
			this.nullPositions = nullPositions;
			this.errorPaths = errorPaths;
			document.getDefinitionsOfType(FragmentDefinition.class)
				.forEach((fragment) -> this.fragments.put(fragment.getName(), fragment));
			for (VariableDefinition variable : operation.getVariableDefinitions()) {
				this.defaults.put(variable.getName(), variable.getDefaultValue());
			}
			this.variables = variables;
		}

		void object(GraphQLObjectType type, List<SelectionSet> selections, JsonNode value, List<Object> path) {
			require(value.isObject(), path, "this is an object", value);
			Map<String, List<Field>> fields = new LinkedHashMap<>();
			selections.forEach((one) -> collect(type, one, fields));
			require(this.ordered ? List.copyOf(fields.keySet()).equals(List.copyOf(value.propertyNames()))
					: fields.keySet().equals(names(value)), path,
					"the fields are " + fields.keySet() + " in this order", value);
			fields.forEach((key, merged) -> {
				GraphQLFieldDefinition field = Introspection.getFieldDefinition(ResponseValidator.this.schema, type,
						merged.getFirst().getName());
				path.add(key);
				value(field.getType(), merged, value.get(key), path);
				require(!value.get(key).isNull() || !field.hasAppliedDirective("semanticNonNull")
						|| this.errorPaths.stream()
							.anyMatch((error) -> error.size() >= path.size()
									&& error.subList(0, path.size()).equals(path)),
						path, "this is null only on error", value);
				path.removeLast();
			});
			JsonNode typename = fields.entrySet()
				.stream()
				.filter((field) -> field.getValue().getFirst().getName().equals("__typename"))
				.map((field) -> value.get(field.getKey()))
				.findFirst()
				.orElse(null);
			require(typename == null || typename.asString("").equals(type.getName()), path,
					"the type is " + type.getName(), value);
		}

		private void value(GraphQLType type, List<Field> merged, JsonNode value, List<Object> path) {
			if (GraphQLTypeUtil.isNonNull(type)) {
				require(!value.isNull() || this.nullPositions.contains(path), path, "this is not null", value);
			}
			GraphQLType plain = GraphQLTypeUtil.unwrapNonNull(type);
			if (value.isNull()) {
				return;
			}
			switch (plain) {
				case GraphQLList list -> {
					require(value.isArray(), path, "this is a list", value);
					for (int i = 0; i < value.size(); i++) {
						path.add(i);
						value(list.getWrappedType(), merged, value.get(i), path);
						path.removeLast();
					}
				}
				case GraphQLEnumType enumeration ->
					require(value.isString() && enumeration.getValue(value.asString()) != null, path, "this is an enum",
							value);
				case GraphQLCompositeType composite -> composite(composite, merged, value, path);
				default -> require(isScalar(((GraphQLNamedType) plain).getName(), value), path,
						"this is a " + ((GraphQLNamedType) plain).getName(), value);
			}
		}

		/** Without a {@code __typename}, one of the possible types has to fit. */
		private void composite(GraphQLCompositeType type, List<Field> merged, JsonNode value, List<Object> path) {
			List<SelectionSet> selections = merged.stream().map(Field::getSelectionSet).toList();
			List<GraphQLObjectType> possible = switch (type) {
				case GraphQLInterfaceType interfaceType ->
					ResponseValidator.this.schema.getImplementations(interfaceType);
				case GraphQLUnionType union ->
					union.getTypes().stream().map((member) -> (GraphQLObjectType) member).toList();
				default -> List.of((GraphQLObjectType) type);
			};
			AssertionError last = null;
			for (GraphQLObjectType candidate : possible) {
				try {
					object(candidate, selections, value, new ArrayList<>(path));
					return;
				}
				catch (AssertionError ex) {
					last = ex;
				}
			}
			throw (last != null) ? last : new AssertionError(path + ": no type");
		}

		private boolean isScalar(String type, JsonNode value) {
			return switch (type) {
				case "Int" -> value.isInt();
				case "Float" -> value.isNumber();
				case "Boolean" -> value.isBoolean();
				case "DateTime" -> value.isString() && DATE_TIME.matcher(value.asString()).matches();
				case "Date" -> value.isString() && DATE.matcher(value.asString()).matches();
				default -> value.isString();
			};
		}

		private void collect(GraphQLObjectType type, SelectionSet selections, Map<String, List<Field>> fields) {
			for (Selection<?> selection : selections.getSelections()) {
				if (!isIncluded(((DirectivesContainer<?>) selection).getDirectives())) {
					continue;
				}
				switch (selection) {
					case Field field ->
						fields.computeIfAbsent(field.getResultKey(), (key) -> new ArrayList<>()).add(field);
					case InlineFragment inline -> {
						if (applies(type, inline.getTypeCondition())) {
							collect(type, inline.getSelectionSet(), fields);
						}
					}
					case FragmentSpread spread -> {
						FragmentDefinition fragment = this.fragments.get(spread.getName());
						if (fragment != null && applies(type, fragment.getTypeCondition())) {
							collect(type, fragment.getSelectionSet(), fields);
						}
					}
					default -> throw new IllegalStateException("Unknown selection " + selection);
				}
			}
		}

		private boolean applies(GraphQLObjectType type, @Nullable TypeName condition) {
			return condition == null || condition.getName().equals(type.getName())
					|| (ResponseValidator.this.schema.getType(condition.getName()) instanceof GraphQLUnionType union
							&& union.getTypes().stream().anyMatch((one) -> one.getName().equals(type.getName())))
					|| type.getInterfaces().stream().anyMatch((one) -> one.getName().equals(condition.getName()));
		}

		private boolean isIncluded(List<Directive> directives) {
			for (Directive directive : directives) {
				boolean conditional = directive.getName().equals("skip") || directive.getName().equals("include");
				Argument argument = conditional ? directive.getArgument("if") : null;
				if (argument != null && isTrue(argument.getValue()) != directive.getName().equals("include")) {
					return false;
				}
			}
			return true;
		}

		private boolean isTrue(@Nullable Value<?> value) {
			if (value instanceof VariableReference reference) {
				return this.variables.containsKey(reference.getName())
						? Boolean.TRUE.equals(this.variables.get(reference.getName()))
						: isTrue(this.defaults.get(reference.getName()));
			}
			return value instanceof BooleanValue literal && literal.isValue();
		}

		/**
		 * Returns whether the value at the path of an error, or a value around it, is
		 * null.
		 */
		boolean isNullOn(JsonNode data, List<Object> path) {
			JsonNode value = data;
			for (Object part : path) {
				if (value == null || value.isNull()) {
					return value != null;
				}
				value = (part instanceof Integer index) ? value.get(index) : value.get(part.toString());
			}
			return value != null && value.isNull();
		}

	}

	/** Returns the codes of the errors of a response. */
	static List<String> codes(JsonNode response) {
		return StreamSupport.stream(response.path("errors").spliterator(), false)
			.map((error) -> error.path("extensions").path("code").asString())
			.toList();
	}

}
