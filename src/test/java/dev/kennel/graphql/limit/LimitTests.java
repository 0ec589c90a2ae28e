package dev.kennel.graphql.limit;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import com.sun.management.ThreadMXBean;
import dev.kennel.test.Api;
import dev.kennel.test.ExponentialFragments;
import dev.kennel.test.KennelTest;
import dev.kennel.test.SqlRecorder;
import graphql.introspection.IntrospectionQuery;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** An operation that exceeds a limit is refused before it is executed. */
@KennelTest
class LimitTests {

	private final Api api;

	private final SqlRecorder sql;

	private final LimitEnforcer limits;

	LimitTests(Api api, SqlRecorder sql, LimitEnforcer limits) {
		this.api = api;
		this.sql = sql;
		this.limits = limits;
	}

	@AfterEach
	void serviceStillResponds() {
		assertThat(this.api.execute("{ me { id } }").data().toString()).isEqualTo("{\"me\":null}");
	}

	/**
	 * The engine's message, which quoted the name, was once scanned in quadratic time.
	 */
	@Test
	void longOperationNameIsNotQuoted() {
		Map<String, Object> request = Map.of("query", "{ __typename }", "operationName", "'\"".repeat(250_000));

		Api.Response response = this.api.post(new JsonMapper().writeValueAsBytes(request), Map.of());

		assertThat(response.codes()).containsExactly("OPERATION_RESOLUTION_FAILURE");
		assertThat(response.json().at("/errors/0/message").asString())
			.isEqualTo("There is no operation with a name of 500000 characters.");
	}

	/**
	 * Valid, since the variable or the position has a default; and refused, since null is
	 * sent.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "query ($v: Boolean = true) { __typename @include(if: $v) }",
			"query ($v: Boolean = true) { ... @skip(if: $v) { __typename } }",
			"query ($v: Boolean = true) { ...F } fragment F on Query { __typename @skip(if: $v) }",
			"mutation ($v: Boolean = true) { createOwner(input: {name: \"Ann\"}) { owner { id @include(if: $v) } } }" })
	void nullInADirectiveIsRefusedBeforeExecution(String document) {
		Api ann = this.api.signUp();

		Api.Response response = ann.execute(document, Collections.singletonMap("v", null));

		assertThat(response.status()).isEqualTo(400);
		assertThat(response.codes()).containsExactly("BAD_USER_INPUT");
		assertThat(response.json().has("data")).isFalse();
		assertThat(ann.execute("{ myOwners { totalCount } }").text("/myOwners/totalCount")).isEqualTo("0");
	}

	@ParameterizedTest
	@ValueSource(strings = { "query ($v: ID = \"x\") { node(id: $v) { id } }",
			"query ($v: [ID!] = [\"x\"]) { nodes(ids: $v) { id } }",
			"query ($v: ID = \"x\") { nodes(ids: [$v]) { id } }",
			"mutation ($v: CreateOwnerInput = {name: \"Ann\"}) { createOwner(input: $v) { owner { id } } }",
			"mutation ($v: String = \"Ann\") { createOwner(input: {name: $v}) { owner { id } } }",
			"query ($v: DogOrderField = NAME) { myDogs(orderBy: {field: $v}) { nodes { id } } }",
			"query ($v: OrderDirection) { myDogs(orderBy: {field: NAME, direction: $v}) { nodes { id } } }",
			"query ($v: String = \"x\") { myDogs(filter: {name: {in: [$v]}}) { nodes { id } } }",
			"query ($v: String = \"Dog\") { __type(name: $v) { name } }",
			"mutation ($v: Boolean) { deleteOwner(input: {id: \"x\", withDogs: $v}) { deletedOwnerId } }" })
	void nullInAnArgumentIsAnErrorOfItsFieldWhichChangesNothing(String document) {
		Api ann = this.api.signUp();

		Api.Response response = ann.execute(document, Collections.singletonMap("v", null));

		assertThat(response.codes()).containsExactly("BAD_USER_INPUT");
		assertThat(response.json().at("/errors/0/path/0").isString()).isTrue();
		assertThat(ann.execute("{ myOwners { totalCount } }").text("/myOwners/totalCount")).isEqualTo("0");
	}

	@ParameterizedTest
	@ValueSource(strings = { "subscription { myChanges @skip(if: true) { cursor } }",
			"subscription { ... @include(if: false) { myChanges { cursor } } }",
			"subscription ($v: Boolean = true) { myChanges @skip(if: $v) { cursor } }",
			"subscription { ...F } fragment F on Subscription { ...G } "
					+ "fragment G on Subscription { myChanges @include(if: true) { cursor } }" })
	void conditionOnASubscriptionFieldIsInvalid(String document) {
		assertThat(this.api.execute(document).codes()).containsExactly("GRAPHQL_VALIDATION_FAILED");
	}

	private static String repeat(int times, String separator, String text) {
		return IntStream.range(0, times)
			.mapToObj((i) -> text.replace("#", String.valueOf(i)))
			.collect(Collectors.joining(separator));
	}

	/** Owners and their dogs in turn, this many fields deep. */
	private static String nested(int depth) {
		StringBuilder text = new StringBuilder("id");
		for (int i = 1; i < depth; i++) {
			text.insert(0, "owner { ").append(" }");
		}
		return text.toString();
	}

