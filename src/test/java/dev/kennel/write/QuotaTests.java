package dev.kennel.write;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

import dev.kennel.identity.NodeKind;
import dev.kennel.test.Api;
import dev.kennel.test.Instance;
import dev.kennel.test.KennelTest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/** Quotas, on an instance that allows 3 owners and 4 dogs per account. */
@KennelTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class QuotaTests {

	private static final String OWNER = """
			mutation ($name: String!, $dogs: [NewDogInput!]) {
			  createOwner(input: {name: $name, dogs: $dogs}) { owner { id } }
			}""";

	private static final String DOG = """
			mutation ($owner: ID!, $name: String!) { createDog(input: {ownerId: $owner, name: $name}) { dog { id } } }""";

	private final Environment environment;

	private final JdbcClient jdbc;

	private Instance instance;

	private Api ann;

	QuotaTests(Environment environment, JdbcClient jdbc) {
		this.environment = environment;
		this.jdbc = jdbc;
	}

	@BeforeAll
	void start() {
		this.instance = Instance.beside(this.environment, Map.of("kennel.quota.owners", "3", "kennel.quota.dogs", "4"));
	}

	@AfterAll
	void stop() {
		this.instance.close();
	}

	@BeforeEach
	void signUp() {
		this.ann = this.instance.api().signUp();
	}

	private UUID account() {
		return NodeKind.USER.uuid(this.ann.execute("{ me { id } }").text("/me/id"));
	}

	private Api.Response createOwner(String name, int dogs) {
		return this.ann.execute(OWNER,
				Map.of("name", name, "dogs", Collections.nCopies(dogs, Map.of("name", "Dog of " + name))));
	}

	private Api.Response createDog(String owner, String name) {
		return this.ann.execute(DOG, Map.of("owner", owner, "name", name));
	}

	private void delete(String owner) {
		this.ann
			.execute("mutation ($id: ID!) { deleteOwner(input: {id: $id, withDogs: true}) { deletedOwnerId } }",
					Map.of("id", owner))
			.data();
	}

	/** Returns the rows of the account and its feed entries. */
	private String state() {
		return this.ann
			.execute(
					"{ myChangesCursor myOwners { nodes { name } } myDogs(orderBy: {field: NAME}) { nodes { name } } }")
			.data()
			.toString() + entries();
	}

	private List<@Nullable String> entries() {
		return this.jdbc.sql("SELECT version || ' ' || kind FROM changes WHERE user_id = ? ORDER BY version")
			.param(account())
			.query(String.class)
			.list();
	}

	private static void assertExceeded(Api.Response response, String quota, int max) {
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.codes()).containsExactly("QUOTA_EXCEEDED");
		assertThat(response.json().at("/errors/0/extensions").toString())
			.isEqualTo("{\"code\":\"QUOTA_EXCEEDED\",\"quota\":\"" + quota + "\",\"max\":" + max + "}");
		assertThat(response.json().at("/errors/0/message").asString())
			.isEqualTo("The account would exceed its quota of " + max + " " + quota + " (kennel.quota." + quota + ").");
	}

	@Test
	void ownersBeyondTheQuotaAreRejectedUntilOneIsDeleted() {
		String first = this.ann.createOwner("A");
		this.ann.createOwner("B");
		this.ann.createOwner("C");
		String before = state();

		assertExceeded(createOwner("D", 0), "owners", 3);
		assertExceeded(createOwner("D", 1), "owners", 3);
		assertThat(state()).isEqualTo(before);

		delete(first);
		this.ann.createOwner("D");
		assertThat(this.ann.execute("{ myOwners { nodes { name } } }").texts("/myOwners/nodes", "name"))
			.containsExactly("B", "C", "D");
		assertThat(entries()).containsExactly("1 CREATED", "2 CREATED", "3 CREATED", "4 DELETED", "5 CREATED");
	}

	@Test
	void dogsBeyondTheQuotaAreRejectedUntilOneIsDeleted() {
		String owner = this.ann.createOwner("A");
		List<String> dogs = IntStream.range(0, 4).mapToObj((i) -> this.ann.createDog(owner, "Dog " + i)).toList();
		String before = state();

		assertExceeded(createDog(owner, "Dog 4"), "dogs", 4);
		assertExceeded(this.ann.execute("mutation ($id: ID!) { createDog(input: {ownerId: $id, name: \"Dog 4\"}) "
				+ "{ dog { owner { name } } } }", Map.of("id", owner)), "dogs", 4);
		assertThat(state()).isEqualTo(before);

		this.ann
			.execute("mutation ($id: ID!) { deleteDog(input: {id: $id}) { deletedDogId } }",
					Map.of("id", dogs.getFirst()))
			.data();
		this.ann.createDog(owner, "Dog 4");
		assertExceeded(createDog(owner, "Dog 5"), "dogs", 4);
	}

	@Test
	void ownerWithDogsBeyondTheQuotaIsRejected() {
		createOwner("A", 2).data();
		String before = state();

		assertExceeded(createOwner("B", 3), "dogs", 4);
		assertExceeded(createOwner("B", 100), "dogs", 4);
		assertThat(state()).isEqualTo(before);

		createOwner("B", 2).data();
		assertExceeded(createOwner("C", 1), "dogs", 4);
		createOwner("C", 0).data();
	}

	@Test
	void dogQuotaAppliesToTheFirstOwner() {
		String before = state();

		assertExceeded(createOwner("A", 5), "dogs", 4);
		assertThat(state()).isEqualTo(before);

		createOwner("A", 4).data();
	}

	@Test
	void updatesAndMovesSucceedAtTheQuota() {
		String from = this.ann.createOwner("A");
		String to = this.ann.createOwner("B");
		this.ann.createOwner("C");
		List<String> dogs = IntStream.range(0, 4).mapToObj((i) -> this.ann.createDog(from, "Dog " + i)).toList();

		assertThat(this.ann
			.execute("mutation ($id: ID!, $to: ID!) { updateDog(input: {id: $id, ownerId: $to, name: \"Moved\"}) "
					+ "{ dog { owner { name } } } }", Map.of("id", dogs.getFirst(), "to", to))
			.text("/updateDog/dog/owner/name")).isEqualTo("B");
		assertThat(this.ann
			.execute("mutation ($id: ID!) { updateOwner(input: {id: $id, name: \"Anna\"}) { owner { name } } }",
					Map.of("id", from))
			.text("/updateOwner/owner/name")).isEqualTo("Anna");

		delete(from);
		this.ann.createDog(to, "Dog 4");
		this.ann.createDog(to, "Dog 5");
		this.ann.createDog(to, "Dog 6");
		assertExceeded(createDog(to, "Dog 7"), "dogs", 4);
	}

	@Test
	void rejectedWritesAreNotCounted() {
		String owner = this.ann.createOwner("A");
		for (int i = 0; i < 5; i++) {
			assertThat(createDog("own_00000000000000000000000000", "Nobody's").codes()).containsExactly("NOT_FOUND");
			assertThat(createDog(owner, "").codes()).containsExactly("BAD_USER_INPUT");
			assertThat(this.ann
				.execute("mutation { deleteDog(input: {id: \"dog_00000000000000000000000000\"}) { deletedDogId } }")
				.codes()).containsExactly("NOT_FOUND");
		}

		for (int i = 0; i < 4; i++) {
			this.ann.createDog(owner, "Dog " + i);
		}
		assertExceeded(createDog(owner, "Dog 4"), "dogs", 4);
	}

	@Test
	void retryReturnsTheSameDogAndRejectionsAreNotRecorded() {
		String owner = this.ann.createOwner("A");
		List<String> dogs = IntStream.range(0, 3).mapToObj((i) -> this.ann.createDog(owner, "Dog " + i)).toList();
		Map<String, String> last = Map.of("Idempotency-Key", UUID.randomUUID().toString());
		Map<String, String> refused = Map.of("Idempotency-Key", UUID.randomUUID().toString());
		Map<String, Object> fourth = Map.of("owner", owner, "name", "Dog 3");
		Map<String, Object> fifth = Map.of("owner", owner, "name", "Dog 4");

		String dog = this.ann.execute(DOG, fourth, last).text("/createDog/dog/id");
		assertExceeded(this.ann.execute(DOG, fifth, refused), "dogs", 4);
		assertThat(this.ann.execute(DOG, fourth, last).text("/createDog/dog/id")).isEqualTo(dog);
		assertThat(this.jdbc.sql("SELECT DISTINCT key FROM idempotency_records WHERE user_id = ?")
			.param(account())
			.query(String.class)
			.list()).containsExactly(last.get("Idempotency-Key"));

		this.ann
			.execute("mutation ($id: ID!) { deleteDog(input: {id: $id}) { deletedDogId } }",
					Map.of("id", dogs.getFirst()))
			.data();
		this.ann.execute(DOG, fifth, refused).data();
	}

	@Test
	void concurrentWritesNeverExceedTheQuota() {
		String owner = this.ann.createOwner("A");
		List<Api.Response> responses;
		try (ExecutorService clients = Executors.newFixedThreadPool(2)) {
			responses = IntStream.range(0, 40)
				.mapToObj((i) -> CompletableFuture.supplyAsync(
						() -> (i % 2 == 0) ? createDog(owner, "Dog " + i) : createOwner("Owner " + i, 1), clients))
				.toList()
				.stream()
				.map(CompletableFuture::join)
				.toList();
		}

		assertThat(responses.stream().flatMap((response) -> response.codes().stream())).hasSize(36)
			.containsOnly("QUOTA_EXCEEDED");
		assertThat(this.ann.execute("{ myDogs { totalCount } }").data().at("/myDogs/totalCount").asInt()).isEqualTo(4);
		int owners = this.ann.execute("{ myOwners { totalCount } }").data().at("/myOwners/totalCount").asInt();
		assertThat(owners).isLessThanOrEqualTo(3);
		// The first owner's version is 1, each other owner has a dog, and the other dogs
		// are alone.
		assertThat(entries()).isEqualTo(IntStream.rangeClosed(1, owners + 4).mapToObj((i) -> i + " CREATED").toList());
	}

	@Test
	void quotaIsPerAccount() {
		String owner = this.ann.createOwner("A");
		IntStream.range(0, 4).forEach((i) -> this.ann.createDog(owner, "Dog " + i));
		assertExceeded(createDog(owner, "Dog 4"), "dogs", 4);

		Api bob = this.instance.api().signUp();
		bob.createDog(bob.createOwner("Bob"), "Bello");

		assertExceeded(createDog(owner, "Dog 4"), "dogs", 4);
	}

	/**
	 * After the migration the counts are missing, and an older version of Kennel advances
	 * only the version.
	 */
	@Test
	void outdatedCountsAreRecounted() {
		UUID account = account();
		String owner = this.ann.createOwner("A");
		IntStream.range(0, 3).forEach((i) -> this.ann.createDog(owner, "Dog " + i));

		this.jdbc.sql("UPDATE change_versions SET owners = 0, dogs = 0, counted = -1 WHERE user_id = ?")
			.param(account)
			.update();
		this.ann.createDog(owner, "Dog 3");
		assertExceeded(createDog(owner, "Dog 4"), "dogs", 4);

		// An older version deletes dogs.
		this.jdbc
			.sql("WITH v AS (UPDATE change_versions SET version = version + 2 WHERE user_id = ?) "
					+ "DELETE FROM dogs WHERE user_id = ? AND name IN ('Dog 1', 'Dog 2')")
			.params(account, account)
			.update();
		this.ann
			.execute("mutation ($id: ID!) { updateOwner(input: {id: $id, name: \"Anna\"}) { owner { id } } }",
					Map.of("id", owner))
			.data();
		createOwner("B", 1).data();
		this.ann.createDog(owner, "Dog 5");
		assertExceeded(createDog(owner, "Dog 6"), "dogs", 4);

		// An older version inserts an owner.
		this.jdbc
			.sql("WITH v AS (UPDATE change_versions SET version = version + 1 WHERE user_id = ?) "
					+ "INSERT INTO owners SELECT user_id, gen_random_uuid(), 'C', 'c', created_at, updated_at "
					+ "FROM owners WHERE user_id = ? AND name = 'B'")
			.params(account, account)
			.update();
		assertExceeded(createOwner("D", 0), "owners", 3);
		// The recount is kept although the write was rolled back.
		assertThat(this.jdbc
			.sql("SELECT owners || ' ' || dogs FROM change_versions WHERE counted = version AND user_id = ?")
			.param(account)
			.query(String.class)
			.single()).isEqualTo("3 4");
	}

}
