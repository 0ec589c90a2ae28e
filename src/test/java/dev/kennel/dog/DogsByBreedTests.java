package dev.kennel.dog;

import java.util.List;
import java.util.Map;

import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import dev.kennel.test.SqlRecorder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

@KennelTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DogsByBreedTests {

	private final Api api;

	private final SqlRecorder sql;

	private Api ann;

	DogsByBreedTests(Api api, SqlRecorder sql) {
		this.api = api;
		this.sql = sql;
		this.ann = api;
	}

	@BeforeAll
	void addDogs() {
		this.ann = this.api.signUp();
		String owner = this.ann.createOwner("Ann");
		for (String breed : List.of("pug", "Collie", "Pug", "Åkita", "PUG")) {
			this.ann.createDog(Map.of("ownerId", owner, "name", "Rex", "breed", breed));
		}
		this.ann.createDog(owner, "Mutt");
		this.ann.createDog(this.ann.createOwner("Zoë"), "Mutt");
		Api bob = this.api.signUp();
		bob.createDog(Map.of("ownerId", bob.createOwner("Bob"), "name", "Rex", "breed", "Pug"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "{ | PUG 3, null 2, Collie 1, Åkita 1", "(first: 2) { | PUG 3, null 2",
			"(first: 0) { |''", "(filter: {name: {eq: \"rex\"}}) { | PUG 3, Collie 1, Åkita 1",
			"(filter: {breed: {isNull: true}, owner: {name: {eq: \"zoë\"}}}) { | null 1", "(filter: {or: []}) { |''" })
	void dogsAreCountedByBreedIgnoringCase(String arguments, String expected) {
		String groups = this.ann.execute("{ dogsByBreed" + arguments + " breed count } }")
			.data()
			.get("dogsByBreed")
			.toString()
			.replaceAll("[\\[\\]{}\"]", "")
			.replaceAll("breed:([^,]*),count:(\\d+)", "$1 $2")
			.replace(",", ", ");

		assertThat(groups).isEqualTo(expected);
	}

	@Test
	void countsAreOneStatement() {
		List<String> statements = this.sql.record(() -> this.ann.execute("{ dogsByBreed(first: 3) { breed count } }"));

		assertThat(statements)
			.containsExactly("SELECT min(breed COLLATE \"C\"), count(*) FROM dogs WHERE user_id = ? GROUP BY breed_key "
					+ "ORDER BY count(*) DESC, breed_key LIMIT ?");
	}

	@Test
	void argumentsOutOfRangeAreRefused() {
		Api.Response response = this.ann
			.execute("{ dogsByBreed(first: 201, filter: {name: {eq: \"\\u0000\"}}) { count } }");

		assertThat(response.codes()).containsExactly("BAD_USER_INPUT");
		assertThat(response.violations()).containsExactly("first RANGE", "filter.name.eq CHARACTERS");
		assertThat(this.api.execute("{ dogsByBreed { count } }").codes()).containsExactly("UNAUTHENTICATED");
	}

}
