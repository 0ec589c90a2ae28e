package dev.kennel.engine.plan;

import java.util.Collections;
import java.util.Map;

import graphql.language.Document;
import graphql.language.Field;
import graphql.language.OperationDefinition;
import graphql.parser.Parser;
import graphql.schema.CoercingParseValueException;
import graphql.schema.GraphQLSchema;
import graphql.schema.idl.RuntimeWiring;
import graphql.schema.idl.SchemaGenerator;
import graphql.schema.idl.SchemaParser;
import graphql.schema.idl.TypeDefinitionRegistry;
import graphql.schema.idl.TypeRuntimeWiring;
import graphql.validation.Validator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Nullable variables at non-null positions. */
class RequiredVariablesTests {

	private static final GraphQLSchema SCHEMA = schema();

	private static GraphQLSchema schema() {
		TypeDefinitionRegistry types = new SchemaParser().parse("""
				directive @d(x: ID! = "x", y: ID) on QUERY | FIELD | FRAGMENT_SPREAD | INLINE_FRAGMENT
				type Query { a(x: ID! = "x", y: ID, list: [ID!], free: [ID], in: In, ins: [In!]): A, n: N, u: U }
				type Mutation { a(x: ID! = "x"): A }
				type Subscription { a(x: ID! = "x"): A }
				interface N { a(x: ID! = "x"): A }
				type A implements N { a(x: ID! = "x"): A, b: ID }
				union U = A
				input In { x: ID! = "x", y: ID, list: [ID!], in: In, ins: [In!] }
				""");
		return new SchemaGenerator().makeExecutableSchema(types,
				RuntimeWiring.newRuntimeWiring()
					.type(TypeRuntimeWiring.newTypeWiring("N").typeResolver((environment) -> null))
					.type(TypeRuntimeWiring.newTypeWiring("U").typeResolver((environment) -> null))
					.build());
	}

	private static RequiredVariables of(String text) {
		Document document = new Parser().parseDocument(text);
		assertThat(new Validator().validateDocument(SCHEMA, document, java.util.Locale.ENGLISH)).isEmpty();
		return RequiredVariables.ofDirectives(SCHEMA, document)
			.apply(document.getDefinitionsOfType(OperationDefinition.class).getFirst());
	}

	private static RequiredVariables ofArguments(String text) {
		of(text);
		OperationDefinition operation = new Parser().parseDocument(text)
			.getDefinitionsOfType(OperationDefinition.class)
			.getFirst();
		Field field = (Field) operation.getSelectionSet().getSelections().getFirst();
		return RequiredVariables.ofArguments(field.getArguments(),
				SCHEMA.getQueryType().getFieldDefinition(field.getName()).getArguments());
	}

	private static void assertRejectsNull(RequiredVariables required) {
		assertThatExceptionOfType(CoercingParseValueException.class)
			.isThrownBy(() -> required.check(Collections.singletonMap("v", null)))
			.withMessage("The variable 'v' is null in a non-null position. Send a value, or omit it.");
		required.check(Map.of("v", "x"));
		required.check(Collections.singletonMap("w", null));
		required.check(Map.of());
	}

	@ParameterizedTest
	@ValueSource(strings = { "query ($v: ID) { a(x: $v) { b } }", "query ($v: ID = \"y\") { a(x: $v) { b } }",
			"query ($v: ID) { a(y: \"y\", x: $v) { b } }", "query ($v: ID = \"y\") { a(list: [$v]) { b } }",
			"query ($v: ID) { a(in: { x: $v }) { b } }",
			"query ($v: ID) { a(in: { y: \"y\", in: { in: { x: $v } } }) { b } }",
			"query ($v: ID) { a(ins: [{ x: $v }]) { b } }", "query ($v: ID) { a(ins: { x: $v }) { b } }",
			"query ($v: ID = \"y\") { a(in: { ins: { list: [$v] } }) { b } }" })
	void nullIsRejectedInArgumentsOfTheField(String text) {
		assertRejectsNull(ofArguments(text));
		// It is no request error, since a directive may exclude the field.
		of(text).check(Collections.singletonMap("v", null));
	}

	@ParameterizedTest
	@ValueSource(strings = { "query ($v: ID) { a @d(x: $v) { b } }", "query ($v: ID) { ... @d(x: $v) { a { b } } }",
			"query ($v: ID) { a { a { a @d(x: $v) { b } } } }", "query ($v: ID) { n { a @d(x: $v) { b } } }",
			"query ($v: ID) { u { __typename ... on A { a @d(x: $v) { b } } } }",
			"mutation ($v: ID) { a @d(x: $v) { b } }", "subscription ($v: ID) { a @d(x: $v) { b } }",
			"query ($v: ID) { a { ...F } } fragment F on A { a { a @d(x: $v) { b } } }",
			"query ($v: ID) { ...F @d(x: $v) } fragment F on Query { a { b } }",
			"query ($v: Boolean = true) { a @include(if: $v) { b } }" })
	void nullIsRejectedInArgumentsOfDirectives(String text) {
		assertRejectsNull(of(text));
	}

	@ParameterizedTest
	@ValueSource(strings = { "query ($v: ID) { a(y: $v) { b } }", "query ($v: ID) { a(free: [$v]) { b } }",
			"query ($v: [ID!]) { a(list: $v) { b } }", "query ($v: ID) { a(in: { y: $v }) { b } }",
			"query ($v: In) { a(in: $v) { b } }", "query ($v: In) { a(in: { in: $v }) { b } }",
			"query ($v: ID) { a @d(y: $v) { b } }" })
	void nullIsAcceptedAtNullablePositions(String text) {
		of(text).check(Collections.singletonMap("v", null));
		ofArguments(text).check(Collections.singletonMap("v", null));
	}

	@Test
	void eachOperationHasItsOwnVariables() {
		Document document = new Parser().parseDocument("""
				query A ($v: ID) { a @d(x: $v) { b } }
				query B ($w: ID) { a @d(x: $w) { b } }
				""");
		OperationDefinition second = document.getDefinitionsOfType(OperationDefinition.class).get(1);
		RequiredVariables required = RequiredVariables.ofDirectives(SCHEMA, document).apply(second);

		required.check(Collections.singletonMap("v", null));
		assertThatExceptionOfType(CoercingParseValueException.class)
			.isThrownBy(() -> required.check(Collections.singletonMap("w", null)));
	}

}
