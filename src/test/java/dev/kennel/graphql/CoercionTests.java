package dev.kennel.graphql;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import graphql.ExecutionInput;
import graphql.ExecutionResult;
import graphql.GraphQL;
import graphql.introspection.Introspection;
import graphql.schema.DataFetcher;
import graphql.schema.FieldCoordinates;
import graphql.schema.GraphQLArgument;
import graphql.schema.GraphQLCodeRegistry;
import graphql.schema.GraphQLEnumType;
import graphql.schema.GraphQLEnumValueDefinition;
import graphql.schema.GraphQLFieldDefinition;
import graphql.schema.GraphQLInputObjectField;
import graphql.schema.GraphQLInputObjectType;
import graphql.schema.GraphQLInputType;
import graphql.schema.GraphQLList;
import graphql.schema.GraphQLNamedType;
import graphql.schema.GraphQLNonNull;
import graphql.schema.GraphQLObjectType;
import graphql.schema.GraphQLScalarType;
import graphql.schema.GraphQLSchema;
import graphql.schema.GraphQLTypeUtil;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.graphql.execution.GraphQlSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A value is coerced equally as a literal, as a variable and as the default of a
 * variable.
 */
@KennelTest
class CoercionTests {

	private static final JsonMapper JSON = new JsonMapper();

	private static final List<String> VALUES = List.of("null", "0", "-1", "7", "2147483647", "2147483648",
			"-2147483648", "-2147483649", "12345678901234567890", "1.0", "1e2", "1.5", "-0.0", "true", "false", "\"\"",
			"\"7\"", "\"1.0\"", "\"true\"", "\"null\"", "\"x\"", "\"\u00e9\ud83d\udc15\"", "\"2026-03-01\"",
			"\"2026-02-30\"", "\"2026-03-01T09:30:00Z\"", "\"2026-03-01T09:30:00.5+01:00\"", "\"2026-03-01T09:30Z\"",
			"[]", "[7]", "[\"x\"]", "[7, null]", "[true, 7]", "[[7]]", "[\"2026-03-01\", 7]", "{}", "{\"value\": 7}",
			"{\"value\": \"x\"}", "{\"value\": null}", "{\"value\": true}", "{\"value\": [7]}", "{\"other\": 7}");

	private final Api api;

	private final GraphQLSchema schema;

	CoercionTests(Api api, GraphQlSource source) {
		this.api = api;
		this.schema = source.schema();
	}

	private Stream<GraphQLNamedType> leaves() {
		return this.schema.getAllTypesAsList()
			.stream()
			.filter((type) -> type instanceof GraphQLScalarType
					|| (type instanceof GraphQLEnumType && !Introspection.isIntrospectionTypes(type)));
	}

	@Test
	void variablesAndDefaultsAreCoercedLikeLiterals() {
		List<String> differences = new ArrayList<>();
		List<String> accepted = new ArrayList<>();
		leaves().forEach((leaf) -> {
			GraphQLInputType type = (GraphQLInputType) leaf;
			GraphQLInputObjectType object = GraphQLInputObjectType.newInputObject()
				.name("In")
				.field(GraphQLInputObjectField.newInputObjectField().name("value").type(type))
				.build();
			for (GraphQLInputType position : List.of(type, GraphQLNonNull.nonNull(type), GraphQLList.list(type),
					GraphQLList.list(GraphQLNonNull.nonNull(type)), GraphQLList.list(GraphQLList.list(type)), object,
					GraphQLList.list(object))) {
				GraphQL engine = engine(position);
				Stream
					.concat(VALUES.stream(),
							(leaf instanceof GraphQLEnumType enumeration) ? enumeration.getValues()
								.stream()
								.map(GraphQLEnumValueDefinition::getName)
								.map(JSON::writeValueAsString) : Stream.<String>of())
					.forEach((value) -> {
						String coercion = GraphQLTypeUtil.simplePrint(position) + " of " + leaf.getName() + " from "
								+ value;
						String literal = literal(JSON.readTree(value), leaf instanceof GraphQLEnumType);
						String typeName = GraphQLTypeUtil.simplePrint(position);
						String byLiteral = run(engine, "{ echo(value: " + literal + ") }", Map.of());
						String byVariable = run(engine, "query ($v: " + typeName + ") { echo(value: $v) }",
								Collections.singletonMap("v", JSON.readValue(value, Object.class)));
						String byDefault = run(engine,
								"query ($v: " + typeName + " = " + literal + ") { echo(value: $v) }", Map.of());
						if (!byLiteral.equals(byVariable) || !byLiteral.equals(byDefault)) {
							differences.add(coercion + ": literal " + byLiteral + ", variable " + byVariable
									+ ", default " + byDefault);
						}
						if (!byLiteral.equals("refused")) {
							accepted.add(coercion);
						}
					});
			}
		});

		assertThat(differences).isEmpty();
		assertThat(accepted)
			.contains("Int of Int from 7", "[ID] of ID from 12345678901234567890",
					"[Date!] of Date from \"2026-03-01\"", "In of Boolean from {\"value\": true}")
			.doesNotContain("Int of Int from 1.0", "ID of ID from true", "ID of ID from 1.5", "ID of ID from {}");
	}

