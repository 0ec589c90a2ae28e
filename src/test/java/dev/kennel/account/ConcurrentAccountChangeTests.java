package dev.kennel.account;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;

import javax.sql.DataSource;

import dev.kennel.test.Api;
import dev.kennel.test.HeldRow;
import dev.kennel.test.KennelTest;
import dev.kennel.test.SqlRecorder;
import dev.kennel.test.TestMail;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/** Concurrent changes of one account. */
@KennelTest
class ConcurrentAccountChangeTests {

	private static final String WAITS_FOR_ACCOUNT = "%from users%for no key update%";

	private final Api api;

	private final JdbcClient jdbc;

	private final SqlRecorder sql;

	private final DataSource dataSource;

	private final String name = "r" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);

	private final String email = this.name + "@example.com";

	private Api ann;

	ConcurrentAccountChangeTests(Api api, JdbcClient jdbc, SqlRecorder sql, DataSource dataSource) {
		this.api = api;
		this.jdbc = jdbc;
		this.sql = sql;
		this.dataSource = dataSource;
		this.ann = api;
	}

	@BeforeEach
	void signUp() {
		this.ann = this.api.signUp(this.name);
	}

	private String row() {
		return this.jdbc.sql("SELECT users::text FROM users WHERE username_key = ?")
			.param(this.name)
			.query(String.class)
			.single();
	}

	/** The password was correct when it was verified. */
	@ParameterizedTest
	@ValueSource(strings = { "updateMe(input: { username: \"mallory\", currentPassword: \"" + Api.PASSWORD + "\" })",
			"updateMe(input: { email: \"mallory@example.com\", currentPassword: \"" + Api.PASSWORD + "\" })",
			"changePassword(input: { currentPassword: \"" + Api.PASSWORD
					+ "\", newPassword: \"of a thief, no doubt\" })" })
	void changeIsRefusedIfThePasswordIsReplacedConcurrently(String field) throws Exception {
		String before;
		try (HeldRow row = new HeldRow(this.dataSource, "SELECT 1 FROM users WHERE username = ? FOR NO KEY UPDATE",
				this.name)) {
			CompletableFuture<Api.Response> change = CompletableFuture
				.supplyAsync(() -> this.ann.execute("mutation { " + field + " { user { id } } }"));
			row.awaitWaiter(WAITS_FOR_ACCOUNT);
			row.execute("UPDATE users SET password_hash = 'another' WHERE username = ?", this.name);
			row.commit();
			before = row();

			Api.Response response = change.join();
			assertThat(response.codes()).containsExactly("CONFLICT");
			assertThat(response.json().at("/errors/0/message").asString())
				.isEqualTo("The password was changed a moment ago.");
		}
		assertThat(row()).isEqualTo(before);
	}

	/**
	 * The statement that ends the session, as a log-out does, has no lock of the account.
	 */
	@ParameterizedTest
	@ValueSource(strings = {
			"updateMe(input: { username: \"mallory\", currentPassword: \"" + Api.PASSWORD + "\" }) { user { id } }",
			"changePassword(input: { currentPassword: \"" + Api.PASSWORD
					+ "\", newPassword: \"of a thief, no doubt\" }) { user { id } }",
			"deleteMe(input: { password: \"" + Api.PASSWORD + "\" }) { deletedUserId }" })
	void changeIsRefusedIfTheSessionIsRevokedConcurrently(String field) throws Exception {
		Api phone = this.api.withToken(this.api.login(this.name, Api.PASSWORD).text("/login/accessToken"));
		String before = row();
		try (HeldRow row = new HeldRow(this.dataSource, "SELECT 1 FROM users WHERE username = ? FOR NO KEY UPDATE",
				this.name)) {
			CompletableFuture<Api.Response> change = CompletableFuture
				.supplyAsync(() -> this.ann.execute("mutation { " + field + " }"));
			row.awaitWaiter(WAITS_FOR_ACCOUNT);
			this.ann.execute("mutation { logout { success } }").data();
			row.commit();

			assertThat(change.join().reasons()).containsExactly("UNAUTHENTICATED SESSION_ENDED");
		}
		assertThat(row()).isEqualTo(before);
		assertThat(phone.execute("{ me { username } }").text("/me/username")).isEqualTo(this.name);
		assertThat(this.api.login(this.name, Api.PASSWORD).codes()).isEmpty();
	}

	@Test
	void sessionDoesNotEndBetweenItsCheckAndTheNewPassword() {
		AtomicReference<CompletableFuture<Api.Response>> logout = new AtomicReference<>();

		Api.Response change = this.sql.interposing("DELETE FROM one_time_tokens", () -> {
			logout.set(CompletableFuture.supplyAsync(() -> this.ann.execute("mutation { logout { success } }"),
					Thread::startVirtualThread));
			try (HeldRow none = new HeldRow(this.dataSource, "SELECT ?", 1)) {
				none.awaitWaiter("WITH ended AS (DELETE FROM sessions%");
			}
			catch (SQLException ex) {
				throw new IllegalStateException(ex);
			}
		}, () -> this.ann.execute("mutation { changePassword(input: { currentPassword: \"" + Api.PASSWORD
				+ "\", newPassword: \"a quite different sentence\" }) { user { id } } }"));

		assertThat(change.codes()).isEmpty();
		assertThat(logout.get().join().codes()).isEmpty();
		assertThat(this.ann.execute("{ me { id } }").reasons()).containsExactly("UNAUTHENTICATED SESSION_ENDED");
		assertThat(this.api.login(this.name, "a quite different sentence").codes()).isEmpty();
	}

	private void assertOneOfTwoSucceeds(Supplier<Api.Response> use) throws Exception {
		try (HeldRow row = new HeldRow(this.dataSource, "SELECT 1 FROM users WHERE username = ? FOR NO KEY UPDATE",
				this.name)) {
			List<CompletableFuture<Api.Response>> uses = Stream.generate(() -> CompletableFuture.supplyAsync(use))
				.limit(2)
				.toList();
			TestMail.await(() -> this.jdbc
				.sql("SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() "
						+ "AND wait_event_type = 'Lock' AND query LIKE ?")
				.param(WAITS_FOR_ACCOUNT)
				.query(Integer.class)
				.single(), (waiters) -> waiters == 2);
			row.commit();

			assertThat(uses).extracting((response) -> response.join().violations())
				.containsExactlyInAnyOrder(List.of(), List.of("input.token INVALID_TOKEN"));
		}
	}

	@Test
	void oneLinkSetsOnePassword() throws Exception {
		this.api.requestPasswordReset(this.email).data();
		String token = TestMail.awaitToken(this.email, 1);
		assertOneOfTwoSucceeds(() -> this.api.execute(
				"mutation ($input: ResetPasswordInput!) { resetPassword(input: $input) { success } }",
				Map.of("input", Map.of("token", token, "newPassword", UUID.randomUUID().toString()))));
	}

	@Test
	void concurrentVerificationsSucceedOnce() throws Exception {
		this.ann.execute("mutation { requestEmailVerification { success } }").data();
		String token = TestMail.awaitToken(this.email, 1);

		assertOneOfTwoSucceeds(() -> this.api.execute(
				"mutation ($input: VerifyEmailInput!) { verifyEmail(input: $input) { user { email } } }",
				Map.of("input", Map.of("token", token))));
	}

}
