package dev.kennel.owner;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;

import dev.kennel.identity.NodeKind;
import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import dev.kennel.test.SqlRecorder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

@KennelTest
class OwnerWriteTests {

	private static final String CREATE = """
			mutation ($input: CreateOwnerInput!) {
			  createOwner(input: $input) { owner { id name dogs { nodes { name breed birthDate } } } }
			}""";

	private static final String UPDATE = """
			mutation ($input: UpdateOwnerInput!) { updateOwner(input: $input) { owner { id name createdAt updatedAt } } }""";

	private static final String DELETE = """
			mutation ($input: DeleteOwnerInput!) { deleteOwner(input: $input) { deletedOwnerId deletedDogIds } }""";

	private static final String KENNEL = "{ myOwners { nodes { name } } myDogs { nodes { name } } }";

	private final Api api;

	private final SqlRecorder sql;

	private final JdbcClient jdbc;

	OwnerWriteTests(Api api, SqlRecorder sql, JdbcClient jdbc) {
		this.api = api;
		this.sql = sql;
		this.jdbc = jdbc;
	}

	@Test
	void ownerIsCreatedTogetherWithItsDogs() {
		Api ann = this.api.signUp();

		Api.Response response = ann.execute(CREATE, Map.of("input", Map.of("name", " Ann ", "dogs", List
			.of(Map.of("name", " Rex ", "breed", "Collie", "birthDate", "2020-02-29"), Map.of("name", "Ace")))));

		assertThat(response.data().at("/createOwner/owner/name").asString()).isEqualTo("Ann");
		assertThat(response.data().at("/createOwner/owner/dogs").toString())
			.isEqualTo("{\"nodes\":[{\"name\":\"Rex\",\"breed\":\"Collie\",\"birthDate\":\"2020-02-29\"},"
					+ "{\"name\":\"Ace\",\"breed\":null,\"birthDate\":null}]}");
	}

	@Test
	void ownerAnd100DogsAreTwoStatementsInOneTransaction() {
		Api ann = this.api.signUp();
		List<Map<String, String>> dogs = IntStream.range(0, 100).mapToObj((i) -> Map.of("name", "Dog " + i)).toList();

		List<String> statements = this.sql.record(
				() -> ann
					.execute("mutation ($input: CreateOwnerInput!) { createOwner(input: $input) { owner { id } } }",
							Map.of("input", Map.of("name", "Ann", "dogs", dogs)))
					.data());

		assertThat(statements).hasSize(4);
		assertThat(statements.getFirst()).isEqualTo("BEGIN");
		assertThat(statements.getLast()).isEqualTo("COMMIT");
		assertThat(ann.execute("{ myDogs { totalCount } }").data().at("/myDogs/totalCount").asInt()).isEqualTo(100);
	}

	@Test
	void oneInvalidDogRejectsTheOwnerAndAllDogs() {
		Api ann = this.api.signUp();

		Api.Response response = ann.execute(CREATE, Map.of("input",
				Map.of("name", "", "dogs", List.of(Map.of("name", "Rex"), Map.of("name", "Ace", "breed", "\u0007")))));

		assertThat(response.codes()).containsExactly("BAD_USER_INPUT");
		assertThat(response.violations()).containsExactly("input.dogs.1.breed CHARACTERS", "input.name LENGTH");
		assertThat(kennel(ann)).isEqualTo("{\"myOwners\":{\"nodes\":[]},\"myDogs\":{\"nodes\":[]}}");
	}

	@Test
	void moreThan100DogsAreRejected() {
		Api ann = this.api.signUp();

		Api.Response response = ann.execute(CREATE,
				Map.of("input", Map.of("name", "Ann", "dogs", Collections.nCopies(101, Map.of("name", "Rex")))));

		assertThat(response.violations()).containsExactly("input.dogs LENGTH");
		assertThat(kennel(ann)).isEqualTo("{\"myOwners\":{\"nodes\":[]},\"myDogs\":{\"nodes\":[]}}");
	}

	@Test
	void ownerIsRenamed() {
		Api ann = this.api.signUp();
		String owner = ann.createOwner("Ann");

		Api.Response response = ann.execute(UPDATE, Map.of("input", Map.of("id", owner, "name", " Anna ")));

		assertThat(response.text("/updateOwner/owner/name")).isEqualTo("Anna");
		assertThat(response.text("/updateOwner/owner/updatedAt"))
			.isGreaterThan(response.text("/updateOwner/owner/createdAt"));
		assertThat(kennel(ann)).isEqualTo("{\"myOwners\":{\"nodes\":[{\"name\":\"Anna\"}]},\"myDogs\":{\"nodes\":[]}}");
		assertThat(ann.execute("{ myOwners(filter: {name: {eq: \"ANNA\"}}) { totalCount } }")
			.data()
			.at("/myOwners/totalCount")
			.asInt()).isEqualTo(1);
	}

