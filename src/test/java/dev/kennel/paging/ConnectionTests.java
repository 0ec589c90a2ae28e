package dev.kennel.paging;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/** Connections and their arguments, through the API. */
@KennelTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConnectionTests {

	private static final String DOGS_BY_FILTER = "query ($f: DogFilter) { myDogs(filter: $f) { totalCount } }";

	private final Api api;

	private Api ann;

	private String owner = "";

	ConnectionTests(Api api) {
		this.api = api;
		this.ann = api;
	}

	@BeforeAll
	void addDogs() {
		this.ann = this.api.signUp();
		this.owner = this.ann.createOwner("100% _Ann\\");
		this.ann.createOwner("1000 Annes");
		this.ann.createOwner("Café");
		for (int i = 0; i < 7; i++) {
			this.ann.createDog(this.owner, "Dog " + i);
		}
	}

	@ParameterizedTest
	@CsvSource({ "first: -1, first RANGE", "first: 201, first RANGE", "first: 2147483647, first RANGE",
			"last: -1, last RANGE", "last: 201, last RANGE", "'first: 1, last: 1', last EXCLUSIVE",
			"after: \"\", after CURSOR", "before: \"x\", before CURSOR", "after: \"AW8AYQA\", after CURSOR" })
	void pageArgumentsOutOfRangeAreRejectedForEveryList(String arguments, String violation) {
		for (String list : List.of("myDogs(%s) { totalCount }", "myOwners(%s) { totalCount }",
				"me { owners(%s) { totalCount } }", "me { dogs(%s) { totalCount } }",
				"myOwners { nodes { dogs(%s) { totalCount } } }")) {
			Api.Response response = this.ann.execute("{ " + list.formatted(arguments) + " }");

			assertThat(response.codes()).as(list).containsOnly("BAD_USER_INPUT");
			assertThat(response.violations()).as(list).containsExactly(violation);
		}
	}

	/** Relay: a non-negative integer. */
	@ParameterizedTest
	@ValueSource(strings = { "first: 0", "last: 0" })
	void pageSizeZeroReturnsNoNodesButTheTotalCount(String arguments) {
		String page = "totalCount nodes { id } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor "
				+ "endCursor }";
		for (String list : List.of("myDogs(%s)", "me { dogs(%s)", "myOwners(first: 1) { nodes { dogs(%s)")) {
			Api.Response response = this.ann.execute("{ " + list.formatted(arguments) + " { " + page + " } }"
					+ " }".repeat(list.length() - list.replace("{", "").length()));

			boolean forward = arguments.startsWith("first");
			assertThat(response.data().toString()).as(list)
				.contains("{\"totalCount\":7,\"nodes\":[],\"edges\":[],\"pageInfo\":{\"hasNextPage\":" + forward
						+ ",\"hasPreviousPage\":" + !forward + ",\"startCursor\":null,\"endCursor\":null}}");
		}
	}

	@Test
	void nonIntegerPageSizeIsRejected() {
		assertThat(this.ann.execute("{ myDogs(first: 2147483648) { totalCount } }").codes())
			.containsExactly("GRAPHQL_VALIDATION_FAILED");
		assertThat(this.ann.execute("query ($n: Int) { myDogs(first: $n) { totalCount } }", Map.of("n", "1")).codes())
			.containsExactly("BAD_USER_INPUT");
	}

	@Test
	void cursorIsRejectedByAnotherListOrOrder() {
		String dogs = cursor("myDogs(first: 1)");
		String owners = cursor("myOwners(first: 1)");
		String byName = cursor("myDogs(first: 1, orderBy: {field: NAME})");

		assertThat(this.ann.execute("{ myOwners(after: \"" + dogs + "\") { totalCount } }").violations())
			.containsExactly("after CURSOR");
		assertThat(this.ann.execute("{ myDogs(after: \"" + owners + "\") { totalCount } }").violations())
			.containsExactly("after CURSOR");
		assertThat(this.ann.execute("{ myDogs(after: \"" + byName + "\") { totalCount } }").violations())
			.containsExactly("after CURSOR");
		assertThat(this.ann
			.execute("{ myDogs(after: \"" + byName + "\", orderBy: {field: NAME, direction: DESC}) { totalCount } }")
			.violations()).containsExactly("after CURSOR");
		assertThat(this.ann.execute("{ myDogs(after: \"" + byName + "\", orderBy: {field: NAME}) { totalCount } }")
			.data()
			.at("/myDogs/totalCount")
			.asInt()).isEqualTo(7);
	}

	private String cursor(String list) {
		String field = list.substring(0, list.indexOf('('));
		return this.ann.execute("{ " + list + " { pageInfo { endCursor } } }")
			.text("/" + field + "/pageInfo/endCursor");
	}

	@Test
	void pageInfoAndTotalCountAreExactInBothDirections() {
		List<@Nullable String> forward = new ArrayList<>();
		List<String> flags = new ArrayList<>();
		String argument = "first: 3";
		for (int page = 0; page < 3; page++) {
			JsonNode list = this.ann
				.execute("{ myDogs(" + argument
						+ ") { nodes { name } pageInfo { hasNextPage hasPreviousPage endCursor } totalCount } }")
				.data()
				.get("myDogs");
			list.get("nodes").forEach((node) -> forward.add(node.get("name").asString()));
			flags.add(list.at("/pageInfo/hasPreviousPage").asBoolean() + " "
					+ list.at("/pageInfo/hasNextPage").asBoolean());
			assertThat(list.get("totalCount").asInt()).isEqualTo(7);
			argument = "first: 3, after: \"" + list.at("/pageInfo/endCursor").asString() + "\"";
		}
		assertThat(forward).isEqualTo(IntStream.range(0, 7).mapToObj((i) -> "Dog " + i).toList());
		assertThat(flags).containsExactly("false true", "true true", "true false");

		List<@Nullable String> backward = new ArrayList<>();
		flags.clear();
		argument = "last: 3";
		for (int page = 0; page < 3; page++) {
			JsonNode list = this.ann
				.execute("{ myDogs(" + argument
						+ ") { edges { cursor node { name } } pageInfo { hasNextPage hasPreviousPage startCursor } } }")
				.data()
				.get("myDogs");
			List<@Nullable String> names = new ArrayList<>();
			list.get("edges").forEach((edge) -> names.add(edge.at("/node/name").asString()));
			backward.addAll(0, names);
			flags.add(list.at("/pageInfo/hasPreviousPage").asBoolean() + " "
					+ list.at("/pageInfo/hasNextPage").asBoolean());
			assertThat(list.at("/edges/0/cursor").asString()).isEqualTo(list.at("/pageInfo/startCursor").asString());
			argument = "last: 3, before: \"" + list.at("/pageInfo/startCursor").asString() + "\"";
		}
		assertThat(backward).isEqualTo(forward);
		assertThat(flags).containsExactly("true false", "true true", "false true");
	}

	@Test
	void beforeAloneSelectsThePageThatEndsAtTheCursor() {
		String last = cursor("myDogs(last: 1)");

		assertThat(this.ann.execute("{ myDogs(before: \"" + last + "\") { nodes { name } } }")
			.texts("/myDogs/nodes", "name")).containsExactly("Dog 0", "Dog 1", "Dog 2", "Dog 3", "Dog 4", "Dog 5");
	}

	@Test
	void emptyListHasAnEmptyPage() {
		assertThat(this.ann
			.execute(
					"""
							{
							  myDogs(filter: {name: {eq: "nobody"}}) {
							    edges { cursor } nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount
							  }
							}""")
			.data()
			.toString())
			.isEqualTo("{\"myDogs\":{\"edges\":[],\"nodes\":[],\"pageInfo\":{\"hasNextPage\":false,"
					+ "\"hasPreviousPage\":false,\"startCursor\":null,\"endCursor\":null},\"totalCount\":0}}");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "contains: $t | % | 100% _Ann\\", "contains: $t | _ | 100% _Ann\\",
			"contains: $t | \\ | 100% _Ann\\", "contains: $t | %A | ", "contains: $t | ANN | 100% _Ann\\,1000 Annes",
			"startsWith: $t | 100% | 100% _Ann\\", "startsWith: $t | 100 | 100% _Ann\\,1000 Annes",
			"startsWith: $t | caf | Café", "eq: $t | CAFÉ | Café", "eq: $t | Cafe\u0301 | Café", "eq: $t | cafe | ",
			"in: [$t, \"1000 annes\"] | café | 1000 Annes,Café" })
	void filtersMatchLiterallyAndIgnoreCase(String member, String text, @Nullable String names) {
		assertThat(this.ann
			.execute("query ($t: String!) { myOwners(filter: {name: {" + member + "}}) { nodes { name } totalCount } }",
					Map.of("t", text))
			.texts("/myOwners/nodes", "name")).isEqualTo((names != null) ? List.of(names.split(",")) : List.of());
	}

	@Test
	void filterSizeAndValuesAreLimited() {
		List<String> many = new ArrayList<>(java.util.Collections.nCopies(200, "a"));
		String query = "query ($in: [String!]) { myDogs(filter: {name: {in: $in}}) { totalCount } }";
		assertThat(this.ann.execute(query, Map.of("in", many)).codes()).isEmpty();
		many.add("a");
		assertThat(this.ann.execute(query, Map.of("in", many)).violations()).containsExactly("filter.name.in LENGTH");
		assertThat(this.ann.execute(query, Map.of("in", List.of("a", "b".repeat(201)))).violations())
			.containsExactly("filter.name.in.1 LENGTH");
		assertThat(this.ann.execute("{ myDogs(filter: {ownerId: \"dog_00000000000000000000000000\"}) { totalCount } }")
			.violations()).containsExactly("filter.ownerId ID");
		assertThat(this.ann.execute("{ myDogs(filter: {birthDate: {gte: \"+12020-01-01\"}}) { totalCount } }").codes())
			.isNotEmpty()
			.doesNotContain("INTERNAL_SERVER_ERROR");
	}

	@Test
	void violationsOfFilterAndPageArgumentsAreReportedTogether() {
		String invalid = "first: -1, after: \"x\", filter: {name: {eq: \"\\u0000\", in: [\"\\u0001\"]}";
		for (String list : List.of("myDogs", "me { dogs", "myOwners { nodes { dogs")) {
			assertThat(this.ann
				.execute("{ " + list + "(" + invalid + ", ownerId: \"zzz\"}) { totalCount } }"
						+ " }".repeat(list.length() - list.replace("{", "").length()))
				.violations()).as(list)
				.containsExactly("first RANGE", "after CURSOR", "filter.name.eq CHARACTERS",
						"filter.name.in.0 CHARACTERS", "filter.ownerId ID");
		}
		for (String list : List.of("myOwners", "me { owners")) {
			assertThat(this.ann
				.execute("{ " + list + "(" + invalid + "}) { totalCount } }"
						+ " }".repeat(list.length() - list.replace("{", "").length()))
				.violations()).as(list)
				.containsExactly("first RANGE", "after CURSOR", "filter.name.eq CHARACTERS",
						"filter.name.in.0 CHARACTERS");
		}
	}

	@ParameterizedTest
	@CsvSource({ "eq: \"\", 0", "in: [], 0", "contains: \"\", 1", "startsWith: \"\", 1", "isNull: false, 1",
			"isNull: true, 1", "'isNull: true, startsWith: \"\"', 0", "isNull: null, 2" })
	void dogWithoutBreedMatchesOnlyIsNull(String filter, int count) {
		Api bob = this.api.signUp();
		String bobsOwner = bob.createOwner("Bob");
		bob.createDog(bobsOwner, "Mutt");
		bob.createDog(Map.of("ownerId", bobsOwner, "name", "Snoopy", "breed", "Beagle"));

		assertThat(bob.execute("{ myDogs(filter: {breed: {" + filter + "}}) { totalCount nodes { id } } }")
			.data()
			.at("/myDogs/totalCount")
			.asInt()).isEqualTo(count);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "{or: [{name: {eq: \"Dog 1\"}}, {name: {eq: \"Dog 3\"}}]} | Dog 1,Dog 3",
			"{and: [{name: {startsWith: \"dog\"}}, {not: {name: {in: [\"dog 0\", \"dog 1\", \"dog 2\"]}}}]} "
					+ "| Dog 3,Dog 4,Dog 5,Dog 6",
			"{name: {eq: \"dog 5\"}, or: [{}]} | Dog 5", "{or: []} | ", "{or: [], and: []} | ",
			"{and: [], not: null, or: null} | Dog 0,Dog 1,Dog 2,Dog 3,Dog 4,Dog 5,Dog 6", "{not: {}} | ",
			"{not: {or: []}} | Dog 0,Dog 1,Dog 2,Dog 3,Dog 4,Dog 5,Dog 6", "{or: {name: {eq: \"dog 2\"}}} | Dog 2",
			"{not: {breed: {eq: \"x\"}}, name: {contains: \"6\"}} | Dog 6" })
	void filtersCanBeCombined(String filter, @Nullable String names) {
		assertThat(this.ann.execute("{ myDogs(filter: " + filter + ") { nodes { name } totalCount } }")
			.texts("/myDogs/nodes", "name")).isEqualTo((names != null) ? List.of(names.split(",")) : List.of());
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "{dogs: {some: {name: {eq: \"dog 1\"}}}} | 100% _Ann\\", "{dogs: {some: {}}} | 100% _Ann\\",
					"{dogs: {none: {}}} | 1000 Annes,Café", "{dogs: {every: {}}} | 100% _Ann\\,1000 Annes,Café",
					"{dogs: {every: {name: {eq: \"dog 1\"}}}} | 1000 Annes,Café",
					"{dogs: {some: {}, every: {name: {startsWith: \"dog\"}}}} | 100% _Ann\\",
					"{dogs: {none: {name: {eq: \"dog 9\"}}}, name: {startsWith: \"1\"}} | 100% _Ann\\,1000 Annes",
					"{not: {dogs: {some: {not: {breed: {eq: \"x\"}}}}}} | 1000 Annes,Café",
					"{dogs: {}} | 100% _Ann\\,1000 Annes,Café", "{dogs: {some: null}} | 100% _Ann\\,1000 Annes,Café" })
	void ownersAreFilteredByTheirDogs(String filter, @Nullable String names) {
		assertThat(this.ann.execute("{ myOwners(filter: " + filter + ") { nodes { name } totalCount } }")
			.texts("/myOwners/nodes", "name")).isEqualTo((names != null) ? List.of(names.split(",")) : List.of());
	}

	@ParameterizedTest
	@CsvSource({ "{}, 7", "{name: {startsWith: \"100%\"}}, 7", "{name: {eq: \"café\"}}, 0",
			"{not: {name: {eq: \"café\"}}}, 7" })
	void dogsAreFilteredByTheirOwner(String filter, int count) {
		for (String list : List.of("myDogs", "me { dogs", "owner(id: \"" + this.owner + "\") { dogs")) {
			Api.Response response = this.ann.execute("{ " + list + "(filter: {owner: " + filter
					+ "}) { totalCount nodes { id } } }" + " }".repeat(list.length() - list.replace("{", "").length()));

			assertThat(response.data().toString()).as(list).contains("\"totalCount\":" + count + ",");
		}
	}

	/** PostgreSQL may read all rows for each row, and again for each of these. */
	@ParameterizedTest
	@ValueSource(strings = { "myDogs(filter: {owner: {dogs: {none: {name: {eq: \"dog 1\"}}}}})",
			"myOwners(filter: {not: {or: [{dogs: {some: {owner: {name: {eq: \"x\"}}}}}]}})" })
	void relationWithinARelationIsRefused(String list) {
		assertThat(this.ann.execute("{ " + list + " { totalCount } }").violations()).containsExactly("filter NESTING");
	}

	@Test
	void filtersWithinAFilterAreValidatedWithTheirPaths() {
		assertThat(this.ann.execute(
				"{ myDogs(filter: {or: [{}, {not: {name: {eq: \"\\u0000\"}}}], and: [{ownerId: \"x\"}]}) { totalCount } }")
			.violations()).containsExactly("filter.and.0.ownerId ID", "filter.or.1.not.name.eq CHARACTERS");
	}

	@Test
	void nestingAndSizeOfAFilterAreLimited() {
		assertThat(this.ann.execute(DOGS_BY_FILTER, Map.of("f", nested(7))).codes()).isEmpty();
		assertThat(
				this.ann.execute(DOGS_BY_FILTER, Map.of("f", nested(8))).json().at("/errors/0/extensions/violations"))
			.hasToString("[{\"path\":[\"filter\",\"not\",\"not\",\"not\",\"not\",\"not\",\"not\",\"not\",\"name\"],"
					+ "\"code\":\"NESTING\",\"message\":\"A filter nests objects at most 8 deep.\"}]");

		Map<String, Object> dog = Map.of("name", Map.of("eq", "Dog 1"));
		Map<String, Object> two = Map.of("name", Map.of("eq", "Dog 1", "contains", "d"));
		List<Object> any = new ArrayList<>(java.util.Collections.nCopies(48, dog));
		any.add(two);
		assertThat(this.ann.execute(DOGS_BY_FILTER, Map.of("f", Map.of("or", any))).codes()).isEmpty();
		any.add(dog);
		assertThat(this.ann.execute(DOGS_BY_FILTER, Map.of("f", Map.of("or", any))).violations())
			.containsExactly("filter.or.49 LENGTH");
	}

	/** Returns a filter whose objects are nested some levels deep. */
	private static Map<String, Object> nested(int levels) {
		Map<String, Object> filter = Map.of("name", Map.of("eq", "Dog 1"));
		for (int level = 2; level <= levels; level++) {
			filter = Map.of("not", filter);
		}
		return filter;
	}

	@Test
	void oversizedFilterIsRefusedBeforeItIsBound() {
		List<Object> filters = java.util.Collections.nCopies(900, Map.of());
		Object filter = Map.of("or", java.util.Collections.nCopies(100, Map.of("and", filters)));

		assertThat(this.ann.execute(DOGS_BY_FILTER, Map.of("f", filter)).codes())
			.containsExactly("OPERATION_TOO_COMPLEX");
	}

	@Test
	void filterTextHasAtMost200Characters() {
		String query = "query ($t: String!) { myDogs(filter: {name: {contains: $t}}) { totalCount } }";
		assertThat(this.ann.execute(query, Map.of("t", "🐕".repeat(200))).codes()).isEmpty();
		assertThat(this.ann.execute(query, Map.of("t", "🐕".repeat(201))).json().at("/errors/0/extensions/violations"))
			.hasToString("[{\"path\":[\"filter\",\"name\",\"contains\"],\"code\":\"LENGTH\","
					+ "\"message\":\"A filter's text has at most 200 characters.\"}]");
	}

	@ParameterizedTest
	@CsvSource({ "'eq: \"2020-02-29\"', Leap", "'gt: \"2020-02-28\", lte: \"2020-02-29\"', Leap",
			"'lt: \"2020-02-29\"', Old", "'lte: \"2020-02-29\"', 'Old,Leap'", "'gte: \"2020-02-29\"', Leap",
			"isNull: true, Mutt", "isNull: false, 'Old,Leap'", "'isNull: true, eq: \"2020-02-29\"', " })
	void datesAreCompared(String filter, @Nullable String names) {
		Api bob = this.api.signUp();
		String bobsOwner = bob.createOwner("Bob");
		bob.createDog(Map.of("ownerId", bobsOwner, "name", "Old", "birthDate", "2020-02-28"));
		bob.createDog(Map.of("ownerId", bobsOwner, "name", "Leap", "birthDate", "2020-02-29"));
		bob.createDog(bobsOwner, "Mutt");

		assertThat(bob.execute("{ myDogs(filter: {birthDate: {" + filter + "}}) { nodes { name } totalCount } }")
			.texts("/myDogs/nodes", "name")).isEqualTo((names != null) ? List.of(names.split(",")) : List.of());
	}

	@Test
	void createdAtFilterHasMillisecondPrecision() {
		String created = this.ann.execute("{ myDogs(first: 1) { nodes { createdAt } } }")
			.text("/myDogs/nodes/0/createdAt");

		String query = "query ($t: DateTime!) { from: myDogs(filter: {createdAt: {gte: $t}}) { totalCount } "
				+ "until: myDogs(filter: {createdAt: {lt: $t}}) { totalCount } }";
		JsonNode exact = this.ann.execute(query, Map.of("t", created)).data();
		JsonNode after = this.ann.execute(query, Map.of("t", created.replace("Z", "000001Z"))).data();

		assertThat(exact.at("/from/totalCount").asInt()).isEqualTo(7);
		assertThat(exact.at("/until/totalCount").asInt()).isZero();
		assertThat(after.at("/from/totalCount").asInt() + after.at("/until/totalCount").asInt()).isEqualTo(7);
		assertThat(after.at("/until/totalCount").asInt()).isPositive();

		String comparisons = """
				query ($t: DateTime!) {
				  eq: myDogs(filter: {createdAt: {eq: $t}}) { totalCount }
				  gt: myDogs(filter: {createdAt: {gt: $t}}) { totalCount }
				  lte: myDogs(filter: {createdAt: {lte: $t}}) { totalCount }
				}""";
		exact = this.ann.execute(comparisons, Map.of("t", created)).data();
		after = this.ann.execute(comparisons, Map.of("t", created.replace("Z", "000001Z"))).data();

		assertThat(exact.at("/eq/totalCount").asInt()).isPositive().isEqualTo(exact.at("/lte/totalCount").asInt());
		assertThat(exact.at("/gt/totalCount").asInt()).isEqualTo(7 - exact.at("/lte/totalCount").asInt());
		assertThat(after.at("/eq/totalCount").asInt()).isZero();
		assertThat(after.at("/gt/totalCount")).isEqualTo(exact.at("/gt/totalCount"));
		assertThat(after.at("/lte/totalCount")).isEqualTo(exact.at("/lte/totalCount"));
	}

}
