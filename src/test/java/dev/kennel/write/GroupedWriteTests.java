package dev.kennel.write;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

import javax.sql.DataSource;

import dev.kennel.test.Api;
import dev.kennel.test.HeldRow;
import dev.kennel.test.KennelTest;
import dev.kennel.test.SqlRecorder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/** Group commit: rows of several accounts, written by one statement. */
@KennelTest
class GroupedWriteTests {

	private static final String DOG = """
			mutation ($owner: ID!, $name: String!) {
			  createDog(input: {ownerId: $owner, name: $name, breed: "Pug", birthDate: "2020-02-29"}) {
			    dog { id name breed birthDate }
			  }
			}""";

	private static final String OWNER = "mutation ($name: String!) { createOwner(input: {name: $name}) { owner { id name } } }";

	private static final String ALL = "{ myOwners { nodes { name dogs { nodes { name breed birthDate } } } } }";

	private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();

	private final Api api;

	private final DataSource dataSource;

	private final JdbcTemplate jdbc;

	private final SqlRecorder sql;

	GroupedWriteTests(Api api, DataSource dataSource, JdbcTemplate jdbc, SqlRecorder sql) {
		this.api = api;
		this.dataSource = dataSource;
		this.jdbc = jdbc;
		this.sql = sql;
	}

	@AfterEach
	void stop() {
		this.clients.shutdownNow();
	}

	/** Locks the version of an account, so that its writes wait. */
	private HeldRow lockVersion(String username) throws SQLException {
		return new HeldRow(this.dataSource, "SELECT 1 FROM change_versions JOIN users ON id = user_id "
				+ "WHERE username = ? FOR UPDATE OF change_versions", username);
	}

	private void awaitWaiters(int count) {
		awaitWaiters("dogs", count);
	}

	private void awaitWaiters(String table, int count) {
		Integer waiting = 0;
		while (waiting == null || waiting < count) {
			waiting = this.jdbc.queryForObject(
					"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
							+ "AND wait_event_type = 'Lock' AND query LIKE '%INSERT INTO " + table + " %'",
					Integer.class);
		}
	}

	private CompletableFuture<Api.Response> send(Api account, String document, Map<String, ?> variables) {
		return CompletableFuture.supplyAsync(() -> account.execute(document, variables), this.clients);
	}

	private List<Map<String, @Nullable Object>> entries(String username) {
		return this.jdbc.queryForList(
				"SELECT changes.version, kind, node_kind FROM changes "
						+ "JOIN users ON users.id = changes.user_id WHERE username = ? ORDER BY changes.version",
				username);
	}

