package dev.kennel.dog;

import java.util.List;
import java.util.Map;

import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import dev.kennel.test.SqlRecorder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

@KennelTest
class DogTests {

	private final Api api;

	private final SqlRecorder sql;

	DogTests(Api api, SqlRecorder sql) {
		this.api = api;
		this.sql = sql;
	}

	@Test
	void dogIsAddedToAnOwner() {
		Api ann = this.api.signUp();
		String owner = ann.createOwner("Ann");

		Api.Response response = ann.execute("""
				mutation ($input: CreateDogInput!) {
				  createDog(input: $input) { dog { name breed birthDate owner { id name } } }
				}""", Map.of("input",
				Map.of("ownerId", owner, "name", "  Rex ", "breed", "Collie", "birthDate", "2020-02-29")));

		assertThat(response.data().toString())
			.isEqualTo("{\"createDog\":{\"dog\":{\"name\":\"Rex\",\"breed\":\"Collie\",\"birthDate\":\"2020-02-29\","
					+ "\"owner\":{\"id\":\"" + owner + "\",\"name\":\"Ann\"}}}}");
	}

	@ParameterizedTest
	@ValueSource(strings = { "{ myDogs { nodes { a: breed b: birthDate c: updatedAt } } }",
			"{ myDogs { edges { node { ...all } } } } fragment all on Dog { breed ...rest } "
					+ "fragment rest on Dog { birthDate updatedAt }",
			"query ($id: ID!) { node(id: $id) { id ... on Dog { breed ... { birthDate } updatedAt } } }",
			"query ($id: ID!) { nodes(ids: [$id]) { ... on Dog { breed birthDate updatedAt } } }",
			"query ($yes: Boolean! = true) { myOwners(first: 2) { nodes { dogs(first: 2) { nodes { breed @include(if: $yes) birthDate "
					+ "owner { dogs(first: 2) { nodes { updatedAt @skip(if: false) } } } } } } } }",
			"mutation ($id: ID!) { updateDog(input: {id: $id}) { dog { id breed birthDate updatedAt } } }",
			"mutation ($owner: ID!) { updateOwner(input: {id: $owner}) { owner { dogs { nodes { breed birthDate updatedAt } } } } }" })
	void selectedColumnsAreReadHoweverTheyAreSelected(String document) {
		Api ann = this.api.signUp();
		String owner = ann.createOwner("Ann");
		String rex = ann.createDog(Map.of("ownerId", owner, "name", "Rex", "birthDate", "2020-02-29"));
		String updatedAt = ann
			.execute("mutation ($id: ID!) { updateDog(input: {id: $id, breed: \"Pug\"}) { dog { updatedAt } } }",
					Map.of("id", rex))
			.text("/updateDog/dog/updatedAt");

		assertThat(ann.execute(document, Map.of("id", rex, "owner", owner)).data().toString()).contains("\"Pug\"",
				"\"2020-02-29\"", "\"" + updatedAt + "\"");
	}

	@Test
	void unselectedColumnsAreNotRead() {
		Api ann = this.api.signUp();
		ann.createDog(Map.of("ownerId", ann.createOwner("Ann"), "name", "Rex", "breed", "Pug"));

		assertThat(this.sql.record(() -> ann.execute("{ myDogs { nodes { name } } }").data())).singleElement()
			.asString()
			.startsWith("SELECT id, owner_id, name FROM dogs");
		assertThat(this.sql.record(
				() -> ann.execute("{ myDogs { nodes { name } } myOwners { nodes { dogs { nodes " + "{ breed } } } } }")
					.data()))
			.filteredOn((statement) -> statement.contains("FROM dogs"))
			.hasSize(2)
			.allSatisfy((statement) -> assertThat(statement).contains("SELECT id, owner_id, name, breed FROM dogs"));
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 20, 200 })
	void nestedListsTakeOneStatementPerLevel(int owners) {
		Api ann = this.api.signUp();
		for (int i = 0; i < owners; i++) {
			ann.createDog(ann.createOwner("Owner " + i), "Dog " + i);
		}

		List<String> statements = this.sql.record(() -> ann.execute("""
				query ($first: Int) {
				  myOwners(first: $first) {
				    nodes { name dogs(first: 10) { nodes { name owner { name user { username } } } } }
				  }
				}""", Map.of("first", owners)).data());

		assertThat(statements).hasSize(3).noneMatch("BEGIN"::equals);
	}

	@ParameterizedTest
	@ValueSource(strings = { "{ list: myDogs { nodes { name owner { name } } } }",
			"{ me { list: dogs { nodes { name owner { name } } } } }" })
	void queryWithReadSkewIsRetried(String query) {
		Api ann = this.api.signUp();
		String owner = ann.createOwner("Ann");
		ann.createDog(owner, "Rex");
		ann.createDog(ann.createOwner("Ben"), "Ace");

		Api.Response response = this.sql.interposing("FROM dogs",
				() -> ann
					.execute("mutation ($id: ID!) { deleteOwner(input: {id: $id, withDogs: true}) { deletedOwnerId } }",
							Map.of("id", owner))
					.data(),
				() -> ann.execute(query));

		assertThat(response.data().findValue("list").toString())
			.isEqualTo("{\"nodes\":[{\"name\":\"Ace\",\"owner\":{\"name\":\"Ben\"}}]}");
	}

	@Test
	void birthYearOutside1To9999IsRejected() {
		Api ann = this.api.signUp();
		String owner = ann.createOwner("Ann");

		Api.Response response = ann.execute(
				"mutation ($input: CreateDogInput!) { createDog(input: $input) { dog { id } } }",
				Map.of("input", Map.of("ownerId", owner, "name", "Rex", "birthDate", "+10000-01-01")));

		assertThat(response.codes()).containsExactly("BAD_USER_INPUT");
		assertThat(ann
			.execute("mutation ($input: CreateDogInput!) { createDog(input: $input) { dog { id } } }",
					Map.of("input", Map.of("ownerId", owner, "name", "Rex", "birthDate", "0000-01-01")))
			.violations()).containsExactly("input.birthDate RANGE");
		assertThat(ann.execute("{ myDogs { totalCount } }").data().toString())
			.isEqualTo("{\"myDogs\":{\"totalCount\":0}}");
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void unknownOwnerIsNotFoundAndLogsNothing(CapturedOutput log) {
		Api ann = this.api.signUp();

		Api.Response response = ann.execute(
				"mutation ($input: CreateDogInput!) { createDog(input: $input) { dog { id } } }",
				Map.of("input", Map.of("ownerId", "own_00000000000000000000000000", "name", "Rex")));

		assertThat(response.codes()).containsExactly("NOT_FOUND");
		assertThat(ann.execute("{ myDogs { totalCount } }").data().toString())
			.isEqualTo("{\"myDogs\":{\"totalCount\":0}}");
		// The embedded PostgreSQL of the tests writes to this log, too.
		assertThat(log.getAll().lines().filter((line) -> !line.contains("EmbeddedPostgres")))
			.noneMatch((line) -> line.contains("dogs_owner_exists") || line.contains("SQLState"));
	}

}