	static Stream<Arguments> exceedingOperations() {
		return Stream.of(
				// Depth, plainly and by way of fragments.
				Arguments.of("{ me { dogs { nodes { " + nested(13) + " } } } }", "max-depth", 16, 15),
				Arguments.of("{ me { ...A } } fragment A on User { dogs { nodes { ... on Dog { ...B } } } } "
						+ "fragment B on Dog { " + nested(13) + " }", "max-depth", 16, 15),
				Arguments.of("{" + "a{".repeat(1_000) + "b" + "}".repeat(1_000) + "}", "max-depth", 1_001, 15),
				Arguments.of("{" + "... {".repeat(1_000) + "me { id }" + "}".repeat(1_000) + "}", "max-nesting", 1_002,
						50),
				Arguments.of("{ nodes(ids: " + "[".repeat(1_000) + "1" + "]".repeat(1_000) + ") { id } }",
						"max-nesting", 1_002, 50),
				Arguments.of(
						"{ myOwners(filter: " + "{a:".repeat(1_000) + "1" + "}".repeat(1_000) + ") { totalCount } }",
						"max-nesting", 1_002, 50),
				// Aliases, plainly and by way of fragments.
				Arguments.of("{" + repeat(10_000, " ", "a#:b") + "}", "max-aliases", 10_000, 50),
				Arguments.of("{" + repeat(51, " ", "a#: __typename") + "}", "max-aliases", 51, 50),
				Arguments.of("{ me { ...F a: id } ...G } fragment F on User { " + repeat(25, " ", "a#: id")
						+ " } fragment G on Query { me { ...F } }", "max-aliases", 51, 50),
				// Root fields.
				Arguments.of("{" + repeat(21, " ", "a#: __typename") + "}", "max-root-fields", 21, 20),
				Arguments.of(
						"{ ...F ...F ... { ...F } } fragment F on Query { " + repeat(7, " ", "a#: __typename") + "}",
						"max-root-fields", 21, 20),
				// Directives.
				Arguments.of("{ __typename " + "@skip(if: true) ".repeat(51) + "}", "max-directives", 51, 50),
				Arguments.of("{ me { " + "...F ".repeat(26) + "} } fragment F on User { id @skip(if: true) "
						+ "name: username @include(if: true) }", "max-directives", 52, 50),
				// Tokens.
				Arguments.of("{ me { id " + "id ".repeat(9_996) + "} }", "max-tokens", 10_002, 10_000),
				Arguments.of("{" + "a,".repeat(50_000) + "}", "max-tokens", 50_002, 10_000),
				// Lists.
				Arguments.of("{ nodes(ids: [" + "1,".repeat(1_001) + "]) { id } }", "max-list-size", 1_001, 1_000),
				// Cost.
				Arguments.of("{ myOwners(first: 200) { nodes { dogs(first: 100) { nodes { id } } } } }", "max-cost",
						20_200, 20_000));
	}

	@ParameterizedTest
	@MethodSource("exceedingOperations")
	void exceededLimitIsRefusedWithItsNameAndValue(String document, String limit, int value, int max) {
		Api ann = this.api.signUp();

		List<String> statements = this.sql.record(() -> assertRefused(ann.execute(document), limit, value, max));

		assertThat(statements).isEmpty();
	}

