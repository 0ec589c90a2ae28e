package dev.kennel.error;

import java.math.BigInteger;
import java.util.Collections;
import java.util.List;
import java.util.Map;

import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import dev.kennel.test.SqlRecorder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

@KennelTest
@ExtendWith(OutputCaptureExtension.class)
class ErrorTests {

	private final Api api;

	private final SqlRecorder sql;

	ErrorTests(Api api, SqlRecorder sql) {
		this.api = api;
		this.sql = sql;
	}

	@Test
	void internalErrorExposesOnlyTheRequestIdWhichIsLogged(CapturedOutput output) {
		Api ann = this.api.signUp();

		Api.Response response = this.sql.failing(new IllegalStateException("the inside"),
				() -> ann.execute("{ a: myOwners { nodes { id } } }"));

		String requestId = response.header("X-Request-Id");
		assertThat(response.json().toString())
			.isEqualTo("{\"errors\":[{\"message\":\"Something went wrong in the service. "
					+ "If you report it, give the request id.\",\"locations\":[{\"line\":1,\"column\":3}],\"path\":[\"a\"],"
					+ "\"extensions\":{\"code\":\"INTERNAL_SERVER_ERROR\",\"requestId\":\"" + requestId
					+ "\"}}],\"data\":null}");
		assertThat(output).contains("Request " + requestId + " failed at [a]")
			.contains("java.lang.IllegalStateException: the inside");
	}

	@Test
	void errorOfTheJvmIsAnInternalErrorToo(CapturedOutput output) {
		Api ann = this.api.signUp();

		Api.Response response = this.sql.failing(new StackOverflowError("the inside"),
				() -> ann.execute("{ myOwners { nodes { id } } }"));

		assertThat(response.codes()).containsExactly("INTERNAL_SERVER_ERROR");
		assertThat(response.body()).doesNotContain("inside");
		assertThat(output).contains("Request " + response.header("X-Request-Id") + " failed")
			.contains("java.lang.StackOverflowError: the inside");
	}