	@Test
	void emptyUpdateChangesNothing() {
		Api ann = this.api.signUp();
		String owner = ann.createOwner("Ann");

		Api.Response response = ann.execute(UPDATE, Map.of("input", Map.of("id", owner)));

		assertThat(response.text("/updateOwner/owner/name")).isEqualTo("Ann");
		assertThat(response.text("/updateOwner/owner/updatedAt"))
			.isEqualTo(response.text("/updateOwner/owner/createdAt"));
	}

	@Test
	void ownerNameCannotBeNull() {
		Api ann = this.api.signUp();
		Map<String, @Nullable Object> input = new HashMap<>();
		input.put("id", ann.createOwner("Ann"));
		input.put("name", null);

		Api.Response response = ann.execute(UPDATE, Map.of("input", input));

		assertThat(response.violations()).containsExactly("input.name REQUIRED");
		assertThat(kennel(ann)).isEqualTo("{\"myOwners\":{\"nodes\":[{\"name\":\"Ann\"}]},\"myDogs\":{\"nodes\":[]}}");
	}

	@Test
	void ownerOfAnotherAccountIsNotFoundAndUnchanged() {
		Api ann = this.api.signUp();
		String owner = ann.createOwner("Ann");
		Api bob = this.api.signUp();

		assertThat(bob.execute(UPDATE, Map.of("input", Map.of("id", owner, "name", "Bob"))).codes())
			.containsExactly("NOT_FOUND");
		assertThat(bob.execute(UPDATE, Map.of("input", Map.of("id", owner))).codes()).containsExactly("NOT_FOUND");
		assertThat(bob.execute(DELETE, Map.of("input", Map.of("id", owner, "withDogs", true))).codes())
			.containsExactly("NOT_FOUND");
		assertThat(kennel(ann)).isEqualTo("{\"myOwners\":{\"nodes\":[{\"name\":\"Ann\"}]},\"myDogs\":{\"nodes\":[]}}");
	}

	@Test
	void ownerWithoutDogsIsDeleted() {
		Api ann = this.api.signUp();
		String owner = ann.createOwner("Ann");

		Api.Response response = ann.execute(DELETE, Map.of("input", Map.of("id", owner)));

		assertThat(response.data().toString())
			.isEqualTo("{\"deleteOwner\":{\"deletedOwnerId\":\"" + owner + "\",\"deletedDogIds\":[]}}");
		assertThat(kennel(ann)).isEqualTo("{\"myOwners\":{\"nodes\":[]},\"myDogs\":{\"nodes\":[]}}");
	}

	@Test
	void ownerWithDogsIsDeletedOnlyWithDogs() {
		Api ann = this.api.signUp();
		String owner = ann.createOwner("Ann");
		String rex = ann.createDog(owner, "Rex");
		String ace = ann.createDog(owner, "Ace");
		ann.createDog(ann.createOwner("Ben"), "Zoe");

		Api.Response refused = ann.execute(DELETE, Map.of("input", Map.of("id", owner)));

		assertThat(refused.codes()).containsExactly("CONFLICT");
		assertThat(refused.violations()).containsExactly("input.withDogs HAS_DOGS");
		assertThat(kennel(ann)).isEqualTo("{\"myOwners\":{\"nodes\":[{\"name\":\"Ann\"},{\"name\":\"Ben\"}]},"
				+ "\"myDogs\":{\"nodes\":[{\"name\":\"Rex\"},{\"name\":\"Ace\"},{\"name\":\"Zoe\"}]}}");

		Api.Response response = ann.execute(DELETE, Map.of("input", Map.of("id", owner, "withDogs", true)));

		assertThat(response.data().toString()).isEqualTo("{\"deleteOwner\":{\"deletedOwnerId\":\"" + owner
				+ "\",\"deletedDogIds\":[\"" + rex + "\",\"" + ace + "\"]}}");
		assertThat(kennel(ann))
			.isEqualTo("{\"myOwners\":{\"nodes\":[{\"name\":\"Ben\"}]},\"myDogs\":{\"nodes\":[{\"name\":\"Zoe\"}]}}");
	}

