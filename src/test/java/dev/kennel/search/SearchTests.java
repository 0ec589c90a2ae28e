package dev.kennel.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.kennel.dog.DogDefinition;
import dev.kennel.paging.ListDefinition;
import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import dev.kennel.test.SqlRecorder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;

@KennelTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SearchTests {

	private static final String SEARCH = """
			query ($text: String!, $first: Int, $after: String, $last: Int, $before: String) {
			  search(text: $text, first: $first, after: $after, last: $last, before: $before) {
			    totalCount
			    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
			    nodes { __typename ... on Owner { name dogs { totalCount } } ... on Dog { name breed owner { name } } }
			  }
			}""";

	private final Api api;

	private final SqlRecorder sql;

	private Api ann;

	SearchTests(Api api, SqlRecorder sql) {
		this.api = api;
		this.sql = sql;
		this.ann = api;
	}

	@BeforeAll
	void addOwnersAndDogs() {
		this.ann = this.api.signUp();
		String rex = this.ann.createOwner("Rex Müller");
		String zoe = this.ann.createOwner("Zoë_");
		this.ann.createDog(Map.of("ownerId", rex, "name", "Bello", "breed", "Border Collie"));
		this.ann.createDog(Map.of("ownerId", zoe, "name", "rex", "breed", "Collie"));
		this.ann.createDog(Map.of("ownerId", zoe, "name", "Collin"));
		Api bob = this.api.signUp();
		bob.createDog(bob.createOwner("Rex"), "Rex Collie");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"',
			value = { "REX | rex,Rex Müller", "colli | Bello,Collin,rex", "rex  Collie | rex",
					"\" collie\u2003REX \" | rex", "müller rex | Rex Müller", "mu\u0308ll | Rex Müller", "_ | Zoë_",
					"% | ", "er r | Bello,Rex Müller", "border collin | ", "Zoe | " })
	void objectsWithAllWordsInNameOrBreedAreFoundInOrderOfTheirNames(String text, @Nullable String names) {
		Api.Response response = this.ann.execute(SEARCH, Map.of("text", text));

		assertThat(response.texts("/search/nodes", "name"))
			.isEqualTo((names != null) ? List.of(names.split(",")) : List.of());
		JsonNode found = response.data().get("search");
		assertThat(found.get("totalCount").asInt()).isEqualTo(found.get("nodes").size());
	}

	@ParameterizedTest
	@ValueSource(strings = { "rex\tCollie", "rex\r\ncollie\n", "\u000brex\f\u0085collie", "rex\u2028collie\u2029" })
	void wordsAreSeparatedByWhiteSpaceOfAnyKind(String text) {
		assertThat(this.ann.execute(SEARCH, Map.of("text", text)).texts("/search/nodes", "name"))
			.containsExactly("rex");
	}

	@Test
	void ownersAndDogsAreReturnedAsSuch() {
		assertThat(this.ann.execute(SEARCH, Map.of("text", "rex")).data().at("/search/nodes")).hasToString(
				"[{\"__typename\":\"Dog\",\"name\":\"rex\",\"breed\":\"Collie\",\"owner\":{\"name\":\"Zoë_\"}},"
						+ "{\"__typename\":\"Owner\",\"name\":\"Rex Müller\",\"dogs\":{\"totalCount\":1}}]");
	}

	@Test
	void allColumnsOfDogsAreFoundInBothTables(@Autowired JdbcTemplate jdbc) {
		ListDefinition<Object> definition = SearchDefinition.create();

		jdbc.execute("SELECT " + definition.allColumns() + " FROM " + definition.table() + " LIMIT 0");
		assertThat(definition.columns()).isEqualTo(DogDefinition.create().columns());
	}

	@Test
	void searchIsPagedInBothDirections() {
		for (boolean backward : List.of(false, true)) {
			List<@Nullable String> visited = new ArrayList<>();
			List<String> flags = new ArrayList<>();
			Map<String, Object> arguments = Map.of("text", "o", backward ? "last" : "first", 2);
			for (int page = 0; page < 2; page++) {
				Api.Response response = this.ann.execute(SEARCH, arguments);
				JsonNode found = response.data().get("search");
				visited.addAll(backward ? 0 : visited.size(), response.texts("/search/nodes", "name"));
				flags.add(found.at("/pageInfo/hasPreviousPage").asBoolean() + " "
						+ found.at("/pageInfo/hasNextPage").asBoolean());
				assertThat(found.get("totalCount").asInt()).isEqualTo(4);
				arguments = backward
						? Map.of("text", "o", "last", 2, "before", found.at("/pageInfo/startCursor").asString())
						: Map.of("text", "o", "first", 2, "after", found.at("/pageInfo/endCursor").asString());
			}
			assertThat(visited).containsExactly("Bello", "Collin", "rex", "Zoë_");
			assertThat(flags)
				.isEqualTo(backward ? List.of("true false", "false true") : List.of("false true", "true false"));
		}
	}

	@Test
	void cursorIsValidForSearchesOnly() {
		String cursor = this.ann.execute(SEARCH, Map.of("text", "e", "first", 1)).text("/search/pageInfo/endCursor");
		String dogs = this.ann.execute("{ myDogs(first: 1, orderBy: {field: NAME}) { pageInfo { endCursor } } }")
			.text("/myDogs/pageInfo/endCursor");

		assertThat(this.ann.execute(SEARCH, Map.of("text", "colli", "after", cursor)).texts("/search/nodes", "name"))
			.containsExactly("Collin", "rex");
		assertThat(this.ann.execute(SEARCH, Map.of("text", "e", "after", dogs)).violations())
			.containsExactly("after CURSOR");
		assertThat(this.ann
			.execute("query ($c: String) { myDogs(after: $c, orderBy: {field: NAME}) { totalCount } }",
					Map.of("c", cursor))
			.violations()).containsExactly("after CURSOR");
	}

	@Test
	void textsAndPageSizesOutOfRangeAreRefused() {
		assertThat(this.ann.execute(SEARCH, Map.of("text", "")).violations()).containsExactly("text LENGTH");
		assertThat(this.ann.execute(SEARCH, Map.of("text", "x".repeat(101))).violations())
			.containsExactly("text LENGTH");
		assertThat(this.ann.execute(SEARCH, Map.of("text", " \u00a0")).violations()).containsExactly("text CHARACTERS");
		assertThat(this.ann.execute(SEARCH, Map.of("text", "\t\r\n\u2028")).violations())
			.containsExactly("text CHARACTERS");
		for (String refused : List.of("a\u0000", "a\u001b", "a\u202e", "a\ufffe")) {
			assertThat(this.ann.execute(SEARCH, Map.of("text", refused)).violations())
				.containsExactly("text CHARACTERS");
		}
		assertThat(this.ann.execute(SEARCH, Map.of("text", "a", "first", 201)).violations())
			.containsExactly("first RANGE");
		assertThat(this.api.execute(SEARCH, Map.of("text", "a")).codes()).containsExactly("UNAUTHENTICATED");
	}

	/** The owner of a dog that is found itself is not read again. */
	@Test
	void searchIsOneStatement() {
		List<String> statements = this.sql.record(() -> {
			JsonNode found = this.ann.execute(
					"{ search(text: \"er\") { totalCount nodes { ... on Dog { owner { name } } ... on Owner { name } } } }")
				.data()
				.at("/search/nodes");
			assertThat(found).hasSize(2);
		});

		assertThat(statements).hasSize(1);
	}

}