	private static void assertRefused(Api.Response response, String limit, int value, int max) {
		assertThat(response.codes()).as(response.toString()).containsExactly("OPERATION_TOO_COMPLEX");
		assertThat(response.status()).isEqualTo(400);
		assertThat(response.json().has("data")).isFalse();
		assertThat(response.json().at("/errors/0/extensions").toString())
			.isEqualTo("{\"code\":\"OPERATION_TOO_COMPLEX\"," + "\"limit\":\"" + limit + "\",\"value\":" + value
					+ ",\"max\":" + max + "}");
		assertThat(response.json().at("/errors/0/message").asString()).contains(String.valueOf(value),
				"the limit is " + max, "kennel.graphql.limits." + limit);
	}

	@Test
	void operationsAtTheLimitsAreExecuted() {
		Api ann = this.api.signUp();
		String dogs = "dogs(first: 1) { nodes { ";
		ann.execute("{ me { " + dogs + "user { " + dogs + "owner { user { " + dogs + "owner { user { " + dogs + "id"
				+ " }".repeat(14) + " }")
			.data();
		ann.execute("{ me { " + repeat(50, " ", "a#: id") + " } }").data();
		ann.execute("{" + repeat(20, " ", "a#: __typename") + "}").data();
		ann.execute("{ myOwners(first: 200) { nodes { dogs(first: 99) { nodes { id } } } } }").data();
		ann.execute("query ($ids: [String!]) { myOwners(filter: {name: {in: $ids}}) { totalCount } }",
				Map.of("ids", Collections.nCopies(200, "a")))
			.data();
	}

	@Test
	void cyclicFragmentsAreInvalid() {
		for (String document : List.of("{ ...A } fragment A on Query { ...A }",
				"{ ...A } fragment A on Query { me { ...B } } fragment B on User { owners { nodes { user { ...B } } } }",
				"{ me { id } } fragment A on Query { ...B } fragment B on Query { ...A }",
				"{ ...F0 } " + repeat(30, " ", "fragment F# on Query { ...F1 ...F2 ...F3 ...F4 ...F5 ...F6 }"))) {
			assertThat(this.api.execute(document).codes()).as(document).containsExactly("GRAPHQL_VALIDATION_FAILED");
		}
	}

	@Test
	void chainOfFragmentsCountsAsNesting() {
		String chain = "{ ...F0 } " + IntStream.range(0, 900)
			.mapToObj((i) -> "fragment F" + i + " on Query { ...F" + (i + 1) + " }")
			.collect(Collectors.joining(" ")) + " fragment F900 on Query { me { id } }";

		assertRefused(this.api.execute(chain), "max-nesting", 51, 50);
	}

	@Test
	void exponentialFragmentsAreRefusedByTheirExpandedSize() {
		String bomb = ExponentialFragments.document(10, "me { id username }");

		assertRefused(this.api.execute(bomb), "max-fields", 3_072, 2_000);
	}

	@Test
	void variablesAreLimitedLikeLiterals() {
		Api ann = this.api.signUp();
		String document = "query ($v: OwnerFilter, $l: [String!]) { a: myOwners(filter: $v) { totalCount } "
				+ "b: myOwners(filter: {name: {in: $l}}) { totalCount } }";
		List<String> statements = this.sql.record(() -> {
			assertRefused(ann.execute(document, Map.of("l", Collections.nCopies(1_001, "a"))), "max-list-size", 1_001,
					1_000);
			Object list = "a";
			Object object = 1;
			for (int i = 0; i < 51; i++) {
				list = List.of(list);
				object = Map.of("name", object);
			}
			assertRefused(ann.execute(document, Map.of("l", list)), "max-nesting", 51, 50);
			assertRefused(ann.execute(document, Map.of("v", object)), "max-nesting", 51, 50);
			assertRefused(
					ann.post(("{\"query\":\"{me{id}}\",\"variables\":{\"l\":[" + "1,".repeat(499_999) + "1]}}")
						.getBytes(java.nio.charset.StandardCharsets.US_ASCII), Map.of()),
					"max-list-size", 500_000, 1_000);
		});
		assertThat(statements).isEmpty();

		// A body beyond the limits of the JSON parser is refused while it is read.
		assertThat(ann
			.post(("{\"query\":\"{me{id}}\",\"variables\":{\"l\":" + "[".repeat(1_000) + "]".repeat(1_000) + "}}")
				.getBytes(java.nio.charset.StandardCharsets.US_ASCII), Map.of())
			.codes()).containsExactly("BAD_REQUEST");
		assertThat(ann
			.post(("{\"query\":\"{me{id}}\",\"variables\":{\"l\":[" + "1,".repeat(999_999) + "1]}}")
				.getBytes(java.nio.charset.StandardCharsets.US_ASCII), Map.of())
			.codes()).containsExactly("PAYLOAD_TOO_LARGE");
	}