	@Test
	void sameInternalErrorIsLoggedOncePerRequest(CapturedOutput output) {
		Api ann = this.api.signUp();

		Api.Response response = this.sql.failing(new IllegalStateException("the inside"), () -> ann
			.execute("{ a: myOwners { nodes { id } } b: myOwners { nodes { id } } c: myDogs { totalCount } }"));

		assertThat(response.codes()).containsOnly("INTERNAL_SERVER_ERROR");
		assertThat(output.toString().split("Request " + response.header("X-Request-Id") + " failed at", -1)).hasSize(2);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					{ me { nope } } | User.nope
					{ nope } | Query.nope
					query ($a: Int) { me { ...A } } fragment A on User { owners { ... on OwnerConnection { edges { nod(a: $a) } } } } | OwnerEdge.nod
					{ me } | Query.me
					{ owner { id } } | Query.owner
					{ myDogs(nope: 1) { totalCount } } | Query.myDogs(nope:)
					{ myDogs(first: "1") { totalCount } } | Query.myDogs(first:)
					query ($a: ID!) { myDogs(filter: {name: {in: ["a", $a]}}) { totalCount } } | StringFilter.in
					{ me { id @nope } } | @nope
					{ me { id @skip(unless: true) } } | @skip(unless:)
					{ me { ... on Nope { id } } } | Nope
					{ me { ... on Int { id } } } | Int
					{ me { ... on Dog { id } } } | Dog
					{ me { ...F } } fragment F on Int { id } | Int
					{ me { ...F } } fragment F on Dog { id } | Dog
					{ __schema { nope } } | __Schema.nope
					{ __type(nope: 1) { name } } | Query.__type(nope:)
					{ search(text: "a") { nodes { nope } } } | SearchResult.nope
					query ($d: Dog) { me { id @include(if: $d) } } | Dog
					query ($d: Nope) { me { id @include(if: $d) } } | Nope
					query ($n: Int = "x") { myDogs(first: $n) { totalCount } } | Int
					query ($f: DogFilter = {nope: 1}) { myDogs(filter: $f) { totalCount } } | DogFilter
					query ($n: Int @nope) { myDogs(first: $n) { totalCount } } | @nope
					{ dog(id: 1, id: 2) { id } } | Query.dog
					{ dog(id: null) { id } } | Query.dog
					{ myDogs(filter: {name: {eq: "a", eq: "b"}}) { totalCount } } | DogFilter.name
					{ me { username: id username } } | User.id
					query @skip(if: true) { me { id } } | @skip
					{ me { ...F } } fragment F on User @skip(if: true) { id } | @skip
					{ me { id @stream } } | @stream
					""")
	void validationErrorHasTheCoordinateOfTheInvalidNode(String document, String coordinate) {
		Api.Response response = this.api.execute(document);

		assertThat(response.codes()).contains("GRAPHQL_VALIDATION_FAILED");
		assertThat(response.json()
			.get("errors")
			.valueStream()
			.map((error) -> error.at("/extensions/coordinate").asString(""))).contains(coordinate);
	}

	@Test
	void validationErrorOmitsUnknownAndLongCoordinates() {
		assertThat(this.api.execute("query A { me { id } } query A { me { id } }").json().at("/errors/0/extensions"))
			.hasToString("{\"code\":\"GRAPHQL_VALIDATION_FAILED\"}");
		for (String document : List.of("query ($n: Int) { me { id } }", "{ me { id } } fragment F on Owner { id }",
				"{ me { ...F } }", "{ me { id } } { me { id } }")) {
			assertThat(this.api.execute(document).json().at("/errors/0/extensions"))
				.hasToString("{\"code\":\"GRAPHQL_VALIDATION_FAILED\"}");
		}
		assertThat(this.api.execute("{ me { " + "a".repeat(500) + " } }").json().at("/errors/0/extensions"))
			.hasToString("{\"code\":\"GRAPHQL_VALIDATION_FAILED\"}");
	}

	@Test
	void invalidValuesAreNotRepeated() {
		assertThat(this.api
			.execute("mutation { login(input: {username: \"a\", password: [\"a secret\"]}) { tokenType } }"))
			.hasToString(
					"400 {\"errors\":[{\"message\":\"Validation error (WrongType@[login]) : argument 'input.password' "
							+ "is not a valid 'String' - Expected an AST type of 'StringValue' but it was a 'ArrayValue'\","
							+ "\"locations\":[{\"line\":1,\"column\":18}],"
							+ "\"extensions\":{\"code\":\"GRAPHQL_VALIDATION_FAILED\","
							+ "\"coordinate\":\"Mutation.login(input:)\"}}]}");
		assertThat(this.api
			.execute("query ($d: Date) { myDogs(filter: {birthDate: {lt: $d}}) { totalCount } }",
					Map.of("d", "a 'secret'"))
			.json()
			.at("/errors/0/message")
			.asString()).isEqualTo("Variable 'd' has an invalid value: Expected an existing date, such as 2026-03-01.");
		assertThat(this.api
			.execute("query ($a: Int) { myOwners(first: $a) { totalCount } }",
					Map.of("a", new BigInteger("9".repeat(900))))
			.json()
			.at("/errors/0/message")
			.asString()).isEqualTo("Variable 'a' has an invalid value: Expected value to be in the integer range");
		assertThat(this.api
			.execute("query ($o: OwnerOrder) { myOwners(orderBy: $o) { totalCount } }",
					Map.of("o", Map.of("field", "SECRET")))
			.body()).doesNotContain("SECRET").contains("OwnerOrderField");
		assertThat(this.api.execute("{ myOwners(orderBy: {field: SECRET}) { totalCount } }").body())
			.doesNotContain("SECRET")
			.contains("OwnerOrderField");
		assertThat(this.api.execute("query ($a: Int = SECRET) { myOwners(first: $a) { totalCount } }").body())
			.doesNotContain("SECRET")
			.contains("Bad default value");
		assertThat(this.api.execute("mutation { login(input: {password \"a secret\"}) { tokenType } }").body())
			.doesNotContain("secret")
			.contains("GRAPHQL_PARSE_FAILED");
	}

	@ParameterizedTest
	@MethodSource("variablesOfAnotherType")
	void variableOfAnotherTypeIsReportedWithoutClassNames(String type, String use, Object value, String message) {
		Api.Response response = this.api.execute("query ($v: " + type + ") { " + use + " }",
				Collections.singletonMap("v", value));

		assertThat(response.status()).isEqualTo(400);
		assertThat(response.json().at("/errors/0/message").asString())
			.isEqualTo("Variable 'v' has an invalid value: " + message);
	}

	static List<Arguments> variablesOfAnotherType() {
		String text = "myOwners(after: $v) { totalCount }";
		return List.of(Arguments.of("String", text, Map.of("a", 1), "Expected a String input"),
				Arguments.of("String", text, List.of(), "Expected a String input"),
				Arguments.of("String", text, new BigInteger("9".repeat(30)), "Expected a String input"),
				Arguments.of("Boolean!", "__typename @skip(if: $v)", 1.5, "Expected a Boolean input"),
				Arguments.of("OwnerOrder", "myOwners(orderBy: $v) { totalCount }", List.of(),
						"Expected an input object."),
				Arguments.of("OwnerOrder", "myOwners(orderBy: $v) { totalCount }", "x", "Expected an input object."));
	}

	@Test
	void nonexistentDateIsRejectedAndNothingIsStored() {
		Api ann = this.api.signUp();
		String create = "mutation { createOwner(input: {name: \"x\", dogs: [{name: \"d\", birthDate: \"%s\"}]}) "
				+ "{ owner { id } } }";

		assertThat(ann.execute(create.formatted("2020-02-30")).codes()).containsExactly("GRAPHQL_VALIDATION_FAILED");
		assertThat(ann
			.execute("query ($d: Date) { myDogs(filter: {birthDate: {gte: $d}}) { totalCount } }",
					Map.of("d", "2021-02-29"))
			.codes()).containsExactly("BAD_USER_INPUT");
		assertThat(ann.execute(create.formatted("0000-01-01")).violations())
			.containsExactly("input.dogs.0.birthDate RANGE");
		assertThat(ann.execute("{ myOwners { totalCount } myDogs { totalCount } }").data())
			.hasToString("{\"myOwners\":{\"totalCount\":0},\"myDogs\":{\"totalCount\":0}}");
	}

	@Test
	void invisibleNameIsRejected() {
		Api ann = this.api.signUp();

		assertThat(ann
			.execute("mutation ($input: CreateOwnerInput!) { createOwner(input: $input) { owner { id } } }",
					Map.of("input", Map.of("name", "\u200b", "dogs", List.of(Map.of("name", "\u202e evil")))))
			.violations()).containsExactly("input.dogs.0.name CHARACTERS", "input.name CHARACTERS");
		assertThat(ann.execute("{ myOwners { totalCount } }").data()).hasToString("{\"myOwners\":{\"totalCount\":0}}");
	}

	@Test
	void failedMutationFieldDoesNotAffectItsSiblings() {
		Api ann = this.api.signUp();

		Api.Response response = ann.execute("""
				mutation {
				  a: createOwner(input: {name: "A"}) { owner { name } }
				  b: createOwner(input: {name: ""}) { owner { name } }
				  c: createOwner(input: {name: "C"}) { owner { name } }
				}""");

		assertThat(response.status()).isEqualTo(200);
		assertThat(response.json().get("data").toString())
			.isEqualTo("{\"a\":{\"owner\":{\"name\":\"A\"}},\"b\":null,\"c\":{\"owner\":{\"name\":\"C\"}}}");
		assertThat(response.violations()).containsExactly("input.name LENGTH");
	}

	@ParameterizedTest
	@ValueSource(strings = { "__type(name: \"Dog\") { fields%s { name } }",
			"__type(name: \"ChangeKind\") { enumValues%s { name } }",
			"__type(name: \"LoginInput\") { inputFields%s { name } }",
			"__type(name: \"Query\") { fields { args%s { name } } }", "__schema { directives { args%s { name } } }" })
	void nullForIncludeDeprecatedMeansTheDefault(String introspection) {
		String expected = this.api.execute("{ " + introspection.formatted("") + " }").data().toString();

		assertThat(
				this.api.execute("{ " + introspection.formatted("(includeDeprecated: null)") + " }").data().toString())
			.isEqualTo(expected);
		assertThat(this.api
			.execute("query ($d: Boolean) { " + introspection.formatted("(includeDeprecated: $d)") + " }",
					Collections.singletonMap("d", null))
			.data()
			.toString()).isEqualTo(expected);
	}

	/**
	 * A variable of the same name in another operation of the document has no effect.
	 */
	@Test
	void nullIsRejectedOnlyInTheExecutedOperation() {
		Api ann = this.api.signUp();
		String document = """
				query A($size: Int) { myOwners(first: $size) { totalCount } }
				query B($size: Boolean! = true) { me @include(if: $size) { id } }""";
		Map<String, ?> nothing = Collections.singletonMap("size", null);

		assertThat(ann
			.post(new JsonMapper()
				.writeValueAsBytes(Map.of("query", document, "operationName", "A", "variables", nothing)), Map.of())
			.data()
			.toString()).isEqualTo("{\"myOwners\":{\"totalCount\":0}}");
	}

}
