package dev.kennel.graphql.cost;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import dev.kennel.error.ApiException;
import dev.kennel.test.BareSchema;
import dev.kennel.test.ExponentialFragments;
import graphql.ExecutionInput;
import graphql.ParseAndValidate;
import graphql.ParseAndValidateResult;
import graphql.introspection.IntrospectionQuery;
import graphql.language.Document;
import graphql.language.OperationDefinition;
import graphql.schema.GraphQLSchema;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** The cost of operations as docs/limits.md defines it. */
class CostTests {

	private static final GraphQLSchema SCHEMA = BareSchema.create();

	private static int cost(String document, Map<String, ? extends @Nullable Object> variables) {
		ParseAndValidateResult result = ParseAndValidate.parseAndValidate(SCHEMA,
				ExecutionInput.newExecutionInput(document).locale(Locale.ENGLISH).build());
		assertThat(result.getErrors()).isEmpty();
		return compile(result.getDocument()).of(variables);
	}

	private static OperationCost compile(Document document) {
		return CostCompiler.compile(SCHEMA, document,
				document.getDefinitionsOfType(OperationDefinition.class).getFirst(), FixedCosts.PAGES);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', value = {
			// Single objects, and scalars.
			"{ __typename } | 0", "{ me { id username } } | 1", "{ dog(id: 1) { owner { user { id } } } } | 3",
			"mutation { createOwner(input: {name: \"a\"}) { owner { id } } } | 2",
			"subscription { myChanges { cursor node { id } } } | 2",
			// Lists, by their page size.
			"{ myOwners { nodes { id } } } | 50", "{ myOwners(first: 7) { nodes { id } } } | 7",
			"{ myOwners(last: 8) { edges { cursor node { id } } } } | 8",
			"{ myOwners(first: null) { nodes { id } } } | 50", "{ me { sessions { id } } } | 51",
			"{ nodes(ids: [1, 2, 3]) { id } } | 3", "{ nodes(ids: 1) { id } } | 1", "{ nodes(ids: []) { id } } | 0",
			// Nested.
			"{ myOwners(first: 10) { nodes { dogs(first: 5) { nodes { id } } } } } | 60",
			"{ myOwners(first: 10) { nodes { dogs(first: 5) { nodes { owner { id } } } } } } | 110",
			"{ nodes(ids: [1, 2]) { ... on Owner { dogs(first: 5) { nodes { id } } } } } | 12",
			// Rows that are selected in two ways are counted once.
			"{ myOwners(first: 10) { nodes { id } edges { node { id } } } } | 10",
			"{ myOwners(first: 10) { nodes { user { id } } edges { node { user { id } } } } } | 30",
			// The number of rows is one object.
			"{ myOwners(first: 10) { totalCount } } | 1",
			"{ myOwners(first: 10) { totalCount pageInfo { hasNextPage } } } | 10",
			"{ myOwners(first: 10) { nodes { dogs { totalCount __typename } } } } | 20",
			// Of several types, the most expensive counts.
			"{ node(id: 1) { ... on Owner { dogs(first: 9) { nodes { id } } } ... on Dog { owner { id } } } } | 10",
			"{ nodes(ids: [1, 2]) { ... on Node { ... on Owner { dogs(first: 5) { nodes { id } } } } } } | 12",
			// Merged fields count once.
			"{ me { id } me { username } } | 1", "{ me { id } a: me { username } } | 2",
			"{ myOwners(first: 5) { nodes { ...A ...B } } } fragment A on Owner { dogs { nodes { id } } } "
					+ "fragment B on Owner { dogs { nodes { name } } } | 255",
			// A field that is skipped by a literal does not count.
			"{ me @skip(if: true) { id } myOwners @include(if: false) { nodes { id } } } | 0",
			"{ ... @skip(if: true) { me { id } } ... @include(if: true) { me { id } } } | 1",
			// An empty page costs nothing, nor does one that is refused.
			"{ myOwners(first: 0) { nodes { id } } } | 0", "{ myOwners(first: 201) { nodes { id } } } | 0",
			"{ myOwners(first: 1000000) { nodes { dogs { nodes { id } } } } } | 0",
			"{ myOwners(first: 1, last: 1) { nodes { id } } } | 0",
			"{ myOwners(first: 0, last: 5) { nodes { id } } } | 0",
			"{ myOwners(first: 5, last: 0) { nodes { id } } } | 0", "{ myOwners(first: -1) { nodes { id } } } | 0",
			"{ myOwners(first: 1) { nodes { id } } } | 1", "{ myOwners(first: 200) { nodes { id } } } | 200",
			// The filters within a filter, for each parent; comparisons are none.
			"{ myDogs(first: 1, filter: {name: {eq: \"a\"}, ownerId: 1}) { nodes { id } } } | 1",
			"{ myDogs(first: 1, filter: {or: [{name: {eq: \"a\"}}, {not: {}}], and: {}}) { nodes { id } } } | 5",
			"{ myDogs(first: 1, filter: {or: []}) { totalCount } } | 1", "{ dogsByBreed { count } } | 50",
			"{ dogsByBreed(first: 7, filter: {not: {}}) { breed } } | 8",
			"{ search(text: \"a\", first: 9) { nodes { ... on Dog { owner { id } } ... on Owner { id } } } } | 18",
			"{ myDogs(filter: {not: {}}) { totalCount } } | 2",
			"{ myDogs(first: 0, filter: {not: {}}) { nodes { id } } } | 1",
			"{ myOwners(first: 1, filter: {dogs: {some: {owner: {name: {eq: \"a\"}}}, none: {}}}) { nodes { id } } } | 4",
			"{ myOwners(first: 3) { nodes { dogs(first: 2, filter: {or: [{}, {}]}) { nodes { id } } } } } | 15"

	})

	void costIsTheMaximumNumberOfReturnedObjects(String document, int expected) {
		assertThat(cost(document, Map.of())).isEqualTo(expected);
	}

	@Test
	void costDependsOnTheVariables() {
		String pages = "query ($n: Int = 20, $m: Int) { myOwners(first: $n) { nodes { dogs(last: $m) { nodes { id } } } } }";
		assertThat(cost(pages, Map.of())).isEqualTo(20 + 20 * 50);
		assertThat(cost(pages, Map.of("n", 3))).isEqualTo(3 + 3 * 50);
		assertThat(cost(pages, Map.of("n", 3, "m", 4))).isEqualTo(3 + 3 * 4);
		assertThat(cost(pages, Collections.singletonMap("n", null))).isEqualTo(50 + 50 * 50);
		assertThat(cost(pages, Map.of("n", 3.0, "m", 4L))).isEqualTo(3 + 3 * 4);
		for (Object refused : new Object[] { 0, -1, 201, Long.MAX_VALUE, 1e300, 1.5, "3", true, List.of(), Map.of() }) {
			assertThat(cost(pages, Map.of("n", refused))).as("%s", refused).isZero();
		}

		String ids = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }";
		assertThat(cost(ids, Map.of("ids", List.of("a", "b")))).isEqualTo(2);
		assertThat(cost(ids, Map.of("ids", "a"))).isEqualTo(1);
		assertThat(cost(ids, Map.of())).isZero();
		String someIds = "query ($ids: [ID!]! = [1, 2, 3]) { nodes(ids: $ids) { id } }";
		assertThat(cost(someIds, Map.of())).isEqualTo(3);
		assertThat(cost(someIds, Map.of("ids", List.of("a")))).isEqualTo(1);
		// Null is refused.
		assertThat(cost(someIds, Collections.singletonMap("ids", null))).isZero();

		String filters = "query ($f: DogFilter = {not: {}}, $n: DogFilter) { myDogs(first: 1, filter: $f) { nodes { id } } "
				+ "other: myDogs(first: 1, filter: {not: $n, or: [{}]}) { nodes { id } } }";
		assertThat(cost(filters, Map.of())).isEqualTo(1 + 1 + 1 + 1);
		assertThat(cost(filters, Collections.singletonMap("f", null))).isEqualTo(1 + 1 + 1);
		Map<String, Object> two = Map.of("or", List.of(Map.of("name", Map.of("eq", "a")), Map.of("nope", Map.of())));
		assertThat(cost(filters, Map.of("f", two))).isEqualTo(1 + 2 + 1 + 1);
		assertThat(cost(filters, Map.of("f", two, "n", two))).isEqualTo(1 + 2 + 1 + 1 + 3);
		assertThat(cost(filters, Map.of("f", Map.of("and", Map.of("not", Map.of()))))).isEqualTo(1 + 2 + 1 + 1);
		assertThat(cost(filters, Map.of("f", Map.of("or", Collections.nCopies(999, Map.of())))))
			.isEqualTo(1 + 999 + 1 + 1);
		Object many = Collections.nCopies(1_000, Map.of());
		assertThat(cost(filters, Map.of("f", Map.of("or", many), "n", Map.of("or", many))))
			.isEqualTo(Integer.MAX_VALUE);

		String flags = "query ($a: Boolean!, $b: Boolean! = true) { ...F @include(if: $a) me @skip(if: $b) { id } } "
				+ "fragment F on Query { myOwners(first: 9) { nodes { id } } me { id } }";
		assertThat(cost(flags, Map.of("a", true))).isEqualTo(10);
		assertThat(cost(flags, Map.of("a", false))).isZero();
		assertThat(cost(flags, Map.of("a", false, "b", false))).isEqualTo(1);
		assertThat(cost(flags, Map.of("a", true, "b", false))).isEqualTo(10);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', value = {
			// With a and b false; with a; with b; with both.
			"me @include(if: $a) @skip(if: $b) { id } | 0 | 1 | 0 | 0",
			"... @include(if: $a) { me @include(if: $b) { id } } | 0 | 0 | 0 | 1",
			"me @include(if: $a) @skip(if: false) { id } | 0 | 1 | 0 | 1",
			"me @skip(if: false) @include(if: $a) { id } | 0 | 1 | 0 | 1",
			"me @skip(if: true) @include(if: $a) { id } | 0 | 0 | 0 | 0",
			"me @include(if: $a) @skip(if: true) { id } | 0 | 0 | 0 | 0",
			"me @include(if: $a) { id } me @include(if: $b) { username } | 0 | 1 | 1 | 1" })
	void fieldMeetsAllItsConditionsAndMergedFieldsMeetAny(String fields, int none, int a, int b, int both) {
		// The last fragment uses the variables that the fields do not use.
		String document = "query ($a: Boolean!, $b: Boolean!) { __typename " + fields
				+ " ... @skip(if: true) { x: __typename @include(if: $a) @skip(if: $b) } }";

		assertThat(cost(document, Map.of("a", false, "b", false))).isEqualTo(none);
		assertThat(cost(document, Map.of("a", true, "b", false))).isEqualTo(a);
		assertThat(cost(document, Map.of("a", false, "b", true))).isEqualTo(b);
		assertThat(cost(document, Map.of("a", true, "b", true))).isEqualTo(both);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', value = {
			// Each fragment, for each of its objects.
			"{ me { id ... @defer { username } } } | 2", "{ ... @defer { me { id } } } | 2",
			"{ myOwners(first: 7) { nodes { ... @defer { id } ...F @defer } } } fragment F on Owner { name } | 21",
			"{ nodes(ids: [1, 2]) { ... on Owner @defer { name } ... on Dog { name } } } | 4",
			"{ myOwners(first: 7) { nodes { id ... @defer(if: false) { name } ... @skip(if: true) @defer { name } } } } | 7",
			"{ myOwners(first: 7) { nodes { dogs(first: 2) { nodes { id ... @defer { name } } } } } } | 35",
			// A connection is one object.
			"{ myOwners(first: 7) { totalCount ... @defer { nodes { id } } } } | 8",
			"{ myOwners(first: 7) { nodes { dogs(first: 9) { totalCount ... @defer { __typename } } } } } | 21",
			// Each stream, for each of its lists.
			"{ myOwners(first: 7) { nodes @stream { id } } } | 8", "{ me { sessions @stream { id } } } | 52",
			"{ myOwners(first: 7) { nodes { dogs(first: 2) { nodes @stream(initialCount: 1) { id } } } } } | 28",
			"{ myOwners(first: 7) { edges @stream(if: false) { node { id } } } } | 7",
			// Objects that are selected both within and outside of a fragment, twice.
			"{ me { owners(first: 7) { nodes { id } } ... @defer { owners(first: 7) { nodes { name } } } } } | 16" })
	void deferredFragmentsAndStreamsAddToTheCost(String document, int cost) {
		assertThat(cost(document, Map.of())).isEqualTo(cost);
	}

	@Test
	void deferralAddsToTheCostUnlessItsConditionIsFalse() {
		String document = "query ($d: Boolean, $s: Boolean! = false) { myOwners(first: 7) { nodes @stream(if: $s) { id "
				+ "... @defer(if: $d) { name } } } }";

		assertThat(cost(document, Map.of())).isEqualTo(7 + 7);
		assertThat(cost(document, Map.of("d", false))).isEqualTo(7);
		assertThat(cost(document, Map.of("d", true, "s", true))).isEqualTo(7 + 7 + 1);
		assertThat(cost(document, Map.of("d", false, "s", true))).isEqualTo(7 + 1);
	}

	@Test
	void costDoesNotOverflow() {
		String inside = "id";
		for (int i = 0; i < 6; i++) {
			inside = "dogs(first: 200) { nodes { owner { " + inside + " } } }";
		}

		assertThat(cost("{ myOwners(first: 200) { nodes { " + inside + " } } }", Map.of()))
			.isEqualTo(Integer.MAX_VALUE);
	}

	@Test
	void introspectionCostsTheNumberOfTypesAndIsRefusedIfCyclic() {
		assertThat(cost(IntrospectionQuery.INTROSPECTION_QUERY, Map.of())).isEqualTo(SCHEMA.getAllTypesAsList().size());

		assertThatExceptionOfType(ApiException.class)
			.isThrownBy(() -> cost("{ __schema { types { fields { type { fields { name } } } } } }", Map.of()))
			.satisfies((failure) -> assertThat(failure.extensions()).containsEntry("limit", "introspection")
				.containsEntry("value", 2L)
				.containsEntry("max", 1L));
		assertThatExceptionOfType(ApiException.class).isThrownBy(
				() -> cost("{ a: __type(name: \"Dog\") { name } b: __type(name: \"Owner\") { name } }", Map.of()));
	}

	@Test
	void exponentialFragmentsAreCompiledInBoundedTime() {
		String bomb = ExponentialFragments.document(40, "me { id }");

		assertThatExceptionOfType(ApiException.class)
			.isThrownBy(() -> compile(new graphql.parser.Parser().parseDocument(bomb)))
			.satisfies((failure) -> assertThat(failure.extensions()).containsEntry("limit", "selections")
				.containsEntry("value", 200_001L)
				.containsEntry("max", 200_000L));
	}

}