	@Test
	void pageSizeOutOfRangeIsBadInputRatherThanTooComplex() {
		Api ann = this.api.signUp();

		Api.Response response = ann
			.execute("{ myOwners(first: 1000000) { nodes { dogs(first: 200) { nodes { id } } } } }");

		assertThat(response.codes()).containsExactly("BAD_USER_INPUT");
		assertThat(response.violations()).containsExactly("first RANGE");
	}

	@Test
	void standardIntrospectionIsAcceptedAndCyclicOneIsRefused() {
		assertThat(this.api.execute(IntrospectionQuery.INTROSPECTION_QUERY).data().at("/__schema/types").size())
			.isGreaterThan(60);
		Api.Response cyclic = this.api
			.execute("{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }");
		assertThat(cyclic.codes()).containsExactly("OPERATION_TOO_COMPLEX");
		assertThat(cyclic.json().at("/errors/0/extensions/limit").asString()).isEqualTo("introspection");
		String deep = "name";
		for (int i = 0; i < 20; i++) {
			deep = "ofType { " + deep + " }";
		}
		assertRefused(this.api.execute("{ __type(name: \"Dog\") { " + deep + " } }"), "max-depth", 22, 15);
	}

	@Test
	void costAndBudgetAreReportedOnRequest() {
		Api ann = this.api.signUp();

		Api.Response unrequested = ann.execute("{ myOwners { nodes { id } } }");
		Api.Response requested = send(ann, "{ myOwners { nodes { id } } }", Map.of("cost", true));
		Api.Response refused = send(ann, "{ myOwners(first: 200) { nodes { dogs(first: 200) { nodes { id } } } } }",
				Map.of("cost", true));

		assertThat(unrequested.json().has("extensions")).isFalse();
		assertThat(requested.json().at("/extensions/cost/requested").asInt()).isEqualTo(50);
		assertThat(requested.json().at("/extensions/cost/limit").asInt()).isEqualTo(20_000);
		assertThat(requested.json().at("/extensions/cost/budget/limit").asInt()).isEqualTo(1_000_000_000);
		assertThat(requested.json().at("/extensions/cost/budget/remaining").asInt()).isBetween(999_999_800,
				999_999_999);
		assertThat(requested.json().at("/extensions/cost/budget/resetAfter").asInt()).isEqualTo(1);
		assertThat(refused.json().at("/extensions/cost/requested").asInt()).isEqualTo(40_200);
		assertThat(unrequested.header("RateLimit-Policy")).isEqualTo("\"cost\";q=1000000000;w=60");
		assertThat(unrequested.header("RateLimit")).matches("\"cost\";r=9999\\d{5};t=1");
	}

	private static Api.Response send(Api api, String document, Map<String, ?> extensions) {
		Map<String, Object> body = new HashMap<>(Map.of("query", document, "extensions", extensions));
		return api.post(new JsonMapper().writeValueAsBytes(body), Map.of());
	}

	/** Allocations do not depend on the load of the machine. */
	@Test
	void oversizedTextIsRefusedWithLittleAllocation() {
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		List<String> documents = Arrays.asList("{" + repeat(10_000, " ", "a#:b") + "}", "{" + "a,".repeat(50_000) + "}",
				"{" + "a{".repeat(1_000) + "b" + "}".repeat(1_000) + "}",
				"{ nodes(ids: " + "[".repeat(1_000) + "1" + "]".repeat(1_000) + ") { id } }");
		Runnable check = () -> documents.forEach((document) -> assertThatExceptionOfType(RuntimeException.class)
			.isThrownBy(() -> this.limits.checkText(document)));
		check.run();

		long before = threads.getCurrentThreadAllocatedBytes();
		check.run();

		assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(1_000_000);
	}

}
