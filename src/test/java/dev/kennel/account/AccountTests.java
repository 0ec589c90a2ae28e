package dev.kennel.account;

import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

import javax.sql.DataSource;

import dev.kennel.secret.OneTimeToken;
import dev.kennel.test.Api;
import dev.kennel.test.HashRecorder;
import dev.kennel.test.HeldRow;
import dev.kennel.test.KennelTest;
import dev.kennel.test.SqlRecorder;
import dev.kennel.test.TestMail;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.crypto.argon2.Argon2PasswordEncoder;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;

import static org.assertj.core.api.Assertions.assertThat;

@KennelTest
class AccountTests {

	private static final String NEW_PASSWORD = "a quite different sentence";

	private final Api api;

	private final JdbcClient jdbc;

	private final DataSource dataSource;

	private final SqlRecorder sql;

	private final HashRecorder hashes;

	private final String name = "c" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);

	private final String email = this.name + "@example.com";

	private Api ann;

	AccountTests(Api api, JdbcClient jdbc, DataSource dataSource, SqlRecorder sql, HashRecorder hashes) {
		this.hashes = hashes;
		this.api = api;
		this.sql = sql;
		this.jdbc = jdbc;
		this.dataSource = dataSource;
		this.ann = api;
	}

	@BeforeEach
	void signUp() {
		this.ann = this.api.signUp(this.name);
	}

	private Api.Response login(String password) {
		return this.api.execute("mutation ($input: LoginInput!) { login(input: $input) { accessToken } }",
				Map.of("input", Map.of("username", this.name, "password", password)));
	}

	private Api loggedIn(String password) {
		return this.api.withToken(login(password).text("/login/accessToken"));
	}

	private static boolean isSignedIn(Api client) {
		return client.execute("{ me { id } }").codes().isEmpty();
	}

	private Api.Response verify(Api client, String token) {
		return client.execute("""
				mutation ($input: VerifyEmailInput!) {
				  verifyEmail(input: $input) { user { username emailVerifiedAt } }
				}""", Map.of("input", Map.of("token", token)));
	}

	private String requestVerification(int number) {
		assertThat(this.ann.execute("mutation { requestEmailVerification { success } }").data().toString())
			.isEqualTo("{\"requestEmailVerification\":{\"success\":true}}");
		return TestMail.awaitToken(this.email, number);
	}

	private void requestReset(String address) {
		assertThat(this.api.execute("""
				mutation ($input: RequestPasswordResetInput!) {
				  requestPasswordReset(input: $input) { success }
				}""", Map.of("input", Map.of("email", address))).data().toString())
			.isEqualTo("{\"requestPasswordReset\":{\"success\":true}}");
	}

	private Api.Response reset(String token, String password) {
		return this.api.execute("mutation ($input: ResetPasswordInput!) { resetPassword(input: $input) { success } }",
				Map.of("input", Map.of("token", token, "newPassword", password)));
	}

	private void assertInvalid(Api.Response response) {
		assertThat(response.codes()).containsExactly("BAD_USER_INPUT");
		assertThat(response.violations()).containsExactly("input.token INVALID_TOKEN");
	}

	private String row() {
		return this.jdbc.sql("SELECT users::text FROM users WHERE username_key = ?")
			.param(this.name)
			.query(String.class)
			.single();
	}

	private Api.Response changePassword(String current, String next) {
		return this.ann.execute(
				"mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { user { username } } }",
				Map.of("input", Map.of("currentPassword", current, "newPassword", next)));
	}

	@Test
	void passwordChangeRevokesAllOtherSessions() {
		Api phone = loggedIn(Api.PASSWORD);

		assertThat(changePassword(Api.PASSWORD, NEW_PASSWORD).text("/changePassword/user/username"))
			.isEqualTo(this.name);

		assertThat(isSignedIn(this.ann)).isTrue();
		assertThat(isSignedIn(phone)).isFalse();
		assertThat(login(Api.PASSWORD).codes()).containsExactly("UNAUTHENTICATED");
		assertThat(login(NEW_PASSWORD).codes()).isEmpty();
	}

	/** The log-in has verified the old password, and is about to open a session. */
	@Test
	void logInDuringAPasswordChangeFails() throws Exception {
		try (HeldRow row = holdUser()) {
			CompletableFuture<Api.Response> login = CompletableFuture.supplyAsync(() -> login(Api.PASSWORD));
			row.awaitWaiter("%from users%for no key update%");
			row.execute("UPDATE users SET password_hash = 'another' WHERE username = ?", this.name);
			row.commit();

			assertThat(login.join().codes()).containsExactly("UNAUTHENTICATED");
		}
		assertThat(this.ann.execute("{ me { sessions { current } } }").json().at("/data/me/sessions")).hasSize(1);
	}

	@Test
	void deletionFailsIfPasswordIsChangedConcurrently() throws Exception {
		try (HeldRow row = holdUser()) {
			CompletableFuture<Api.Response> deletion = CompletableFuture.supplyAsync(() -> deleteMe(Api.PASSWORD));
			row.awaitWaiter("%from users%for no key update%");
			row.execute("UPDATE users SET password_hash = 'another' WHERE username = ?", this.name);
			row.commit();

			assertThat(deletion.join().codes()).containsExactly("CONFLICT");
		}
		assertThat(isSignedIn(this.ann)).isTrue();
	}

	private HeldRow holdUser() throws SQLException {
		return new HeldRow(this.dataSource, "SELECT 1 FROM users WHERE username = ? FOR NO KEY UPDATE", this.name);
	}

	@Test
	void passwordIsUnchangedIfTheCurrentOrTheNewOneIsInvalid() {
		Api phone = loggedIn(Api.PASSWORD);
		String before = row();

		Api.Response wrong = changePassword("not the password", NEW_PASSWORD);
		assertThat(wrong.codes()).containsExactly("BAD_USER_INPUT");
		assertThat(wrong.violations()).containsExactly("input.currentPassword WRONG_PASSWORD");
		assertThat(changePassword(Api.PASSWORD, "short").violations()).containsExactly("input.newPassword LENGTH");

		assertThat(row()).isEqualTo(before);
		assertThat(isSignedIn(phone)).isTrue();
	}

	@Test
	void verificationTokenIsUsableOnceAndWithoutLogIn() {
		String token = requestVerification(1);

		Api.Response response = verify(this.api, token);

		assertThat(response.text("/verifyEmail/user/username")).isEqualTo(this.name);
		assertThat(OffsetDateTime.parse(response.text("/verifyEmail/user/emailVerifiedAt")))
			.isEqualTo(this.ann.execute("{ me { emailVerifiedAt } }").text("/me/emailVerifiedAt"));
		assertInvalid(verify(this.api, token));
	}

	@Test
	void verificationOfAnotherAccountExposesNoDataOfTheCaller() {
		Api bob = this.api.signUp();
		bob.createOwner("Bob's");

		Api.Response response = bob.execute("""
				mutation ($input: VerifyEmailInput!) {
				  verifyEmail(input: $input) { user { username owners { nodes { name } } } }
				}""", Map.of("input", Map.of("token", requestVerification(1))));

		assertThat(response.codes()).containsExactly("UNAUTHENTICATED");
	}

	@Test
	void verificationOfTheOwnAddressKeepsTheCaller() {
		this.ann.createOwner("Ann's");

		Api.Response response = this.ann.execute("""
				mutation ($input: VerifyEmailInput!) {
				  verifyEmail(input: $input) { user { owners { nodes { name } } } }
				}""", Map.of("input", Map.of("token", requestVerification(1))));

		assertThat(response.texts("/verifyEmail/user/owners/nodes", "name")).containsExactly("Ann's");
	}

	@Test
	void newVerificationTokenInvalidatesThePreviousOne() {
		String first = requestVerification(1);
		String second = requestVerification(2);

		assertInvalid(verify(this.ann, first));
		assertThat(verify(this.ann, second).codes()).isEmpty();
	}

	@Test
	void verificationTokenExpiresAfterOneDay() {
		String token = requestVerification(1);
		assertThat(minutesLeft("EMAIL_VERIFICATION")).isEqualTo(24 * 60);
		expire();

		assertInvalid(verify(this.ann, token));
		assertThat(this.ann.execute("{ me { emailVerifiedAt } }").data().at("/me/emailVerifiedAt").isNull()).isTrue();
		assertThat(verify(this.ann, requestVerification(2)).codes()).isEmpty();
	}

	private int minutesLeft(String purpose) {
		return this.jdbc
			.sql("SELECT round(extract(epoch FROM expires_at - clock_timestamp()) / 60)::int FROM one_time_tokens "
					+ "JOIN users ON users.id = user_id WHERE username = ? AND purpose = ?")
			.params(this.name, purpose)
			.query(Integer.class)
			.single();
	}

	private void expire() {
		this.jdbc
			.sql("UPDATE one_time_tokens SET expires_at = clock_timestamp() "
					+ "WHERE user_id = (SELECT id FROM users WHERE username = ?)")
			.param(this.name)
			.update();
	}

	@Test
	void resetTokenSetsPasswordOnceAndRevokesAllSessions() {
		requestReset(" " + this.email.toUpperCase(java.util.Locale.ROOT));
		String mail = TestMail.await(this.email, 1);
		assertThat(mail).contains("Hello,", "http://localhost:8080/reset-password#token=");
		String token = TestMail.awaitToken(this.email, 1);
		assertThat(minutesLeft("PASSWORD_RESET")).isEqualTo(60);

		assertThat(reset(token, NEW_PASSWORD).data().toString()).isEqualTo("{\"resetPassword\":{\"success\":true}}");

		assertThat(isSignedIn(this.ann)).isFalse();
		assertThat(login(Api.PASSWORD).codes()).containsExactly("UNAUTHENTICATED");
		assertThat(login(NEW_PASSWORD).codes()).isEmpty();
		assertInvalid(reset(token, Api.PASSWORD));
		assertThat(login(NEW_PASSWORD).codes()).isEmpty();
	}

	@Test
	void resetTokenIsInvalidatedByNewTokenPasswordChangeAndExpiry() {
		requestReset(this.email);
		String first = TestMail.awaitToken(this.email, 1);
		requestReset(this.email);
		String second = TestMail.awaitToken(this.email, 2);
		assertInvalid(reset(first, NEW_PASSWORD));

		expire();
		assertInvalid(reset(second, NEW_PASSWORD));

		requestReset(this.email);
		String third = TestMail.awaitToken(this.email, 3);
		changePassword(Api.PASSWORD, NEW_PASSWORD).data();
		assertInvalid(reset(third, "yet another sentence"));
		assertThat(login(NEW_PASSWORD).codes()).isEmpty();
	}

	/** Otherwise a signed-out client could occupy the processors with forged tokens. */
	@Test
	void invalidResetTokenCostsNoHash() {
		requestReset(this.email);
		String token = TestMail.awaitToken(this.email, 1);
		expire();

		assertThat(this.hashes.record(() -> assertInvalid(reset(token, NEW_PASSWORD)))).isEmpty();
		assertThat(login(Api.PASSWORD).codes()).isEmpty();
	}

	@Test
	void invalidNewPasswordKeepsResetTokenValid() {
		requestReset(this.email);
		String token = TestMail.awaitToken(this.email, 1);

		assertThat(reset(token, "short").violations()).containsExactly("input.newPassword LENGTH");

		assertThat(reset(token, NEW_PASSWORD).codes()).isEmpty();
	}

	@Test
	void tokenOfAnotherPurposeIsInvalid() {
		String verification = requestVerification(1);

		assertInvalid(reset(verification, NEW_PASSWORD));
		for (String token : List.of("", "x", "x".repeat(64), "!".repeat(64), "\0", "A".repeat(62) + "==",
				"A".repeat(63) + "=", verification.substring(0, 62) + "==", "=".repeat(64))) {
			assertInvalid(reset(token, NEW_PASSWORD));
			assertInvalid(verify(this.ann, token));
		}

		assertThat(verify(this.ann, verification).codes()).isEmpty();
	}

	@Test
	void unknownAddressCausesTheSameResponseAndStatementsAndNoMail() {
		String unknown = "nobody-" + this.email;
		// Creates the buckets of the network.
		requestReset("first-" + this.email);

		List<String> ofUnknownAddress = this.sql.record(() -> requestReset(unknown));

		assertThat(ofUnknownAddress).anyMatch((statement) -> statement.startsWith("insert into mail_orders"));
		assertThat(this.sql.record(() -> requestReset("not an address of " + this.name))).isEqualTo(ofUnknownAddress);
		assertThat(this.sql.record(() -> requestReset("nul\0@" + this.email))).isEqualTo(ofUnknownAddress);
		assertThat(this.sql.record(() -> requestReset(this.email))).isEqualTo(ofUnknownAddress);

		TestMail.await(this.email, 1);
		TestMail.await(() -> this.jdbc.sql("SELECT count(*)::int FROM mail_orders").query(Integer.class).single(),
				(jobs) -> jobs == 0);
		assertThat(TestMail.to(unknown)).isEmpty();
	}

	@Test
	void mailsToOneRecipientAreRateLimitedWithTheSameResponse() {
		for (int i = 0; i < 5; i++) {
			requestReset((i % 2 == 0) ? this.email : this.email.toUpperCase(java.util.Locale.ROOT));
		}
		TestMail.await(this.email, 3);
		TestMail.await(() -> this.jdbc.sql("SELECT count(*)::int FROM mail_orders").query(Integer.class).single(),
				(jobs) -> jobs == 0);
		assertThat(TestMail.to(this.email)).hasSize(3);

		for (int i = 0; i < 3; i++) {
			requestVerification(4 + i);
		}
		Api.Response refused = this.ann.execute("mutation { requestEmailVerification { success } }");
		assertThat(refused.codes()).containsExactly("RATE_LIMITED");
		assertThat(refused.json().at("/errors/0/extensions/retryAfter").asInt()).isBetween(290, 300);
	}

	@Test
	void tokensAreStoredAsHashesOnly() {
		String token = requestVerification(1);
		byte[] secret = OneTimeToken.parse(token).orElseThrow().secret();

		assertThat(this.jdbc.sql("SELECT string_agg(one_time_tokens::text, ' ') FROM one_time_tokens")
			.query(String.class)
			.single()).doesNotContain(token, java.util.HexFormat.of().formatHex(secret));
		assertThat(OneTimeToken.parse(token).orElseThrow().toString()).doesNotContain(token);
	}

	private Api.Response deleteMe(String password) {
		return this.ann.execute("mutation ($input: DeleteMeInput!) { deleteMe(input: $input) { deletedUserId } }",
				Map.of("input", Map.of("password", password)));
	}

	@Test
	void deletedAccountIsRemovedWithAllItsData() {
		String id = this.ann.execute("{ me { id } }").text("/me/id");
		Api phone = loggedIn(Api.PASSWORD);
		Api bob = this.api.signUp();
		bob.createDog(bob.createOwner("Bob"), "Bello");
		this.ann.createOwner("Without dogs");
		UUID key = dev.kennel.identity.NodeId.parse(id).orElseThrow().uuid();
		String owner = this.ann.createOwner("With dogs");
		this.ann.createDog(owner, "Rex");
		// In parts, because of the statement timeout.
		for (int part = 0; part < 10; part++) {
			this.jdbc
				.sql("INSERT INTO dogs (user_id, id, owner_id, name, name_key, created_at, updated_at) "
						+ "SELECT user_id, gen_random_uuid(), id, 'n' || i, 'n' || i, now(), now() "
						+ "FROM owners, generate_series(1, 10000) AS i WHERE user_id = ? AND name = 'With dogs'")
				.param(key)
				.update();
		}

		assertThat(deleteMe(Api.PASSWORD).text("/deleteMe/deletedUserId")).isEqualTo(id);

		assertThat(isSignedIn(this.ann)).isFalse();
		assertThat(isSignedIn(phone)).isFalse();
		assertThat(login(Api.PASSWORD).codes()).containsExactly("UNAUTHENTICATED");
		TestMail.await(() -> this.jdbc.sql("SELECT count(*)::int FROM users WHERE id = ?")
			.param(key)
			.query(Integer.class)
			.single(), (rows) -> rows == 0);
		for (String table : this.jdbc.sql("SELECT table_name::text FROM information_schema.columns "
				+ "WHERE column_name = 'user_id' AND table_schema = 'public' AND table_name <> 'session_revocations'")
			.query(String.class)
			.list()) {
			assertThat(this.jdbc.sql("SELECT count(*)::int FROM " + table + " WHERE user_id = ?")
				.param(key)
				.query(Integer.class)
				.single()).as(table).isZero();
		}
		assertThat(bob.execute("{ myDogs { nodes { name } } }").texts("/myDogs/nodes", "name"))
			.containsExactly("Bello");
		assertThat(this.api.signUp(this.name).execute("{ myDogs { totalCount } }").data().toString())
			.isEqualTo("{\"myDogs\":{\"totalCount\":0}}");
	}

	@Test
	void accountIsNotDeletedWithoutThePassword() {
		this.ann.createOwner("Still here");

		Api.Response response = deleteMe("not the password");

		assertThat(response.codes()).containsExactly("BAD_USER_INPUT");
		assertThat(response.violations()).containsExactly("input.password WRONG_PASSWORD");
		assertThat(this.ann.execute("{ myOwners { nodes { name } } }").texts("/myOwners/nodes", "name"))
			.containsExactly("Still here");
	}

	private void setHash(String hash) {
		this.jdbc.sql("UPDATE users SET password_hash = ? WHERE username = ?").params(hash, this.name).update();
	}

	private String hash() {
		return this.jdbc.sql("SELECT password_hash FROM users WHERE username = ?")
			.param(this.name)
			.query(String.class)
			.single();
	}

	@Test
	void oldHashIsUpgradedAtLogInOnly() {
		String bcrypt = "{bcrypt}" + new BCryptPasswordEncoder(4).encode(Api.PASSWORD);
		String weak = "{argon2}" + new Argon2PasswordEncoder(16, 32, 1, 32, 1).encode(Api.PASSWORD);
		for (String old : List.of(bcrypt, bcrypt.substring("{bcrypt}".length()), weak)) {
			setHash(old);
			login("not the password");
			assertThat(hash()).isEqualTo(old);

			assertThat(login(Api.PASSWORD).codes()).isEmpty();

			String upgraded = hash();
			assertThat(upgraded).startsWith("{argon2}$argon2id$v=19$m=7168,t=1,p=1$");
			assertThat(login(Api.PASSWORD).codes()).isEmpty();
			assertThat(hash()).isEqualTo(upgraded);
		}
	}

	@Test
	void malformedHashMatchesNoPassword() {
		for (String nonsense : List.of("nonsense", "{noop}" + Api.PASSWORD, Api.PASSWORD, "")) {
			setHash(nonsense);
			assertThat(login(Api.PASSWORD).codes()).containsExactly("UNAUTHENTICATED");
			assertThat(hash()).isEqualTo(nonsense);
		}
	}

	@Test
	void eachMailLinkServesAPage() {
		for (String path : List.of("/reset-password", "/verify-email", "/restore-email", "/email-login")) {
			Api.Response page = this.api.send("GET", path, new byte[0], Map.of("Accept", "text/html"));
			assertThat(page.status()).isEqualTo(200);
			assertThat(page.header("Content-Type")).isEqualTo("text/html;charset=UTF-8");
			assertThat(page.header("Referrer-Policy")).isEqualTo("no-referrer");
			assertThat(page.toString()).contains("<script src=\"mail-link.js\" defer>");
		}
		assertThat(this.api.send("GET", "/mail-link.js", new byte[0], Map.of("Accept", "*/*")).status()).isEqualTo(200);
		assertThat(this.api.send("GET", "/mail-link.css", new byte[0], Map.of("Accept", "*/*")).status())
			.isEqualTo(200);
	}

}
