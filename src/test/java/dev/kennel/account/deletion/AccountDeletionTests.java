package dev.kennel.account.deletion;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

import javax.sql.DataSource;

import dev.kennel.identity.NodeKind;
import dev.kennel.test.Api;
import dev.kennel.test.HeldRow;
import dev.kennel.test.InstanceProcess;
import dev.kennel.test.KennelTest;
import dev.kennel.test.LiveClient;
import dev.kennel.test.TestMail;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/** The immediate effects of the deletion of an account, and the removal of its rows. */
@KennelTest
@Timeout(120)
class AccountDeletionTests {

	private static final String DELETE = """
			mutation ($input: DeleteMeInput!) { deleteMe(input: $input) { deletedUserId } }""";

	private final Api api;

	private final AccountCleaner cleaner;

	private final Environment environment;

	private final JdbcClient jdbc;

	private final DataSource dataSource;

	private final String name = "d" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);

	private Api ann;

	private UUID account;

	private String owner = "";

	private String dog = "";

	AccountDeletionTests(Api api, AccountCleaner cleaner, Environment environment, JdbcClient jdbc,
			DataSource dataSource) {
		this.api = api;
		this.cleaner = cleaner;
		this.environment = environment;
		this.jdbc = jdbc;
		this.dataSource = dataSource;
		this.ann = api;
		this.account = new UUID(0, 0);
	}

	@BeforeEach
	void signUp() {
		this.ann = this.api.signUp(this.name);
		this.account = NodeKind.USER.uuid(this.ann.execute("{ me { id } }").text("/me/id"));
		this.owner = this.ann.createOwner("Ann");
		this.dog = this.ann.createDog(this.owner, "Rex");
	}

	private Api.Response deleteMe(Api client) {
		return client.execute(DELETE, Map.of("input", Map.of("password", Api.PASSWORD)));
	}

	/** Locks the account's rows against removal, but not the account. */
	private HeldRow holdDog() throws SQLException {
		return new HeldRow(this.dataSource, "SELECT 1 FROM dogs WHERE id = ? FOR UPDATE", NodeKind.DOG.uuid(this.dog));
	}

	/**
	 * Returns an access token that stays valid until it expires, even if the account is
	 * deleted.
	 */
	private Api withoutSession() {
		Api other = this.api.withToken(this.api
			.execute("mutation ($input: LoginInput!) { login(input: $input) { accessToken } }",
					Map.of("input", Map.of("username", this.name, "password", Api.PASSWORD)))
			.text("/login/accessToken"));
		this.jdbc
			.sql("DELETE FROM sessions WHERE id = "
					+ "(SELECT id FROM sessions WHERE user_id = ? ORDER BY id DESC LIMIT 1)")
			.param(this.account)
			.update();
		return other;
	}

	private int count(String table, String column) {
		return this.jdbc.sql("SELECT count(*)::int FROM " + table + " WHERE " + column + " = ?")
			.param(this.account)
			.query(Integer.class)
			.single();
	}

	private void awaitRemoval() {
		TestMail.await(() -> count("users", "id"), (rows) -> rows == 0);
		for (String table : this.jdbc.sql("SELECT table_name::text FROM information_schema.columns "
				+ "WHERE column_name = 'user_id' AND table_schema = 'public' AND table_name <> 'session_revocations'")
			.query(String.class)
			.list()) {
			assertThat(count(String.valueOf(table), "user_id")).as(table).isZero();
		}
	}

	private static void assertDeleted(Api.Response response) {
		assertThat(response.codes()).containsExactly("UNAUTHENTICATED");
		assertThat(response.json().at("/errors/0/extensions/reason").asString()).isEqualTo("SESSION_ENDED");
	}

	@Test
	void nameAndAddressAreFreeBeforeRowsAreRemoved() throws SQLException {
		this.ann.execute("mutation { requestEmailVerification { success } }").data();
		TestMail.awaitToken(this.name + "@example.com", 1);
		assertThat(count("one_time_tokens", "user_id")).isEqualTo(1);
		try (HeldRow row = holdDog()) {
			deleteMe(this.ann).data();

			assertThat(count("one_time_tokens", "user_id")).isZero();
			Api next = this.api.signUp(this.name);
			assertThat(next.execute("{ me { username email } myDogs { totalCount } }").data().toString())
				.isEqualTo("{\"me\":{\"username\":\"" + this.name + "\",\"email\":\"" + this.name
						+ "@example.com\"},\"myDogs\":{\"totalCount\":0}}");
			assertThat(count("dogs", "user_id")).isEqualTo(1);
			assertThat(this.jdbc.sql("SELECT users::text FROM users WHERE id = ?")
				.param(this.account)
				.query(String.class)
				.single()).doesNotContain(this.name, "argon2");
			row.commit();
		}
		awaitRemoval();
	}

	@Test
	void deletedAccountIsNotFoundBeforeItsRowsAreRemoved() throws SQLException {
		Api other = withoutSession();
		this.ann.execute("mutation { requestEmailVerification { success } }").data();
		String verification = TestMail.awaitToken(this.name + "@example.com", 1);
		this.jdbc.sql("UPDATE users SET passkey_handle = decode(md5(username), 'hex') WHERE id = ?")
			.param(this.account)
			.update();
		try (HeldRow row = holdDog()) {
			deleteMe(this.ann).data();

			assertThat(this.jdbc.sql("SELECT passkey_handle IS NULL FROM users WHERE id = ?")
				.param(this.account)
				.query(Boolean.class)
				.single()).isTrue();
			assertThat(other.execute("{ me { id } }").data().toString()).isEqualTo("{\"me\":null}");
			assertThat(other
				.execute("query ($id: ID!) { node(id: $id) { id } }",
						Map.of("id", NodeKind.USER.id(this.account).toString()))
				.data()
				.toString()).isEqualTo("{\"node\":null}");
			assertThat(this.api
				.execute("mutation ($input: LoginInput!) { login(input: $input) { accessToken } }",
						Map.of("input", Map.of("username", this.name, "password", Api.PASSWORD)))
				.codes()).containsExactly("UNAUTHENTICATED");
			assertThat(this.api
				.execute("mutation ($input: LoginInput!) { login(input: $input) { accessToken } }",
						Map.of("input", Map.of("username", "deleted:" + this.account, "password", "")))
				.codes()).containsExactly("UNAUTHENTICATED");
			assertThat(this.api
				.execute("mutation ($input: VerifyEmailInput!) { verifyEmail(input: $input) { user { id } } }",
						Map.of("input", Map.of("token", verification)))
				.violations()).containsExactly("input.token INVALID_TOKEN");
			assertDeleted(other.execute("mutation { requestEmailVerification { success } }"));
			assertThat(deleteMe(other).violations()).containsExactly("input.password WRONG_PASSWORD");
			this.api.execute(
					"mutation ($input: RequestPasswordResetInput!) { requestPasswordReset(input: $input) { success } }",
					Map.of("input", Map.of("email", this.name + "@example.com")))
				.data();
			TestMail.await(() -> this.jdbc.sql("SELECT count(*)::int FROM mail_orders").query(Integer.class).single(),
					(jobs) -> jobs == 0);
			assertThat(TestMail.to(this.name + "@example.com")).hasSize(1);
			row.commit();
		}
		awaitRemoval();
	}

	@Test
	void deletedAccountIsNotWrittenBeforeItsRowsAreRemoved() throws SQLException {
		Api other = withoutSession();
		List<String> mutations = List.of("createOwner(input: {name: \"X\"}) { owner { id } }",
				"createOwner(input: {name: \"X\", dogs: [{name: \"Y\"}]}) { owner { id } }",
				"updateOwner(input: {id: \"" + this.owner + "\", name: \"X\"}) { owner { id } }",
				"createDog(input: {ownerId: \"" + this.owner + "\", name: \"X\"}) { dog { id } }",
				"createDog(input: {ownerId: \"" + this.owner + "\", name: \"X\"}) { dog { owner { id } } }",
				"updateDog(input: {id: \"" + this.dog + "\", name: \"X\"}) { dog { id } }",
				"deleteDog(input: {id: \"" + this.dog + "\"}) { deletedDogId }");
		try (HeldRow row = holdDog()) {
			deleteMe(this.ann).data();

			for (String mutation : mutations) {
				assertDeleted(other.execute("mutation { " + mutation + " }"));
				assertDeleted(other.execute("mutation { " + mutation + " }", Map.of(),
						Map.of("Idempotency-Key", UUID.randomUUID().toString())));
			}
			assertThat(count("changes", "user_id")).isEqualTo(2);
			assertThat(count("owners", "user_id")).isEqualTo(1);
			assertThat(count("idempotency_records", "user_id")).isZero();
			assertThat(this.jdbc.sql("SELECT name FROM dogs WHERE user_id = ?")
				.param(this.account)
				.query(String.class)
				.list()).containsExactly("Rex");
			row.commit();
		}
		awaitRemoval();
		for (String mutation : mutations) {
			assertThat(other.execute("mutation { " + mutation + " }").codes()).isSubsetOf("UNAUTHENTICATED",
					"NOT_FOUND");
		}
	}

	@Test
	void writeWaitingForTheDeletionIsRefused() throws SQLException {
		try (HeldRow dogsRow = holdDog();
				HeldRow usersRow = new HeldRow(this.dataSource, "SELECT 1 FROM users WHERE id = ? FOR NO KEY UPDATE",
						this.account)) {
			CompletableFuture<Api.Response> deletion = CompletableFuture.supplyAsync(() -> deleteMe(this.ann));
			usersRow.awaitWaiter("%from users%for no key update%");
			CompletableFuture<Api.Response> write = CompletableFuture.supplyAsync(
					() -> this.ann.execute("mutation { createOwner(input: {name: \"Too late\"}) { owner { id } } }"));
			usersRow.awaitWaiter("%INSERT INTO owners%");
			usersRow.commit();

			deletion.join().data();
			assertDeleted(write.join());
			assertThat(count("owners", "user_id")).isEqualTo(1);
			dogsRow.commit();
		}
		awaitRemoval();
	}

	@Test
	void fieldsAfterDeletionFailAsInAnEndedSession() {
		Api.Response response = this.ann.execute("mutation ($input: DeleteMeInput!) { deleteMe(input: $input) "
				+ "{ deletedUserId } logout { success } }", Map.of("input", Map.of("password", Api.PASSWORD)));

		assertThat(response.reasons()).containsExactly("UNAUTHENTICATED SESSION_ENDED");
		assertThat(response.json().at("/data/deleteMe/deletedUserId").asString())
			.isEqualTo(NodeKind.USER.id(this.account).toString());
	}

	@Test
	void deletionEndsSubscriptions() {
		try (LiveClient live = LiveClient.webSocket(this.ann, "subscription { myChanges { kind } }", Map.of())) {
			deleteMe(this.ann).data();

			assertThat(live.end().get("code").asInt()).isEqualTo(4403);
		}
	}

	@Test
	void rowsLeftByAKilledInstanceAreRemovedByAnother() throws SQLException {
		this.jdbc
			.sql("INSERT INTO dogs (user_id, id, owner_id, name, name_key, created_at, updated_at) "
					+ "SELECT user_id, gen_random_uuid(), owner_id, 'n', 'n', now(), now() "
					+ "FROM dogs, generate_series(1, 10000) WHERE user_id = ?")
			.param(this.account)
			.update();
		try (InstanceProcess other = InstanceProcess.start(this.environment, null, 0); HeldRow row = holdDog()) {
			deleteMe(other.api().withToken(this.ann.token())).data();
			row.awaitWaiter("DELETE FROM dogs%");
			other.kill();
			assertThat(other.exitCode()).isEqualTo(137);
			assertThat(count("users", "id")).isEqualTo(1);
			row.commit();
		}

		TestMail.await(() -> {
			this.cleaner.clean();
			return count("users", "id");
		}, (rows) -> rows == 0);
		awaitRemoval();
	}

	@Test
	void concurrentCleanersDoNotBlockEachOther() throws SQLException {
		Api bob = this.api.signUp();
		UUID bobs = NodeKind.USER.uuid(bob.execute("{ me { id } }").text("/me/id"));
		try (HeldRow row = holdDog()) {
			deleteMe(this.ann).data();
			row.awaitWaiter("DELETE FROM dogs%");
			this.jdbc.sql("UPDATE users SET deleted_at = clock_timestamp() WHERE id = ?").param(bobs).update();

			// As another instance: the first account is being removed by this one.
			this.cleaner.clean();

			assertThat(this.jdbc.sql("SELECT id FROM users WHERE id IN (?, ?)")
				.params(this.account, bobs)
				.query(UUID.class)
				.list()).containsExactly(this.account);
			row.commit();
		}
		awaitRemoval();
	}

}
