package dev.kennel.graphql.idempotency;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

import dev.kennel.database.retention.RetentionCleaner;
import dev.kennel.identity.NodeKind;
import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import dev.kennel.test.SqlRecorder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

@KennelTest
class IdempotencyTests {

	private static final String CREATE = """
			mutation ($name: String!) { createOwner(input: {name: $name}) { owner { id name createdAt } } }""";

	private static final String CREATE_DOG = """
			mutation ($owner: ID!) {
			  createDog(input: {ownerId: $owner, name: "Rex", breed: "Pug", birthDate: "2020-02-29"}) {
			    dog { id name breed birthDate createdAt updatedAt }
			  }
			}""";

	private final Api api;

	private final JdbcClient jdbc;

	private final RetentionCleaner cleaner;

	private final SqlRecorder sql;

	IdempotencyTests(Api api, JdbcClient jdbc, RetentionCleaner cleaner, SqlRecorder sql) {
		this.api = api;
		this.jdbc = jdbc;
		this.cleaner = cleaner;
		this.sql = sql;
	}

	@Test
	void retryReturnsTheFirstResult() {
		Api ann = this.api.signUp();
		Map<String, String> key = key();
		Api.Response first = ann.execute(CREATE, Map.of("name", "Ann"), key);

		ann.execute("mutation ($id: ID!) { updateOwner(input: {id: $id, name: \"Anna\"}) { owner { id } } }",
				Map.of("id", first.text("/createOwner/owner/id")));
		Api.Response second = ann.execute(CREATE, Map.of("name", "Ann"), key);

		assertThat(second.data()).isEqualTo(first.data());
		assertThat(owners(ann)).containsExactly("Anna");
	}

	@Test
	void retryMayHaveOtherSelectionsAndAliases() {
		Api ann = this.api.signUp();
		Map<String, String> key = key();
		String id = ann.execute(CREATE, Map.of("name", "Ann"), key).text("/createOwner/owner/id");

		Api.Response second = ann.execute(
				"mutation { again: createOwner(input: {name: \"Ann\"}) { owner { id dogs { totalCount } } } }",
				Map.of(), key);

		assertThat(second.data().toString())
			.isEqualTo("{\"again\":{\"owner\":{\"id\":\"" + id + "\",\"dogs\":{\"totalCount\":0}}}}");
		assertThat(owners(ann)).containsExactly("Ann");
	}

	@Test
	void rowAndIdempotencyRecordAreInsertedByOneStatement() {
		Api ann = this.api.signUp();
		String owner = ann.createOwner("Ann");
		Map<String, String> key = key();

		List<String> statements = this.sql.record(() -> ann.execute(CREATE_DOG, Map.of("owner", owner), key).data());

		assertThat(statements).singleElement()
			.asString()
			.contains("INSERT INTO dogs", "INSERT INTO idempotency_records");
		List<String> ofRetry = this.sql.record(() -> ann.execute(CREATE_DOG, Map.of("owner", owner), key).data());
		assertThat(ofRetry).hasSize(2).last().asString().startsWith("SELECT");
	}

	@Test
	void updateAndIdempotencyRecordAreOneTransaction() {
		Api ann = this.api.signUp();
		String owner = ann.createOwner("Ann");

		List<String> statements = this.sql.record(
				() -> ann
					.execute("mutation ($id: ID!) { updateOwner(input: {id: $id, name: \"Eve\"}) { owner { id } } }",
							Map.of("id", owner), key())
					.data());

		assertThat(statements).extracting((statement) -> statement.split(" ")[0])
			.containsExactly("BEGIN", "WITH", "WITH", "COMMIT");
		assertThat(statements.get(1)).contains("UPDATE owners");
		assertThat(statements.get(2)).contains("INSERT INTO idempotency_records");
	}

	@Test
	void retryReturnsTheFirstResultEvenIfItWouldNowFail() {
		Api ann = this.api.signUp();
		String owner = ann.createOwner("Ann");
		Map<String, String> key = key();
		Api.Response first = ann.execute(CREATE_DOG, Map.of("owner", owner), key);
		ann.execute("mutation ($id: ID!) { deleteOwner(input: {id: $id, withDogs: true}) { deletedOwnerId } }",
				Map.of("id", owner))
			.data();

		assertThat(ann.execute(CREATE_DOG, Map.of("owner", owner), key).data()).isEqualTo(first.data());

		assertThat(ann.execute(CREATE_DOG, Map.of("owner", owner), key()).codes()).containsExactly("NOT_FOUND");
		assertThat(ann.execute("{ myDogs { totalCount } }").data().toString())
			.isEqualTo("{\"myDogs\":{\"totalCount\":0}}");
	}