	@Test
	void blockedAccountDoesNotBlockOthers() throws SQLException {
		Api ann = this.api.signUp("ann-held");
		String annsOwner = ann.createOwner("Ann");
		Api ben = this.api.signUp("ben-held");
		String bensOwner = ben.createOwner("Ben");
		Api cleo = this.api.signUp("cleo-free");
		String cleosOwner = cleo.createOwner("Cleo");

		CompletableFuture<Api.Response> annsDog;
		CompletableFuture<Api.Response> bensDog;
		try (HeldRow annsRow = lockVersion("ann-held"); HeldRow bensRow = lockVersion("ben-held")) {
			annsDog = send(ann, DOG, Map.of("owner", annsOwner, "name", "Ada"));
			awaitWaiters(1);
			bensDog = send(ben, DOG, Map.of("owner", bensOwner, "name", "Bo"));
			awaitWaiters(2);

			List<String> statements = this.sql.record(
					() -> assertThat(cleo.execute(DOG, Map.of("owner", cleosOwner, "name", "Cy")).codes()).isEmpty());
			// A dog without its owner would violate the foreign key, and fail the group.
			assertThat(statements).singleElement()
				.asString()
				.contains("SKIP LOCKED", "INSERT INTO dogs",
						"AND EXISTS (SELECT FROM owners WHERE owners.user_id = input.user_id AND owners.id = input.owner_id)");
			assertThat(cleo.execute(DOG, Map.of("owner", annsOwner, "name", "Not mine")).codes())
				.containsExactly("NOT_FOUND");
			assertThat(cleo.execute(OWNER, Map.of("name", "Di")).codes()).isEmpty();
			assertThat(annsDog).isNotDone();
			assertThat(bensDog).isNotDone();
			assertThat(ann.execute(ALL).data().toString()).doesNotContain("Ada");
			annsRow.commit();
			bensRow.commit();
		}

		assertThat(annsDog.join().data().at("/createDog/dog/name").asString()).isEqualTo("Ada");
		assertThat(bensDog.join().data().at("/createDog/dog/name").asString()).isEqualTo("Bo");
		assertThat(cleo.execute(ALL).data().toString()).isEqualTo(
				"{\"myOwners\":{\"nodes\":[{\"name\":\"Cleo\",\"dogs\":{\"nodes\":[{\"name\":\"Cy\",\"breed\":\"Pug\",\"birthDate\":\"2020-02-29\"}]}},"
						+ "{\"name\":\"Di\",\"dogs\":{\"nodes\":[]}}]}}");
		assertThat(entries("cleo-free"))
			.extracting((entry) -> entry.get("version") + " " + entry.get("kind") + " " + entry.get("node_kind"))
			.containsExactly("1 CREATED OWNER", "2 CREATED DOG", "3 CREATED OWNER");
		assertThat(entries("ann-held")).hasSize(2);
	}

	@Test
	void idempotencyRecordsAreInsertedWithTheGroup() throws SQLException {
		Api ann = this.api.signUp("ann-keyed");
		String annsOwner = ann.createOwner("Ann");
		Api ben = this.api.signUp("ben-keyed");
		String bensOwner = ben.createOwner("Ben");
		Api cleo = this.api.signUp("cleo-keyed");
		String cleosOwner = cleo.createOwner("Cleo");
		Map<String, String> key = Map.of("Idempotency-Key", UUID.randomUUID().toString());
		Map<String, String> variables = Map.of("owner", cleosOwner, "name", "Cy");

		CompletableFuture<Api.Response> annsDog;
		CompletableFuture<Api.Response> bensDog;
		try (HeldRow annsRow = lockVersion("ann-keyed"); HeldRow bensRow = lockVersion("ben-keyed")) {
			annsDog = send(ann, DOG, Map.of("owner", annsOwner, "name", "Ada"));
			awaitWaiters(1);
			bensDog = send(ben, DOG, Map.of("owner", bensOwner, "name", "Bo"));
			awaitWaiters(2);

			AtomicReference<Api.Response> first = new AtomicReference<>();
			List<String> statements = this.sql.record(() -> first.set(cleo.execute(DOG, variables, key)));
			assertThat(statements).singleElement()
				.asString()
				.contains("SKIP LOCKED", "INSERT INTO dogs", "INSERT INTO idempotency_records");
			assertThat(cleo.execute(DOG, variables, key).data()).isEqualTo(first.get().data());
			assertThat(cleo.execute(DOG, Map.of("owner", cleosOwner, "name", "Di"), key).codes())
				.containsExactly("IDEMPOTENCY_KEY_REUSED");
			assertThat(cleo.execute(OWNER, Map.of("name", "Di"), key).codes())
				.containsExactly("IDEMPOTENCY_KEY_REUSED");
			annsRow.commit();
			bensRow.commit();
		}

		annsDog.join().data();
		bensDog.join().data();
		assertThat(cleo.execute(ALL).data().toString()).isEqualTo(
				"{\"myOwners\":{\"nodes\":[{\"name\":\"Cleo\",\"dogs\":{\"nodes\":[{\"name\":\"Cy\",\"breed\":\"Pug\",\"birthDate\":\"2020-02-29\"}]}}]}}");
		assertThat(entries("cleo-keyed")).hasSize(2);
	}

