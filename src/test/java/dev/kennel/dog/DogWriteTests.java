package dev.kennel.dog;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;

import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import dev.kennel.test.SqlRecorder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

@KennelTest
class DogWriteTests {

	private static final String CREATE = """
			mutation ($owner: ID!) {
			  createDog(input: {ownerId: $owner, name: "Rex"}) { dog { id owner { name } } }
			}""";

	private static final String UPDATE = """
			mutation ($input: UpdateDogInput!) {
			  updateDog(input: $input) { dog { name breed birthDate owner { name } } }
			}""";

	private static final String DELETE = """
			mutation ($input: DeleteDogInput!) {
			  deleteDog(input: $input) { deletedDogId owner { name dogs { nodes { name } } } }
			}""";

	private final Api api;

	private final SqlRecorder sql;

	DogWriteTests(Api api, SqlRecorder sql) {
		this.api = api;
		this.sql = sql;
	}

	@Test
	void omittedFieldsAreKeptAndNullFieldsAreCleared() {
		Api ann = this.api.signUp();
		String rex = ann.createDog(
				Map.of("ownerId", ann.createOwner("Ann"), "name", "Rex", "breed", "Collie", "birthDate", "2020-02-29"));

		assertThat(update(ann, Map.of("id", rex, "name", " Max "))).isEqualTo(
				"{\"name\":\"Max\",\"breed\":\"Collie\",\"birthDate\":\"2020-02-29\",\"owner\":{\"name\":\"Ann\"}}");
		Map<String, @Nullable Object> cleared = new HashMap<>();
		cleared.put("id", rex);
		cleared.put("breed", null);
		cleared.put("birthDate", null);
		assertThat(update(ann, cleared))
			.isEqualTo("{\"name\":\"Max\",\"breed\":null,\"birthDate\":null,\"owner\":{\"name\":\"Ann\"}}");
		assertThat(update(ann, Map.of("id", rex, "breed", "Pug", "birthDate", "2021-03-04"))).isEqualTo(
				"{\"name\":\"Max\",\"breed\":\"Pug\",\"birthDate\":\"2021-03-04\",\"owner\":{\"name\":\"Ann\"}}");
		assertThat(update(ann, Map.of("id", rex))).isEqualTo(
				"{\"name\":\"Max\",\"breed\":\"Pug\",\"birthDate\":\"2021-03-04\",\"owner\":{\"name\":\"Ann\"}}");
	}

	@Test
	void dogMovesToAnotherOwner() {
		Api ann = this.api.signUp();
		String rex = ann.createDog(ann.createOwner("Ann"), "Rex");
		String ben = ann.createOwner("Ben");

		assertThat(update(ann, Map.of("id", rex, "ownerId", ben)))
			.isEqualTo("{\"name\":\"Rex\",\"breed\":null,\"birthDate\":null,\"owner\":{\"name\":\"Ben\"}}");
		assertThat(ann.execute("{ myOwners { nodes { name dogs { nodes { name } } } } }").data().toString())
			.isEqualTo("{\"myOwners\":{\"nodes\":[{\"name\":\"Ann\",\"dogs\":{\"nodes\":[]}},"
					+ "{\"name\":\"Ben\",\"dogs\":{\"nodes\":[{\"name\":\"Rex\"}]}}]}}");
	}

	@Test
	void dogOfAnotherAccountIsNotFoundAndUnchanged() {
		Api ann = this.api.signUp();
		String rex = ann.createDog(ann.createOwner("Ann"), "Rex");
		Api bob = this.api.signUp();
		String bobsOwner = bob.createOwner("Bob");

		assertThat(bob.execute(UPDATE, Map.of("input", Map.of("id", rex, "name", "Max"))).codes())
			.containsExactly("NOT_FOUND");
		assertThat(bob.execute(UPDATE, Map.of("input", Map.of("id", rex, "ownerId", bobsOwner))).codes())
			.containsExactly("NOT_FOUND");
		assertThat(bob.execute(DELETE, Map.of("input", Map.of("id", rex))).codes()).containsExactly("NOT_FOUND");
		assertThat(ann.execute("{ myDogs { nodes { name owner { name } } } }").data().toString())
			.isEqualTo("{\"myDogs\":{\"nodes\":[{\"name\":\"Rex\",\"owner\":{\"name\":\"Ann\"}}]}}");
	}

	@Test
	void dogCannotMoveToAnOwnerOfAnotherAccount() {
		Api ann = this.api.signUp();
		String rex = ann.createDog(ann.createOwner("Ann"), "Rex");
		String bobsOwner = this.api.signUp().createOwner("Bob");

		Api.Response response = ann.execute(UPDATE,
				Map.of("input", Map.of("id", rex, "name", "Max", "ownerId", bobsOwner)));

		assertThat(response.codes()).containsExactly("NOT_FOUND");
		assertThat(ann.execute("{ myDogs { nodes { name owner { name } } } }").data().toString())
			.isEqualTo("{\"myDogs\":{\"nodes\":[{\"name\":\"Rex\",\"owner\":{\"name\":\"Ann\"}}]}}");
	}