	@Test
	void fingerprintIgnoresAliasesFragmentsAndSkippedFields() {
		Api ann = this.api.signUp();
		Map<String, String> key = key();
		String id = ann.execute("mutation {" + create("a", "Ann", "") + "}", Map.of(), key).text("/a/owner/id");

		assertThat(ann
			.execute("mutation {" + create("a", "Eve", "@skip(if: true)") + " ... on Mutation {"
					+ create("b", "Ann", "") + "} }", Map.of(), key)
			.text("/b/owner/id")).isEqualTo(id);
		assertThat(ann.execute(CREATE, Map.of("name", "Ann"), key).text("/createOwner/owner/id")).isEqualTo(id);
		assertThat(owners(ann)).containsExactly("Ann");
	}

	@Test
	void fieldThatExceedsAQuotaIsNotRecorded() {
		Api ann = this.api.signUp();
		String owner = ann.createOwner("Ann");
		Map<String, String> key = key();
		setDogs(owner, 1_000_000);

		assertThat(ann.execute(CREATE_DOG, Map.of("owner", owner), key).codes()).containsExactly("QUOTA_EXCEEDED");
		assertThat(records(key)).isEqualTo(0);

		setDogs(owner, 0);
		ann.execute(CREATE_DOG, Map.of("owner", owner), key).data();
		assertThat(records(key)).isEqualTo(2);
		assertThat(ann.execute("{ myDogs { nodes { name } } }").texts("/myDogs/nodes", "name")).containsExactly("Rex");
	}

	private void setDogs(String owner, int dogs) {
		this.jdbc.sql("UPDATE change_versions SET dogs = ? WHERE user_id = (SELECT user_id FROM owners WHERE id = ?)")
			.params(dogs, NodeKind.OWNER.uuid(owner))
			.update();
	}

	private int records(Map<String, String> key) {
		return this.jdbc.sql("SELECT count(*) FROM idempotency_records WHERE key = ?")
			.param(key.get("Idempotency-Key"))
			.query(Integer.class)
			.single();
	}

	@Test
	void concurrentRetriesInsertOneRow() {
		Api ann = this.api.signUp();
		Map<String, String> key = key();

		List<Api.Response> retries = concurrently(
				Collections.nCopies(12, () -> ann.execute(CREATE, Map.of("name", "Ann"), key)));

		assertThat(retries.stream().map(Api.Response::data).distinct()).hasSize(1);
		assertThat(owners(ann)).containsExactly("Ann");
	}

	@Test
	void keyWithOtherArgumentsOrAnotherFieldIsRefused() {
		Api ann = this.api.signUp();
		Map<String, String> key = key();
		String id = ann.execute(CREATE, Map.of("name", "Ann"), key).text("/createOwner/owner/id");

		assertThat(ann.execute(CREATE, Map.of("name", "Ben"), key).codes()).containsExactly("IDEMPOTENCY_KEY_REUSED");
		assertThat(ann
			.execute("mutation ($id: ID!) { deleteOwner(input: {id: $id}) { deletedOwnerId } }", Map.of("id", id), key)
			.codes()).containsExactly("IDEMPOTENCY_KEY_REUSED");
		assertThat(owners(ann)).containsExactly("Ann");
	}

	@Test
	void onlyOneOfTwoConcurrentRequestsWithOneKeyIsExecuted() {
		Api ann = this.api.signUp();
		for (int round = 0; round < 10; round++) {
			Map<String, String> key = key();
			String first = "mutation { a: createOwner(input: {name: \"A\"}) { owner { id } } "
					+ "b: createOwner(input: {name: \"B\"}) { owner { id } } }";
			String second = "mutation { b: createOwner(input: {name: \"B\"}) { owner { id } } "
					+ "a: createOwner(input: {name: \"A\"}) { owner { id } } }";

			List<List<String>> codes = concurrently(List.<Callable<Api.Response>>of(
					() -> ann.execute(first, Map.of(), key), () -> ann.execute(second, Map.of(), key)))
				.stream()
				.map(Api.Response::codes)
				.toList();

			assertThat(codes).containsExactlyInAnyOrder(List.of(),
					List.of("IDEMPOTENCY_KEY_REUSED", "IDEMPOTENCY_KEY_REUSED"));
			assertThat(owners(ann)).hasSize(2 * (round + 1));
		}
	}

	private static String create(String alias, String name, String directive) {
		return " " + alias + ": createOwner(input: {name: \"" + name + "\"}) " + directive + " { owner { id } }";
	}

	static Stream<String> otherRequests() {
		String ann = create("a", "Ann", "");
		String ben = create("b", "Ben", "");
		String cid = create("c", "Cid", "");
		return Stream.of(ann + ben + cid, ann, ann + cid, ben + ann, create("a", "Ann", "@skip(if: true)") + ben,
				"...F } fragment F on Mutation {" + ann + cid);
	}