	@Test
	void keyedOwnersAreInsertedWithTheGroup() throws SQLException {
		Api ann = this.api.signUp("ann-owners");
		ann.createOwner("Ann");
		Api ben = this.api.signUp("ben-owners");
		ben.createOwner("Ben");
		Api cleo = this.api.signUp("cleo-owners");
		cleo.createOwner("Cleo");
		Map<String, String> key = Map.of("Idempotency-Key", UUID.randomUUID().toString());

		CompletableFuture<Api.Response> annsOwner;
		CompletableFuture<Api.Response> bensOwner;
		try (HeldRow annsRow = lockVersion("ann-owners"); HeldRow bensRow = lockVersion("ben-owners")) {
			annsOwner = send(ann, OWNER, Map.of("name", "Ada"));
			awaitWaiters("owners", 1);
			bensOwner = send(ben, OWNER, Map.of("name", "Bo"));
			awaitWaiters("owners", 2);

			List<String> statements = this.sql
				.record(() -> assertThat(cleo.execute(OWNER, Map.of("name", "Cy"), key).codes()).isEmpty());
			// A statement that PostgreSQL refuses would be followed by another one.
			assertThat(statements).singleElement()
				.asString()
				.contains("SKIP LOCKED", "INSERT INTO owners", "INSERT INTO idempotency_records");
			annsRow.commit();
			bensRow.commit();
		}
		assertThat(annsOwner.join().codes()).isEmpty();
		assertThat(bensOwner.join().codes()).isEmpty();
		assertThat(cleo.execute("{ myOwners { nodes { name } } }").texts("/myOwners/nodes", "name"))
			.containsExactly("Cleo", "Cy");
	}

	@Test
	void concurrentAccountsGetOnlyTheirOwnRows() {
		List<Api> accounts = IntStream.range(0, 24).mapToObj((i) -> this.api.signUp("crowd-" + i)).toList();
		List<String> owners = accounts.stream().map((account) -> account.createOwner("Owner")).toList();
		List<CompletableFuture<Api.Response>> responses = new ArrayList<>();
		for (int round = 0; round < 10; round++) {
			for (int i = 0; i < accounts.size(); i++) {
				// Every sixth account uses an owner of another account.
				String owner = (i % 6 == 5) ? owners.get((i + 1) % owners.size()) : owners.get(i);
				responses.add(send(accounts.get(i), DOG, Map.of("owner", owner, "name", "Dog " + i + "-" + round)));
				responses.add(send(accounts.get(i), OWNER, Map.of("name", "Owner " + i + "-" + round)));
			}
		}
		List<Api.Response> all = responses.stream().map(CompletableFuture::join).toList();

		for (int i = 0; i < accounts.size(); i++) {
			List<String> names = new ArrayList<>();
			for (int round = 0; round < 10; round++) {
				int first = 2 * (round * accounts.size() + i);
				if (i % 6 == 5) {
					assertThat(all.get(first).codes()).containsExactly("NOT_FOUND");
				}
				else {
					assertThat(all.get(first).text("/createDog/dog/name")).isEqualTo("Dog " + i + "-" + round);
					names.add("Dog " + i + "-" + round);
				}
				assertThat(all.get(first + 1).text("/createOwner/owner/name")).isEqualTo("Owner " + i + "-" + round);
			}
			assertThat(accounts.get(i).execute("{ myDogs { nodes { name } } }").texts("/myDogs/nodes", "name"))
				.containsExactlyInAnyOrderElementsOf(names);
			assertThat(accounts.get(i).execute("{ myOwners { totalCount } }").data().at("/myOwners/totalCount").asInt())
				.isEqualTo(11);
			assertThat(entries("crowd-" + i)).extracting((entry) -> entry.get("version"))
				.containsExactlyElementsOf(
						IntStream.rangeClosed(1, 11 + names.size()).mapToObj(Long::valueOf).toList());
		}
	}