	/** A schema with one field, which returns its argument. */
	private static GraphQL engine(GraphQLInputType type) {
		DataFetcher<Object> fetcher = (environment) -> {
			Object value = environment.getArgument("value");
			return describe(value);
		};
		GraphQLObjectType query = GraphQLObjectType.newObject()
			.name("Query")
			.field(GraphQLFieldDefinition.newFieldDefinition()
				.name("echo")
				.type(graphql.Scalars.GraphQLString)
				.argument(GraphQLArgument.newArgument().name("value").type(type)))
			.build();
		return GraphQL
			.newGraphQL(GraphQLSchema.newSchema()
				.query(query)
				.codeRegistry(GraphQLCodeRegistry.newCodeRegistry()
					.dataFetcher(FieldCoordinates.coordinates("Query", "echo"), fetcher)
					.build())
				.build())
			.build();
	}

	private static String describe(@Nullable Object value) {
		return switch (value) {
			case null -> "null";
			case List<?> list -> list.stream().map(CoercionTests::describe).toList().toString();
			case Map<?, ?> map -> {
				Map<Object, String> members = new HashMap<>();
				map.forEach((name, member) -> members.put(name, describe(member)));
				yield members.toString();
			}
			default -> value.getClass().getSimpleName() + " " + value;
		};
	}

	@SuppressWarnings("NullAway")
	private static String run(GraphQL engine, String document, Map<String, @Nullable Object> variables) {
		ExecutionResult result = engine.execute(ExecutionInput.newExecutionInput(document).variables(variables));
		return result.getErrors().isEmpty() ? String.valueOf(result.<Object>getData()) : "refused";
	}

	private static String literal(JsonNode value, boolean enumeration) {
		if (value.isArray()) {
			return value.values().stream().map((one) -> literal(one, enumeration)).toList().toString();
		}
		if (value.isObject()) {
			List<String> members = new ArrayList<>();
			value.properties()
				.forEach((one) -> members.add(one.getKey() + ": " + literal(one.getValue(), enumeration)));
			return "{" + String.join(", ", members) + "}";
		}
		if (enumeration && value.isString() && value.asString().matches("(?!true|false|null)[A-Za-z_]\\w*")) {
			return value.asString();
		}
		return value.toString();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			value = { "1.0", "1.5", "1e0", "\"1\"", "true", "[1]", "{}", "2147483648" })
	void invalidIntIsRefused(String value) {
		Api.Response response = post("query ($v: Int) { myOwners(first: $v) { totalCount } }", value);

		assertThat(response.codes()).containsExactly("BAD_USER_INPUT");
		assertThat(response.json().has("data")).isFalse();
		assertThat(this.api.execute("{ myOwners(first: " + value + ") { totalCount } }").codes())
			.containsExactly("GRAPHQL_VALIDATION_FAILED");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			value = { "1.0", "1.5", "1e0", "true", "[\"dog_1\"]", "{}", "[]" })
	void invalidIdIsRefused(String value) {
		Api.Response response = post("query ($v: ID!) { node(id: $v) { id } }", value);

		assertThat(response.codes()).containsExactly("BAD_USER_INPUT");
		assertThat(response.json().at("/errors/0/message").asString())
			.isEqualTo("Variable 'v' has an invalid value: An ID is a string or an integer.");
		assertThat(response.json().has("data")).isFalse();
		assertThat(this.api.execute("{ node(id: " + value + ") { id } }").codes())
			.containsExactly("GRAPHQL_VALIDATION_FAILED");
	}