	@ParameterizedTest
	@MethodSource("otherRequests")
	void anotherRequestWithTheSameKeyChangesNothing(String other) {
		Api ann = this.api.signUp();
		Map<String, String> key = key();
		Api.Response first = ann.execute("mutation {" + create("a", "Ann", "") + create("b", "Ben", "") + "}", Map.of(),
				key);

		assertThat(ann.execute("mutation {" + other + "}", Map.of(), key).codes()).isNotEmpty()
			.containsOnly("IDEMPOTENCY_KEY_REUSED");

		assertThat(owners(ann)).containsExactly("Ann", "Ben");
		String same = "mutation {" + create("x", "Ann", "@include(if: true)") + create("y", "Cid", "@skip(if: true)")
				+ " ... on Mutation {" + create("z", "Ben", "") + "} }";
		assertThat(ann.execute(same, Map.of(), key).text("/z/owner/id")).isEqualTo(first.text("/b/owner/id"));
		assertThat(owners(ann)).containsExactly("Ann", "Ben");
	}

	@Test
	void requestWithoutAnExecutedFieldDoesNotUseItsKey() {
		Api ann = this.api.signUp();
		Map<String, String> key = key();

		assertThat(ann.execute(CREATE, Map.of("name", ""), key).codes()).containsExactly("BAD_USER_INPUT");

		assertThat(ann.execute(CREATE, Map.of("name", "Ann"), key).codes()).isEmpty();
		assertThat(owners(ann)).containsExactly("Ann");
	}

	@Test
	void requestWithOneExecutedFieldUsesItsKey() {
		Api ann = this.api.signUp();
		Map<String, String> key = key();
		String both = "mutation ($name: String!) { a: createOwner(input: {name: $name}) { owner { id } } "
				+ "b: createOwner(input: {name: \"Ben\"}) { owner { id } } }";
		assertThat(ann.execute(both, Map.of("name", ""), key).codes()).containsExactly("BAD_USER_INPUT");

		assertThat(ann.execute(both, Map.of("name", "Ann"), key).codes()).containsExactly("IDEMPOTENCY_KEY_REUSED",
				"IDEMPOTENCY_KEY_REUSED");
		assertThat(owners(ann)).containsExactly("Ben");
	}

	@Test
	void eachFieldOfARequestIsIdempotent() {
		Api ann = this.api.signUp();
		Map<String, String> key = key();
		String twice = """
				mutation {
				  a: createOwner(input: {name: "Ann"}) { owner { id } }
				  b: createOwner(input: {name: "Ann"}) { owner { id } }
				}""";

		Api.Response first = ann.execute(twice, Map.of(), key);
		Api.Response second = ann.execute(twice, Map.of(), key);

		assertThat(second.data()).isEqualTo(first.data());
		assertThat(first.text("/a/owner/id")).isNotEqualTo(first.text("/b/owner/id"));
		assertThat(owners(ann)).containsExactly("Ann", "Ann");
	}

	@Test
	void failedFieldIsExecutedAgain() {
		Api ann = this.api.signUp();
		String owner = ann.createOwner("Ann");
		String dog = ann.createDog(owner, "Rex");
		Map<String, String> key = key();
		String delete = "mutation ($id: ID!) { deleteOwner(input: {id: $id}) { deletedOwnerId } }";

		assertThat(ann.execute(delete, Map.of("id", owner), key).codes()).containsExactly("CONFLICT");
		ann.execute("mutation ($id: ID!) { deleteDog(input: {id: $id}) { deletedDogId } }", Map.of("id", dog)).data();

		assertThat(ann.execute(delete, Map.of("id", owner), key).text("/deleteOwner/deletedOwnerId")).isEqualTo(owner);
		assertThat(ann.execute(delete, Map.of("id", owner), key).text("/deleteOwner/deletedOwnerId")).isEqualTo(owner);
	}

	@Test
	void everyMutationOfOwnersAndDogsCanBeRetried() {
		Api ann = this.api.signUp();
		String owner = ann.createOwner("Ann");
		String other = ann.createOwner("Ben");
		String dog = ann.createDog(owner, "Rex");
		String all = """
				mutation ($owner: ID!, $other: ID!, $dog: ID!) {
				  a: createOwner(input: {name: "Cid", dogs: [{name: "Zoe", birthDate: "2020-01-02"}]}) { owner { id } }
				  b: updateOwner(input: {id: $owner, name: "Anna"}) { owner { id name updatedAt } }
				  c: createDog(input: {ownerId: $owner, name: "Ace", breed: "Pug", birthDate: "2021-02-03"}) {
				    dog { id name breed birthDate createdAt }
				  }
				  d: updateDog(input: {id: $dog, breed: null, ownerId: $other}) { dog { id breed updatedAt } }
				  e: deleteDog(input: {id: $dog}) { deletedDogId owner { id } }
				  f: deleteOwner(input: {id: $owner, withDogs: true}) { deletedOwnerId deletedDogIds }
				}""";
		Map<String, String> variables = Map.of("owner", owner, "other", other, "dog", dog);
		Map<String, String> key = key();

		Api.Response first = ann.execute(all, variables, key);
		Api.Response second = ann.execute(all, variables, key);

		assertThat(second.data()).isEqualTo(first.data());
		assertThat(owners(ann)).containsExactly("Ben", "Cid");
		assertThat(ann.execute("{ myDogs { nodes { name } } }").texts("/myDogs/nodes", "name")).containsExactly("Zoe");
	}