	@Test
	void allViolationsOfAnUpdateAreReportedTogether() {
		Api ann = this.api.signUp();
		Map<String, @Nullable Object> input = new HashMap<>();
		input.put("id", ann.createOwner("Ann"));
		input.put("name", null);
		input.put("breed", "");
		input.put("ownerId", null);

		assertThat(ann.execute(UPDATE, Map.of("input", input)).violations()).containsExactly("input.breed LENGTH",
				"input.id ID", "input.name REQUIRED", "input.ownerId REQUIRED");
	}

	@Test
	void deleteDogReturnsTheOwner() {
		Api ann = this.api.signUp();
		String owner = ann.createOwner("Ann");
		String rex = ann.createDog(owner, "Rex");
		ann.createDog(owner, "Ace");

		assertThat(ann.execute(DELETE, Map.of("input", Map.of("id", rex))).data().toString())
			.isEqualTo("{\"deleteDog\":{\"deletedDogId\":\"" + rex
					+ "\",\"owner\":{\"name\":\"Ann\",\"dogs\":{\"nodes\":[{\"name\":\"Ace\"}]}}}}");
		assertThat(ann.execute(DELETE, Map.of("input", Map.of("id", rex))).codes()).containsExactly("NOT_FOUND");
	}

	@Test
	void ownerOfAPayloadIsNotReadForItsIdAlone() {
		Api ann = this.api.signUp();
		String owner = ann.createOwner("Ann");
		String rex = ann.createDog(owner, "Rex");
		String reference = "{\"owner\":{\"id\":\"" + owner + "\",\"__typename\":\"Owner\"}}";

		assertThat(
				payloadOfOneStatement(ann,
						"mutation ($id: ID!) { payload: createDog(input: {ownerId: $id, name: \"Ace\"}) "
								+ "{ dog { owner { id __typename } } } }",
						owner))
			.isEqualTo("{\"dog\":" + reference + "}");
		assertThat(payloadOfOneStatement(ann,
				"mutation ($id: ID!) { payload: updateDog(input: {id: $id, name: \"Max\"}) { ...Changed } } "
						+ "fragment Changed on UpdateDogPayload { dog { owner { id } ... { owner { __typename } } } }",
				rex))
			.isEqualTo("{\"dog\":" + reference + "}");
		assertThat(payloadOfOneStatement(ann,
				"mutation ($id: ID!) { payload: deleteDog(input: {id: $id}) { owner { id __typename } } }", rex))
			.isEqualTo(reference);
	}

	private String payloadOfOneStatement(Api api, String document, String id) {
		AtomicReference<String> payload = new AtomicReference<>("");
		List<String> statements = this.sql
			.record(() -> payload.set(api.execute(document, Map.of("id", id)).data().get("payload").toString()));
		assertThat(statements).filteredOn((statement) -> !statement.matches("BEGIN|COMMIT")).hasSize(1);
		return payload.get();
	}

	@Test
	void ownerOfADeletedDogIsReadIfMoreThanItsIdMayBeSelected() {
		Api ann = this.api.signUp();
		String owner = ann.createOwner("Ann");
		Map<String, Object> dog = Map.of("input", Map.of("id", ann.createDog(owner, "Rex")));
		Map<String, String> key = Map.of("Idempotency-Key", UUID.randomUUID().toString());

		assertThat(ann
			.execute("mutation ($input: DeleteDogInput!) { deleteDog(input: $input) { owner { id } } }", dog, key)
			.text("/deleteDog/owner/id")).isEqualTo(owner);
		deleteWithDogs(ann, owner);
		assertThat(ann
			.execute("mutation ($input: DeleteDogInput!) { deleteDog(input: $input) { owner { name } } }", dog, key)
			.text("/deleteDog/owner/name")).isEqualTo("Ann");
	}

	@Test
	void writeAndFeedEntryAreOneStatement() {
		Api ann = this.api.signUp();
		String owner = ann.createOwner("Ann");
		String rex = ann.createDog(owner, "Rex");

		assertThat(this.sql.record(() -> ann.createDog(owner, "Ace"))).singleElement()
			.asString()
			.contains("INSERT INTO change_versions", "INSERT INTO dogs", "INSERT INTO changes");
		// The second statement reads the owner.
		assertThat(this.sql.record(() -> ann.execute(CREATE, Map.of("owner", owner)).data())).hasSize(4)
			.startsWith("BEGIN")
			.endsWith("COMMIT");
		assertThat(this.sql.record(
				() -> ann
					.execute("mutation ($id: ID!) { updateDog(input: {id: $id, name: \"Max\"}) { dog { name } } }",
							Map.of("id", rex))
					.data()))
			.hasSize(3)
			.startsWith("BEGIN")
			.endsWith("COMMIT");
		assertThat(this.sql.record(() -> ann
			.execute("mutation ($id: ID!) { deleteDog(input: {id: $id}) { deletedDogId } }", Map.of("id", rex))
			.data())).hasSize(3).startsWith("BEGIN").endsWith("COMMIT");
		// The second statement reads the owner.
		Map<String, Object> max = Map.of("id", ann.createDog(owner, "Max"));
		assertThat(this.sql
			.record(() -> ann.execute("mutation ($id: ID!) { deleteDog(input: {id: $id}) { owner { name } } }", max)
				.data()))
			.hasSize(4)
			.startsWith("BEGIN")
			.endsWith("COMMIT");
	}