	@Test
	void deleteOwnerReadsAndReturnsOnlyTheFirst200DogIds() {
		Api ann = this.api.signUp();
		String owner = ann.createOwner("Ann");
		String first = ann.createDog(owner, "Rex");
		this.jdbc
			.sql("INSERT INTO dogs (user_id, id, owner_id, name, name_key, created_at, updated_at) "
					+ "SELECT user_id, ('ff' || substr(gen_random_uuid()::text, 3))::uuid, id, 'n', 'n', now(), now() "
					+ "FROM owners, generate_series(1, 2000) WHERE id = ?")
			.param(NodeKind.OWNER.uuid(owner))
			.update();
		String document = "mutation ($input: DeleteOwnerInput!) { deleteOwner(input: $input) { deletedDogIds deletedDogCount } }";
		Map<String, String> key = Map.of("Idempotency-Key", UUID.randomUUID().toString());
		List<Api.Response> responses = new ArrayList<>();

		List<String> statements = this.sql.record(() -> responses
			.add(ann.execute(document, Map.of("input", Map.of("id", owner, "withDogs", true)), key)));

		Api.Response response = responses.getFirst();
		assertThat(response.data().at("/deleteOwner/deletedDogIds").size()).isEqualTo(200);
		assertThat(response.text("/deleteOwner/deletedDogIds/0")).isEqualTo(first);
		assertThat(response.data().at("/deleteOwner/deletedDogCount").asInt()).isEqualTo(2_001);
		// The insert of the idempotency record is the last but one.
		assertThat(statements).hasSize(7);
		assertThat(statements.get(2)).contains("count(*)", "LIMIT ?");
		assertThat(statements.get(3)).contains("DELETE FROM dogs").doesNotContain("RETURNING id", "INTO changes");
		assertThat(kennel(ann)).isEqualTo("{\"myOwners\":{\"nodes\":[]},\"myDogs\":{\"nodes\":[]}}");
		assertThat(ann.execute(document, Map.of("input", Map.of("id", owner, "withDogs", true)), key).data())
			.isEqualTo(response.data());
	}

	/** A record that an older version of Kennel inserted. */
	@Test
	void idempotencyRecordWithoutCountCountsItsDogIds() {
		Api ann = this.api.signUp();
		String owner = ann.createOwner("Ann");
		ann.createDog(owner, "Rex");
		ann.createDog(owner, "Ace");
		String document = "mutation ($input: DeleteOwnerInput!) { deleteOwner(input: $input) { deletedDogCount } }";
		Map<String, ?> variables = Map.of("input", Map.of("id", owner, "withDogs", true));
		String key = UUID.randomUUID().toString();
		ann.execute(document, variables, Map.of("Idempotency-Key", key)).data();
		this.jdbc
			.sql("UPDATE idempotency_records SET answer = regexp_replace(answer, ',\"deletedDogCount\":2', '') "
					+ "WHERE key = ? AND answer LIKE '%deletedDogCount%'")
			.param(key)
			.update();

		assertThat(ann.execute(document, variables, Map.of("Idempotency-Key", key))
			.data()
			.at("/deleteOwner/deletedDogCount")
			.asInt()).isEqualTo(2);
	}

	@Test
	void dogsOfAnUpdatedOwnerReturnItDespiteAConcurrentDelete() {
		Api ann = this.api.signUp();
		String owner = ann.createOwner("Ann");
		ann.createDog(owner, "Rex");

		Api.Response response = this.sql
			.interposing("FROM dogs",
					() -> ann.execute(DELETE, Map.of("input", Map.of("id", owner, "withDogs", true))).data(),
					() -> ann.execute(
							"mutation ($id: ID!) { updateOwner(input: {id: $id, name: \"Anna\"}) "
									+ "{ owner { name dogs { nodes { name owner { name } } } } } }",
							Map.of("id", owner)));

		assertThat(response.data().at("/updateOwner/owner").toString())
			.isEqualTo("{\"name\":\"Anna\",\"dogs\":{\"nodes\":[{\"name\":\"Rex\",\"owner\":{\"name\":\"Anna\"}}]}}");
		assertThat(kennel(ann)).isEqualTo("{\"myOwners\":{\"nodes\":[]},\"myDogs\":{\"nodes\":[]}}");
	}

	private static String kennel(Api api) {
		return api.execute(KENNEL).data().toString();
	}

}