	@Test
	void keysAreScopedToTheirAccount() {
		Map<String, String> key = key();
		Api ann = this.api.signUp();
		Api bob = this.api.signUp();

		ann.execute(CREATE, Map.of("name", "Ann"), key).data();
		bob.execute(CREATE, Map.of("name", "Bob"), key).data();

		assertThat(owners(ann)).containsExactly("Ann");
		assertThat(owners(bob)).containsExactly("Bob");
	}

	static Stream<String> invalidKeys() {
		return Stream.of("two words", "k".repeat(256), "");
	}

	@ParameterizedTest
	@MethodSource("invalidKeys")
	void invalidKeyIsRefused(String value) {
		Api ann = this.api.signUp();

		Api.Response response = ann.execute(CREATE, Map.of("name", "Ann"),
				Map.of("Idempotency-Key", value, "Accept", "application/json"));

		assertThat(response.status()).isEqualTo(400);
		assertThat(response.codes()).containsExactly("BAD_REQUEST");
		assertThat(owners(ann)).isEmpty();
	}

	@Test
	void tokensAreNotStored() {
		Map<String, String> key = key();
		String name = "u" + UUID.randomUUID().toString().substring(0, 8);

		String token = this.api
			.execute("mutation ($input: SignupInput!) { signup(input: $input) { accessToken } }",
					Map.of("input", Map.of("username", name, "email", name + "@example.com", "password", Api.PASSWORD)),
					key)
			.text("/signup/accessToken");

		assertThat(token).isNotEmpty();
		assertThat(records(key)).isEqualTo(0);
	}

	@Test
	void expiredRecordsAreDeletedInBatches() {
		Api ann = this.api.signUp();
		List<String> old = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			Map<String, String> key = key();
			ann.execute(CREATE, Map.of("name", "Owner " + i), key).data();
			old.add(key.get("Idempotency-Key"));
		}
		Map<String, String> recent = key();
		Api.Response first = ann.execute(CREATE, Map.of("name", "Recent"), recent);
		this.jdbc
			.sql("UPDATE idempotency_records SET created_at = clock_timestamp() - interval '24 hours 1 second' "
					+ "WHERE key = ANY (?)")
			.param(old.toArray(String[]::new))
			.update();

		this.cleaner.clean();

		// One of each field, and one of each request.
		assertThat(this.jdbc.sql("SELECT count(*)::int FROM idempotency_records WHERE key = ANY (?)")
			.param(old.toArray(String[]::new))
			.query(Integer.class)
			.single()).isZero();
		assertThat(ann.execute(CREATE, Map.of("name", "Recent"), recent).data()).isEqualTo(first.data());
	}

	@Test
	void fieldIsExecutedAgainIfItsRecordIsConcurrentlyDeleted() {
		Api ann = this.api.signUp();
		Map<String, String> key = key();
		ann.execute(CREATE, Map.of("name", "Ann"), key).data();

		Api.Response second = this.sql.interposing("INSERT INTO idempotency_records",
				() -> this.jdbc.sql("DELETE FROM idempotency_records WHERE key = ? AND field_index = 0")
					.param(key.get("Idempotency-Key"))
					.update(),
				() -> ann.execute(CREATE, Map.of("name", "Ann"), key));

		assertThat(second.codes()).isEmpty();
		assertThat(owners(ann)).containsExactly("Ann", "Ann");
	}

	private static List<Api.Response> concurrently(List<Callable<Api.Response>> requests) {
		CyclicBarrier start = new CyclicBarrier(requests.size());
		try (ExecutorService clients = Executors.newFixedThreadPool(requests.size())) {
			List<Api.Response> responses = new ArrayList<>();
			for (Future<Api.Response> response : requests.stream().map((request) -> clients.submit(() -> {
				start.await();
				return request.call();
			})).toList()) {
				responses.add(response.get());
			}
			return responses;
		}
		catch (InterruptedException | ExecutionException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static Map<String, String> key() {
		return Map.of("Idempotency-Key", UUID.randomUUID().toString());
	}

	private static List<@Nullable String> owners(Api api) {
		return api.execute("{ myOwners(orderBy: {field: NAME}) { nodes { name } } }").texts("/myOwners/nodes", "name");
	}

}