	@Test
	void fullAndDeletedAccountsAreExcludedFromAGroupAndGetTheirOwnErrors() throws SQLException {
		Api ann = this.api.signUp("ann-waits");
		String annsOwner = ann.createOwner("Ann");
		Api ben = this.api.signUp("ben-waits");
		String bensOwner = ben.createOwner("Ben");
		Api cleo = this.api.signUp("cleo-full");
		String cleosOwner = cleo.createOwner("Cleo");
		set("cleo-full", "dogs = 1000000");
		Api di = this.api.signUp("di-closed");
		String disOwner = di.createOwner("Di");
		set("di-closed", "final_version = version");
		Api ed = this.api.signUp("ed-stale");
		String edsOwner = ed.createOwner("Ed");
		set("ed-stale", "counted = -1, dogs = 2000000");

		CompletableFuture<Api.Response> annsDog;
		CompletableFuture<Api.Response> bensDog;
		try (HeldRow annsRow = lockVersion("ann-waits"); HeldRow bensRow = lockVersion("ben-waits")) {
			// One write is individual; the other leads a group, and is excluded from it.
			annsDog = send(ann, DOG, Map.of("owner", annsOwner, "name", "Ada"));
			awaitWaiters(1);
			bensDog = send(ben, DOG, Map.of("owner", bensOwner, "name", "Bo"));
			awaitWaiters(2);

			Api.Response full = cleo.execute(DOG, Map.of("owner", cleosOwner, "name", "Cy"));
			assertThat(full.codes()).containsExactly("QUOTA_EXCEEDED");
			assertThat(full.json().at("/errors/0/extensions/max").asInt()).isEqualTo(1_000_000);
			Api.Response closed = di.execute(DOG, Map.of("owner", disOwner, "name", "Dan"));
			assertThat(closed.codes()).containsExactly("UNAUTHENTICATED");
			assertThat(closed.json().at("/errors/0/extensions/reason").asString()).isEqualTo("SESSION_ENDED");
			assertThat(ed.execute(DOG, Map.of("owner", edsOwner, "name", "Eve")).text("/createDog/dog/name"))
				.isEqualTo("Eve");
			List<String> statements = this.sql
				.record(() -> ed.execute(DOG, Map.of("owner", edsOwner, "name", "Fox")).data());
			assertThat(statements).singleElement().asString().contains("SKIP LOCKED");
			annsRow.commit();
			bensRow.commit();
		}

		annsDog.join().data();
		bensDog.join().data();
		assertThat(entries("cleo-full")).hasSize(1);
		assertThat(entries("di-closed")).hasSize(1);
		assertThat(entries("ed-stale")).hasSize(3);
		assertThat(this.jdbc.queryForObject(
				"SELECT dogs FROM change_versions JOIN users ON id = user_id " + "WHERE username = 'ed-stale'",
				Integer.class))
			.isEqualTo(2);
		assertThat(cleo.execute("{ myDogs { totalCount } }").data().toString())
			.isEqualTo("{\"myDogs\":{\"totalCount\":0}}");
		assertThat(di.execute("{ myDogs { totalCount } }").data().toString())
			.isEqualTo("{\"myDogs\":{\"totalCount\":0}}");
	}

	/** Of two first writes after the migration, one counts the rows. */
	@Test
	void writeIsNotRefusedIfAnotherOneHasJustCounted() {
		Api fay = this.api.signUp("fay-stale");
		String owner = fay.createOwner("Fay");
		set("fay-stale", "counted = -1, dogs = 2000000");

		Api.Response response = this.sql.interposing("INSERT INTO dogs",
				() -> set("fay-stale", "counted = version, dogs = 0"),
				() -> fay.execute(DOG, Map.of("owner", owner, "name", "Gus")));

		assertThat(response.text("/createDog/dog/name")).isEqualTo("Gus");
		assertThat(entries("fay-stale")).hasSize(2);
	}

	private void set(String username, String assignments) {
		this.jdbc.update("UPDATE change_versions SET " + assignments
				+ " WHERE user_id = (SELECT id FROM users WHERE username = ?)", username);
	}

}