	@Test
	void idAcceptsIntegersOfAnySize() {
		Api ann = this.api.signUp();
		for (String value : List.of("7", "2147483648", "12345678901234567890")) {
			String literal = ann.execute("{ node(id: " + value + ") { id } }")
				.json()
				.at("/errors/0/message")
				.asString();
			Api.Response variable = ann
				.post(("{\"query\":\"query ($v: ID!) { node(id: $v) { id } }\",\"variables\":{\"v\":" + value + "}}")
					.getBytes(java.nio.charset.StandardCharsets.UTF_8), Map.of());

			assertThat(variable.codes()).containsExactly("BAD_USER_INPUT");
			assertThat(variable.json().at("/errors/0/message").asString()).isEqualTo(literal)
				.doesNotContain("An ID is a string");
		}
	}

	private Api.Response post(String document, String value) {
		return this.api.post(("{\"query\":\"" + document + "\",\"variables\":{\"v\":" + value + "}}")
			.getBytes(java.nio.charset.StandardCharsets.UTF_8), Map.of());
	}

	private Api.Response withNull(Api client, String document) {
		return client.execute(document, Collections.singletonMap("v", null));
	}

	@ParameterizedTest
	@ValueSource(strings = { "owner(id: $v) { id }", "owner: node(id: $v) { id }" })
	void nullInAnArgumentIsAnErrorOfItsFieldOnly(String field) {
		Api ann = this.api.signUp();

		Api.Response response = withNull(ann, "query ($v: ID = \"x\") { me { __typename } " + field + " }");

		assertThat(response.json().at("/data/me/__typename").asString()).isEqualTo("User");
		assertThat(response.codes()).containsExactly("BAD_USER_INPUT");
		assertThat(response.json().at("/errors/0/path/0").asString()).isEqualTo("owner");
	}

	@Test
	void nullInAnInputObjectRollsBackNoOtherMutation() {
		Api ann = this.api.signUp();

		Api.Response response = withNull(ann, """
				mutation ($v: String = "x") {
				  a: createOwner(input: {name: "keeps"}) { owner { id } }
				  b: createOwner(input: {name: $v}) { owner { id } }
				}""");

		assertThat(response.codes()).containsExactly("BAD_USER_INPUT");
		assertThat(response.json().at("/errors/0/path/0").asString()).isEqualTo("b");
		assertThat(ann.execute("{ myOwners { nodes { name } } }").texts("/myOwners/nodes", "name"))
			.containsExactly("keeps");
	}

	/** An introspection field makes graphql-java's own strategy execute the operation. */
	@ParameterizedTest
	@ValueSource(strings = { "", "__schema { queryType { name } }" })
	void nullInAListIsAnErrorOfItsField(String introspection) {
		Api.Response response = withNull(this.api.signUp(),
				"query ($v: ID = \"x\") { " + introspection + " nodes(ids: [$v]) { id } }");

		assertThat(response.codes()).containsExactly("BAD_USER_INPUT");
		assertThat(response.json().at("/errors/0/path/0").asString()).isEqualTo("nodes");
	}

	@ParameterizedTest
	@ValueSource(strings = { "owner(id: $v) @skip(if: true) { id }", "owner(id: $v) @include(if: false) { id }",
			"... @skip(if: true) { owner(id: $v) { id } }", "nodes(ids: [$v]) @skip(if: true) { id }" })
	void nullInAnArgumentOfASkippedFieldIsNoError(String field) {
		assertThat(withNull(this.api, "query ($v: ID = \"x\") { __typename " + field + " }").data().toString())
			.isEqualTo("{\"__typename\":\"Query\"}");
	}

	@Test
	void nullInADirectiveIsARequestError() {
		Api.Response response = withNull(this.api, "query ($v: Boolean = true) { __typename me @skip(if: $v) { id } }");

		assertThat(response.codes()).containsExactly("BAD_USER_INPUT");
		assertThat(response.json().has("data")).isFalse();
	}

}