	@Test
	void createDogReturnsTheOwnerDespiteAConcurrentDelete() {
		Api ann = this.api.signUp();
		String owner = ann.createOwner("Ann");

		Api.Response response = this.sql.interposing("COMMIT", () -> deleteWithDogs(ann, owner),
				() -> ann.execute(CREATE, Map.of("owner", owner)));

		assertThat(response.data().at("/createDog/dog/owner").toString()).isEqualTo("{\"name\":\"Ann\"}");
		assertThat(ann.execute("{ myDogs { totalCount } }").data().at("/myDogs/totalCount").asInt()).isZero();
	}

	@Test
	void moveReturnsTheNewOwnerDespiteAConcurrentDelete() {
		Api ann = this.api.signUp();
		String rex = ann.createDog(ann.createOwner("Ann"), "Rex");
		String ben = ann.createOwner("Ben");

		Api.Response response = this.sql.interposing("COMMIT", () -> deleteWithDogs(ann, ben),
				() -> ann.execute(UPDATE, Map.of("input", Map.of("id", rex, "ownerId", ben))));

		assertThat(response.data().at("/updateDog/dog/owner").toString()).isEqualTo("{\"name\":\"Ben\"}");
	}

	@Test
	void emptyUpdateReturnsTheOwnerDespiteAConcurrentDelete() {
		Api ann = this.api.signUp();
		String owner = ann.createOwner("Ann");
		String rex = ann.createDog(owner, "Rex");

		Api.Response response = this.sql.interposing("COMMIT", () -> deleteWithDogs(ann, owner),
				() -> ann.execute(UPDATE, Map.of("input", Map.of("id", rex))));

		assertThat(response.data().at("/updateDog/dog/owner").toString()).isEqualTo("{\"name\":\"Ann\"}");
	}

	@Test
	void retryReturnsTheFirstResultAfterDogAndOwnerAreDeleted() {
		Api ann = this.api.signUp();
		String owner = ann.createOwner("Ann");
		Map<String, String> createKey = Map.of("Idempotency-Key", "create");
		Map<String, String> updateKey = Map.of("Idempotency-Key", "update");
		Api.Response created = ann.execute(CREATE, Map.of("owner", owner), createKey);
		Map<String, ?> input = Map.of("input", Map.of("id", created.text("/createDog/dog/id"), "breed", "Pug"));
		Api.Response updated = ann.execute(UPDATE, input, updateKey);
		deleteWithDogs(ann, owner);

		assertThat(ann.execute(CREATE, Map.of("owner", owner), createKey).data()).isEqualTo(created.data());
		assertThat(ann.execute(UPDATE, input, updateKey).data()).isEqualTo(updated.data());
		assertThat(ann.execute("{ myDogs { totalCount } }").data().at("/myDogs/totalCount").asInt()).isZero();
	}

	@Test
	void readSkewInAMutationPayloadIsNotFound() {
		Api ann = this.api.signUp();
		String owner = ann.createOwner("Ann");
		ann.createDog(owner, "Rex");
		String ben = ann.createOwner("Ben");

		Api.Response response = this.sql.interposing("FROM dogs", () -> deleteWithDogs(ann, owner),
				() -> ann.execute("mutation ($id: ID!) { updateOwner(input: {id: $id, name: \"Bob\"}) "
						+ "{ owner { user { dogs { nodes { owner { name } } } } } } }", Map.of("id", ben)));

		assertThat(response.codes()).containsExactly("NOT_FOUND");
		assertThat(response.json().at("/errors/0/message").asString())
			.isEqualTo("The Owner was removed while this was being read. Read it again.");
		assertThat(ann.execute("{ myOwners { nodes { name } } }").texts("/myOwners/nodes", "name"))
			.containsExactly("Bob");
	}

	private static void deleteWithDogs(Api api, String owner) {
		api.execute("mutation ($id: ID!) { deleteOwner(input: {id: $id, withDogs: true}) { deletedOwnerId } }",
				Map.of("id", owner))
			.data();
	}

	private static String update(Api api, Map<String, ?> input) {
		return api.execute(UPDATE, Map.of("input", input)).data().at("/updateDog/dog").toString();
	}

}
