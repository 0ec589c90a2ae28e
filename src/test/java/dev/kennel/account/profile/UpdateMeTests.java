package dev.kennel.account.profile;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

import javax.sql.DataSource;

import dev.kennel.database.retention.RetentionCleaner;
import dev.kennel.identity.NodeKind;
import dev.kennel.secret.OneTimeToken;
import dev.kennel.test.Api;
import dev.kennel.test.HeldRow;
import dev.kennel.test.KennelTest;
import dev.kennel.test.TestMail;
import dev.kennel.throttle.RateLimitedAction;
import dev.kennel.throttle.SmallBuckets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Changes of the name and the email address, and how a change of the address is undone.
 */
@KennelTest
class UpdateMeTests {

	private static final String NEW_PASSWORD = "a quite different sentence";

	private final Api api;

	private final JdbcClient jdbc;

	private final DataSource dataSource;

	private final RetentionCleaner cleaner;

	private final String name = "e" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);

	private final String email = this.name + "@example.com";

	private final String thief = "thief-" + this.email;

	private Api ann;

	UpdateMeTests(Api api, JdbcClient jdbc, DataSource dataSource, RetentionCleaner cleaner) {
		this.dataSource = dataSource;
		this.api = api;
		this.jdbc = jdbc;
		this.cleaner = cleaner;
		this.ann = api;
	}

	@BeforeEach
	void signUp() {
		this.ann = this.api.signUp(this.name);
	}

	private Api.Response update(Map<String, ?> input) {
		Map<String, Object> all = new HashMap<>(input);
		all.putIfAbsent("currentPassword", Api.PASSWORD);
		return send(this.ann, all);
	}

	private static Api.Response send(Api client, Map<String, ?> input) {
		return client.execute("""
				mutation ($input: UpdateMeInput!) {
				  updateMe(input: $input) { user { username email emailVerifiedAt } }
				}""", Map.of("input", input));
	}

	private String me() {
		return this.ann.execute("{ me { username email emailVerifiedAt updatedAt } }").data().toString();
	}

	/** The row of the account, and its former addresses. */
	private String rows() {
		return this.jdbc.sql("""
				SELECT users::text || coalesce((SELECT string_agg(f::text, ' ') FROM former_emails f
				  WHERE f.user_id = users.id), '') FROM users WHERE username_key = ?""")
			.param(this.name)
			.query(String.class)
			.single();
	}

	private Api.Response verify(String token) {
		return this.api.execute(
				"mutation ($input: VerifyEmailInput!) { verifyEmail(input: $input) { user { email emailVerifiedAt } } }",
				Map.of("input", Map.of("token", token)));
	}

	/** Verifies the current address, and awaits the given number of mails to it. */
	private void verified(String address, int mails) {
		this.ann.execute("mutation { requestEmailVerification { success } }").data();
		verify(TestMail.awaitToken(address, mails)).data();
	}

	private Api.Response restore(String token) {
		return this.api.execute("""
				mutation ($input: RestoreEmailInput!) {
				  restoreEmail(input: $input) { user { username email emailVerifiedAt } }
				}""", Map.of("input", Map.of("token", token)));
	}

	private void requestReset(String address) {
		this.api.execute("""
				mutation ($input: RequestPasswordResetInput!) {
				  requestPasswordReset(input: $input) { success }
				}""", Map.of("input", Map.of("email", address))).data();
	}

	private Api.Response reset(String token) {
		return this.api.execute("mutation ($input: ResetPasswordInput!) { resetPassword(input: $input) { success } }",
				Map.of("input", Map.of("token", token, "newPassword", NEW_PASSWORD)));
	}

	private Api.Response login(String password) {
		return this.api.execute("mutation ($input: LoginInput!) { login(input: $input) { accessToken } }",
				Map.of("input", Map.of("username", this.name, "password", password)));
	}

	private void awaitAllMails() {
		TestMail.await(() -> this.jdbc.sql("SELECT count(*)::int FROM mail_orders").query(Integer.class).single(),
				(jobs) -> jobs == 0);
	}

	private static void assertInvalid(Api.Response response) {
		assertThat(response.codes()).containsExactly("BAD_USER_INPUT");
		assertThat(response.violations()).containsExactly("input.token INVALID_TOKEN");
	}

	@Test
	void nameAndAddressChangeIndependently() {
		assertThat(update(Map.of("username", this.name + "X")).data().toString())
			.isEqualTo("{\"updateMe\":{\"user\":{\"username\":\"" + this.name + "X\",\"email\":\"" + this.email
					+ "\",\"emailVerifiedAt\":null}}}");
		assertThat(update(Map.of("email", "x" + this.email)).data().toString())
			.isEqualTo("{\"updateMe\":{\"user\":{\"username\":\"" + this.name + "X\",\"email\":\"x" + this.email
					+ "\",\"emailVerifiedAt\":null}}}");
		assertThat(send(this.ann, Map.of()).text("/updateMe/user/username")).isEqualTo(this.name + "X");
	}

	@Test
	void profileIsUnchangedWithoutThePassword() {
		verified(this.email, 1);
		String before = rows();

		for (Map<String, String> input : List.of(Map.of("username", this.name + "X"), Map.of("email", this.thief),
				Map.of("username", this.name))) {
			Api.Response absent = send(this.ann, input);
			assertThat(absent.codes()).containsExactly("BAD_USER_INPUT");
			assertThat(absent.violations()).containsExactly("input.currentPassword REQUIRED");
			Map<String, String> wrong = new HashMap<>(input);
			wrong.put("currentPassword", "not the password");
			assertThat(update(wrong).violations()).containsExactly("input.currentPassword WRONG_PASSWORD");
		}

		assertThat(rows()).isEqualTo(before);
		awaitAllMails();
		assertThat(TestMail.to(this.email)).hasSize(1);
	}

	@Test
	void guessesAtThePasswordAreCounted() {
		List<List<String>> codes = new ArrayList<>();
		for (int i = 0; i < 6; i++) {
			codes.add(update(Map.of("username", this.name, "currentPassword", "guess " + i)).codes());
		}

		assertThat(codes).endsWith(List.of("RATE_LIMITED")).startsWith(List.of("BAD_USER_INPUT"));
		assertThat(update(Map.of("username", this.name + "X")).codes()).containsExactly("RATE_LIMITED");
		assertThat(this.ann.execute("{ me { username } }").text("/me/username")).isEqualTo(this.name);
	}

	@Test
	void takenOrInvalidInputChangesNothing() {
		String other = "o" + this.name;
		this.api.signUp(other);
		String before = rows();

		assertThat(update(Map.of("username", other.toUpperCase(Locale.ROOT))).violations())
			.containsExactly("input.username TAKEN");
		Api.Response both = update(Map.of("username", other, "email", other + "@EXAMPLE.com"));
		assertThat(both.codes()).containsExactly("CONFLICT");
		assertThat(both.violations()).containsExactly("input.username TAKEN", "input.email TAKEN");
		String ownName = this.name.toUpperCase(Locale.ROOT);
		assertThat(update(Map.of("username", ownName, "email", other + "@example.com")).violations())
			.containsExactly("input.email TAKEN");
		String ownEmail = this.email.toUpperCase(Locale.ROOT);
		assertThat(update(Map.of("username", other, "email", ownEmail)).violations())
			.containsExactly("input.username TAKEN");
		assertThat(send(this.ann, Map.of("username", "a", "email", "b")).violations())
			.containsExactly("input.currentPassword REQUIRED", "input.email FORMAT", "input.username FORMAT");
		Map<String, Object> nulls = new HashMap<>();
		nulls.put("username", null);
		nulls.put("email", null);
		assertThat(update(nulls).violations()).containsExactly("input.email REQUIRED", "input.username REQUIRED");

		assertThat(rows()).isEqualTo(before);
	}

	@Test
	void ownNameInAnotherCaseIsNotTaken() {
		assertThat(update(Map.of("username", this.name.toUpperCase(Locale.ROOT))).text("/updateMe/user/username"))
			.isEqualTo(this.name.toUpperCase(Locale.ROOT));
	}

	@Test
	void changedAddressIsUnverifiedAndOldOneIsNotified() {
		verified(this.email, 1);

		assertThat(update(Map.of("email", this.thief)).data().at("/updateMe/user/emailVerifiedAt").isNull()).isTrue();

		assertThat(TestMail.await(this.email, 2))
			.contains("Subject: Your Kennel account is getting another email address")
			.doesNotContain(this.thief);
		awaitAllMails();
		assertThat(TestMail.to(this.thief)).isEmpty();
	}

	/**
	 * The key is that of the old address, but the mailbox is another one, possibly a
	 * stranger's.
	 */
	@Test
	void lookalikeAddressIsUnverified() {
		String own = "mike" + this.email;
		String lookalike = "mıke" + this.email;
		update(Map.of("email", own)).data();
		verified(own, 1);

		assertThat(update(Map.of("email", lookalike)).data().toString())
			.contains("\"email\":\"" + lookalike + "\",\"emailVerifiedAt\":null");

		assertThat(TestMail.await(own, 2)).contains("Subject: Your Kennel account is getting another email address");
		requestReset(lookalike);
		assertThat(TestMail.await(own, 3)).contains("/reset-password#token=");
		awaitAllMails();
		assertThat(TestMail.to(lookalike)).isEmpty();
		assertThat(update(Map.of("email", own)).data().at("/updateMe/user/emailVerifiedAt").isNull()).isFalse();
	}

	@Test
	void anotherSpellingOfTheDomainStaysVerified() {
		String unicode = this.name + "@bücher.example";
		String ascii = this.name + "@xn--bcher-kva.example";
		update(Map.of("email", unicode)).data();
		verified(ascii, 1);

		Api.Response response = update(Map.of("email", ascii.toUpperCase(Locale.ROOT)));

		assertThat(response.text("/updateMe/user/email"))
			.isEqualTo(this.name.toUpperCase(Locale.ROOT) + "@bücher.example");
		assertThat(response.data().at("/updateMe/user/emailVerifiedAt").isNull()).isFalse();
		requestReset(ascii);
		assertThat(reset(TestMail.awaitToken(this.name.toUpperCase(Locale.ROOT) + "@xn--bcher-kva.example", 1)).codes())
			.isEmpty();
	}

	/** Earlier versions stored the spelling of the input. */
	@Test
	void addressStoredInAsciiIsFoundInBothSpellings() {
		String unicode = this.name + "@bücher.example";
		String ascii = this.name + "@xn--bcher-kva.example";
		this.jdbc.sql("UPDATE users SET email = ?, email_key = ? WHERE username = ?")
			.params(ascii, ascii, this.name)
			.update();

		requestReset(unicode);
		assertThat(TestMail.await(ascii, 1)).contains("/reset-password#token=");
		requestReset(ascii);
		assertThat(TestMail.await(ascii, 2)).contains("/reset-password#token=");
		for (String spelling : List.of(unicode, ascii)) {
			Api.Response signup = this.api.execute(
					"mutation ($input: SignupInput!) { signup(input: $input) { tokenType } }",
					Map.of("input", Map.of("username", "x" + this.name, "email", spelling, "password", Api.PASSWORD)));
			assertThat(signup.codes()).containsExactly("CONFLICT");
			assertThat(signup.violations()).containsExactly("input.email TAKEN");
		}
		assertThat(this.jdbc.sql("SELECT count(*)::int FROM users WHERE username = ?")
			.param("x" + this.name)
			.query(Integer.class)
			.single()).isZero();

		update(Map.of("email", ascii)).data();
		assertThat(rows()).contains(unicode).doesNotContain(ascii);
	}

	@Test
	void unverifiedNewAddressGetsNoResetLink() {
		verified(this.email, 1);
		update(Map.of("email", this.thief)).data();
		TestMail.await(this.email, 2);

		requestReset(this.thief);
		requestReset(this.email);

		String mail = TestMail.await(this.email, 3);
		assertThat(mail).contains("/reset-password#token=");
		awaitAllMails();
		assertThat(TestMail.to(this.thief)).isEmpty();
		assertThat(reset(TestMail.awaitToken(this.email, 3)).codes()).isEmpty();
	}

	@Test
	void resetLinksGoToTheFormerAddressForSevenDays() {
		verified(this.email, 1);
		update(Map.of("email", this.thief)).data();
		TestMail.await(this.email, 2);
		verified(this.thief, 1);
		String notification = TestMail.await(this.email, 3);
		assertThat(notification)
			.contains("Subject: Your Kennel account has another email address now", "/restore-email#token=")
			.doesNotContain(this.thief);
		assertThat(this.jdbc
			.sql("SELECT round(extract(epoch FROM recoverable_until - clock_timestamp()) / 60)::int "
					+ "FROM former_emails WHERE email = ?")
			.param(this.email)
			.query(Integer.class)
			.single()).isEqualTo(7 * 24 * 60);

		requestReset(this.thief);
		assertThat(TestMail.await(this.email, 4)).contains("/reset-password#token=");
		requestReset(this.email.toUpperCase(Locale.ROOT));
		assertThat(TestMail.await(this.email, 5)).contains("/reset-password#token=");
		awaitAllMails();
		assertThat(TestMail.to(this.thief)).hasSize(1);

		end("recoverable_until = clock_timestamp()");
		requestReset(this.email);
		requestReset(this.thief);
		assertThat(TestMail.await(this.thief, 2)).contains("/reset-password#token=");
		awaitAllMails();
		assertThat(TestMail.to(this.email)).hasSize(5);
	}

	private void end(String assignment) {
		this.jdbc.sql("UPDATE former_emails SET " + assignment + " WHERE email = ?").param(this.email).update();
	}

	@Test
	void restoringTheFormerAddressRevokesAllSessions() {
		verified(this.email, 1);
		update(Map.of("email", this.thief)).data();
		verified(this.thief, 1);
		String token = TestMail.awaitToken(this.email, 3);
		Api thiefs = this.api.withToken(login(Api.PASSWORD).text("/login/accessToken"));

		Api.Response response = restore(token);

		assertThat(response.text("/restoreEmail/user/email")).isEqualTo(this.email);
		assertThat(response.data().at("/restoreEmail/user/emailVerifiedAt").isNull()).isFalse();
		assertThat(this.ann.execute("{ me { id } }").codes()).containsExactly("UNAUTHENTICATED");
		assertThat(thiefs.execute("{ me { id } }").codes()).containsExactly("UNAUTHENTICATED");
		assertThat(reset(TestMail.awaitToken(this.email, 4)).codes()).isEmpty();
		assertThat(login(Api.PASSWORD).codes()).containsExactly("UNAUTHENTICATED");
		assertThat(login(NEW_PASSWORD).codes()).isEmpty();
		assertInvalid(restore(token));
		requestReset(this.thief);
		awaitAllMails();
		assertThat(TestMail.to(this.thief)).hasSize(2).last().asString().doesNotContain("#token=");
	}

	/** The token was mailed to an address of the thief, whose session is revoked. */
	@Test
	void restorationInvalidatesVerificationToken() {
		verified(this.email, 1);
		update(Map.of("email", this.thief)).data();
		verified(this.thief, 1);
		String token = TestMail.awaitToken(this.email, 3);
		update(Map.of("email", "2-" + this.thief)).data();
		this.ann.execute("mutation { requestEmailVerification { success } }").data();
		String verification = TestMail.awaitToken("2-" + this.thief, 1);

		assertThat(restore(token).text("/restoreEmail/user/email")).isEqualTo(this.email);

		assertInvalid(verify(verification));
		awaitAllMails();
		assertThat(TestMail.to("2-" + this.thief)).hasSize(1);
	}

	/** The link may be opened in a browser with a session of another account. */
	@Test
	void restorationExposesNoDataOfTheCallerAndSignsOut() {
		verified(this.email, 1);
		update(Map.of("email", this.thief)).data();
		verified(this.thief, 1);
		Api bob = this.api.signUp();
		bob.createOwner("Bob's");

		Api.Response response = bob.execute("""
				mutation ($input: RestoreEmailInput!) {
				  restoreEmail(input: $input) { user { username owners { nodes { name } } } }
				  createOwner(input: { name: "Too late" }) { owner { id } }
				}""", Map.of("input", Map.of("token", TestMail.awaitToken(this.email, 3))));

		assertThat(response.reasons()).containsExactly("UNAUTHENTICATED TOKEN_MISSING",
				"UNAUTHENTICATED TOKEN_MISSING");
		assertThat(bob.execute("{ myOwners { nodes { name } } }").texts("/myOwners/nodes", "name"))
			.containsExactly("Bob's");
	}

	/** A thief replaces the address twice: the owner's stays authoritative. */
	@Test
	void intermediateAddressGetsNoLinkAndTheFirstOneIsRestored() {
		verified(this.email, 1);
		update(Map.of("email", this.thief)).data();
		verified(this.thief, 1);
		String first = TestMail.awaitToken(this.email, 3);
		end("recoverable_until = recoverable_until - interval '6 days'");
		update(Map.of("email", "2-" + this.thief)).data();
		verified("2-" + this.thief, 1);
		String second = TestMail.awaitToken(this.email, 4);
		assertThat(TestMail.await(this.thief, 2)).contains("Subject: Your Kennel account has another email address now")
			.doesNotContain("#token=");
		assertThat(daysLeft()).isEqualTo(7);

		requestReset("2-" + this.thief);
		requestReset(this.thief);
		assertThat(TestMail.await(this.email, 5)).contains("/reset-password#token=");
		assertInvalid(restore(first));
		assertThat(restore(second).text("/restoreEmail/user/email")).isEqualTo(this.email);
		TestMail.await("2-" + this.thief, 2);
		awaitAllMails();
		assertThat(TestMail.to(this.email)).hasSize(6);
		assertThat(TestMail.to(this.thief)).hasSize(2);
		assertThat(TestMail.to("2-" + this.thief)).hasSize(2).last().asString().doesNotContain("#token=");
	}

	private int daysLeft() {
		return this.jdbc
			.sql("SELECT round(extract(epoch FROM recoverable_until - clock_timestamp()) / 86400)::int "
					+ "FROM former_emails WHERE email = ?")
			.param(this.email)
			.query(Integer.class)
			.single();
	}

	/**
	 * The thief's address was verified, but the owner has changed it back.
	 */
	@Test
	void revertedAddressGetsNoLink() {
		verified(this.email, 1);
		String verifiedAt = this.ann.execute("{ me { emailVerifiedAt } }").text("/me/emailVerifiedAt");
		update(Map.of("email", this.thief)).data();
		verified(this.thief, 1);
		TestMail.await(this.email, 3);

		assertThat(update(Map.of("email", this.email)).text("/updateMe/user/emailVerifiedAt")).isEqualTo(verifiedAt);

		requestReset(this.thief);
		awaitAllMails();
		assertThat(TestMail.to(this.thief)).hasSize(2).last().asString().doesNotContain("#token=");
		assertThat(this.jdbc.sql("SELECT count(*)::int FROM former_emails WHERE email_key IN (?, ?)")
			.params(this.email, this.thief)
			.query(Integer.class)
			.single()).isZero();
	}

	@Test
	void changeOfCaseKeepsAddressVerified() {
		verified(this.email, 1);
		String verifiedAt = this.ann.execute("{ me { emailVerifiedAt } }").text("/me/emailVerifiedAt");

		Api.Response response = update(Map.of("email", this.email.toUpperCase(Locale.ROOT)));

		assertThat(response.text("/updateMe/user/email")).isEqualTo(this.email.toUpperCase(Locale.ROOT));
		assertThat(response.text("/updateMe/user/emailVerifiedAt")).isEqualTo(verifiedAt);
		awaitAllMails();
		assertThat(TestMail.to(this.email)).hasSize(1);
	}

	@Test
	void unchangedAddressCostsNoMail() {
		UUID account = NodeKind.USER.uuid(this.ann.execute("{ me { id } }").text("/me/id"));
		SmallBuckets.exhaust(this.dataSource, RateLimitedAction.MAIL, "account", account.toString());
		String before = rows();

		assertThat(update(Map.of("email", this.thief)).codes()).containsExactly("RATE_LIMITED");
		assertThat(update(Map.of("email", this.email)).text("/updateMe/user/email")).isEqualTo(this.email);

		assertThat(rows()).isEqualTo(before);
	}

	@Test
	void restorableAddressIsReserved() {
		verified(this.email, 1);
		update(Map.of("email", this.thief)).data();
		Api bob = this.api.signUp();
		String before = rows();
		for (int i = 0; i < 2; i++) {
			Api.Response signup = this.api.execute(
					"mutation ($input: SignupInput!) { signup(input: $input) { accessToken } }",
					Map.of("input", Map.of("username", "x" + this.name, "email", this.email.toUpperCase(Locale.ROOT),
							"password", Api.PASSWORD)));
			assertThat(signup.codes()).containsExactly("CONFLICT");
			assertThat(signup.violations()).containsExactly("input.email TAKEN");
			assertThat(send(bob, Map.of("email", this.email, "currentPassword", Api.PASSWORD)).violations())
				.containsExactly("input.email TAKEN");
			if (i == 0) {
				assertThat(rows()).isEqualTo(before);
				verified(this.thief, 1);
			}
		}
		assertThat(this.jdbc.sql("SELECT count(*)::int FROM users WHERE username = ? OR email_key = ?")
			.params("x" + this.name, this.email)
			.query(Integer.class)
			.single()).isZero();

		String token = TestMail.awaitToken(this.email, 3);
		end("recoverable_until = clock_timestamp()");
		assertInvalid(restore(token));
		assertThat(send(bob, Map.of("email", this.email, "currentPassword", Api.PASSWORD)).text("/updateMe/user/email"))
			.isEqualTo(this.email);
		this.cleaner.clean();
		assertThat(formerAddresses()).isZero();
	}

	/**
	 * The sign-up waits for the change, after which the address is unused, but reserved.
	 */
	@Test
	void restorableAddressIsReservedFromAConcurrentSignUp() throws Exception {
		try (HeldRow row = new HeldRow(this.dataSource, "SELECT 1 FROM users WHERE username = ? FOR UPDATE",
				this.name)) {
			row.execute("UPDATE users SET email = 'new', email_key = 'new' || id WHERE username = ?", this.name);
			row.execute(
					"INSERT INTO former_emails (user_id, email, email_key, verified_at) "
							+ "SELECT id, ?, ?, now() FROM users WHERE username = ?",
					this.email, this.email, this.name);
			CompletableFuture<Api.Response> signup = CompletableFuture.supplyAsync(() -> this.api
				.execute("mutation ($input: SignupInput!) { signup(input: $input) { accessToken } }", Map.of("input",
						Map.of("username", "x" + this.name, "email", this.email, "password", Api.PASSWORD))));
			row.awaitWaiter("insert into users%");
			row.commit();

			assertThat(signup.join().violations()).containsExactly("input.email TAKEN");
		}
		assertThat(this.jdbc.sql("SELECT count(*)::int FROM users WHERE username = ?")
			.param("x" + this.name)
			.query(Integer.class)
			.single()).isZero();
	}

	@Test
	void changingBackBeforeVerificationKeepsAddressVerified() {
		verified(this.email, 1);
		String verifiedAt = this.ann.execute("{ me { emailVerifiedAt } }").text("/me/emailVerifiedAt");
		update(Map.of("email", this.thief)).data();
		update(Map.of("email", "2-" + this.thief)).data();

		assertThat(update(Map.of("email", this.email)).text("/updateMe/user/emailVerifiedAt")).isEqualTo(verifiedAt);
		assertThat(formerAddresses()).isZero();
	}

	/** An unverified address may be a stranger's. */
	@Test
	void formerAddressThatWasNeverVerifiedGetsNoLink() {
		update(Map.of("email", this.thief)).data();
		assertThat(TestMail.await(this.email, 1)).contains("Subject: Your Kennel account has another email address now")
			.doesNotContain("#token=");
		requestReset(this.thief);
		verified(this.thief, 1);
		requestReset(this.email);
		requestReset(this.thief);

		assertThat(TestMail.await(this.thief, 2)).contains("/reset-password#token=");
		awaitAllMails();
		assertThat(TestMail.to(this.thief)).hasSize(2);
		assertThat(TestMail.to(this.email)).hasSize(1);
	}

	@Test
	void notificationsOfUnverifiedAddressAreRateLimited() {
		String victim = "victim-" + this.email;
		for (int i = 0; i < 5; i++) {
			update(Map.of("email", victim)).data();
			update(Map.of("email", i + this.email)).data();
		}
		awaitAllMails();
		assertThat(TestMail.to(victim)).hasSize(3);
	}

	@Test
	void changeInvalidatesTokensMailedToUnverifiedAddress() {
		this.ann.execute("mutation { requestEmailVerification { success } }").data();
		String verification = TestMail.awaitToken(this.email, 1);
		requestReset(this.email);
		String reset = TestMail.awaitToken(this.email, 2);

		update(Map.of("email", this.thief)).data();

		assertInvalid(verify(verification));
		assertInvalid(reset(reset));
		assertThat(login(Api.PASSWORD).codes()).isEmpty();
	}

	@Test
	void resetTokenMailedToVerifiedAddressStaysValid() {
		verified(this.email, 1);
		requestReset(this.email);
		String reset = TestMail.awaitToken(this.email, 2);
		update(Map.of("email", this.thief)).data();
		verified(this.thief, 1);

		assertThat(reset(reset).codes()).isEmpty();
		assertThat(login(NEW_PASSWORD).codes()).isEmpty();
	}

	/** Otherwise a thief could invalidate each link that the owner requests. */
	@Test
	void resetTokenMailedToFormerAddressSurvivesFurtherChange() {
		verified(this.email, 1);
		update(Map.of("email", this.thief)).data();
		TestMail.await(this.email, 2);
		requestReset(this.email);
		String reset = TestMail.awaitToken(this.email, 3);

		update(Map.of("email", "2-" + this.thief)).data();

		assertThat(reset(reset).codes()).isEmpty();
		assertThat(login(NEW_PASSWORD).codes()).isEmpty();
	}

	/** Its row may remain for an hour. */
	@Test
	void changeReplacesExpiredFormerAddress() {
		String current = "new-" + this.email;
		verified(this.email, 1);
		update(Map.of("email", current)).data();
		verified(current, 1);
		String verifiedAt = this.ann.execute("{ me { emailVerifiedAt } }").text("/me/emailVerifiedAt");
		String restoration = TestMail.awaitToken(this.email, 3);
		end("recoverable_until = clock_timestamp()");

		update(Map.of("email", this.thief)).data();

		assertInvalid(restore(restoration));
		TestMail.await(current, 2);
		requestReset(current);
		assertThat(TestMail.await(current, 3)).contains("/reset-password#token=");
		assertThat(update(Map.of("email", current)).text("/updateMe/user/emailVerifiedAt")).isEqualTo(verifiedAt);
	}

	/** The expired row of another account may remain for an hour. */
	@Test
	void expiredFormerAddressDoesNotHideThatOfAnotherAccount() {
		verified(this.email, 1);
		update(Map.of("email", this.thief)).data();
		verified(this.thief, 1);
		TestMail.await(this.email, 3);
		end("recoverable_until = clock_timestamp()");
		String other = "o" + this.name;
		Api bob = this.api.signUp(other);
		send(bob, Map.of("email", this.email, "currentPassword", Api.PASSWORD)).data();
		bob.execute("mutation { requestEmailVerification { success } }").data();
		verify(TestMail.awaitToken(this.email, 4)).data();
		send(bob, Map.of("email", "b-" + this.email, "currentPassword", Api.PASSWORD)).data();
		TestMail.await(this.email, 5);

		requestReset(this.email);

		assertThat(TestMail.await(this.email, 6)).contains("The username of the account is \"" + other + "\".",
				"/reset-password#token=");
	}

	@Test
	void onlyExpiredFormerAddressesAreRemoved() {
		verified(this.email, 1);
		update(Map.of("email", this.thief)).data();

		this.cleaner.clean();
		assertThat(formerAddresses()).isEqualTo(1);
		end("recoverable_until = clock_timestamp() + interval '1 minute'");
		this.cleaner.clean();
		assertThat(formerAddresses()).isEqualTo(1);
		end("recoverable_until = clock_timestamp()");
		this.cleaner.clean();
		assertThat(formerAddresses()).isZero();
	}

	private int formerAddresses() {
		return this.jdbc.sql("SELECT count(*)::int FROM former_emails WHERE email = ?")
			.param(this.email)
			.query(Integer.class)
			.single();
	}

	@Test
	void tokenOfAnotherPurposeRestoresNoAddress() {
		verified(this.email, 1);
		update(Map.of("email", this.thief)).data();
		this.ann.execute("mutation { requestEmailVerification { success } }").data();
		String verification = TestMail.awaitToken(this.thief, 1);
		requestReset(this.email);
		String reset = TestMail.awaitToken(this.email, 3);
		String before = me();

		for (String token : List.of(verification, reset, "", "x", "x".repeat(64), "!".repeat(64), "\0")) {
			assertInvalid(restore(token));
		}

		assertThat(me()).isEqualTo(before);
	}

	@Test
	void restorationTokenIsStoredAsHashOnly() {
		verified(this.email, 1);
		update(Map.of("email", this.thief)).data();
		verified(this.thief, 1);
		String token = TestMail.awaitToken(this.email, 3);
		byte[] secret = OneTimeToken.parse(token).orElseThrow().secret();

		assertThat(rows()).contains("\\\\x").doesNotContain(token, java.util.HexFormat.of().formatHex(secret));
	}

	/** Earlier versions treated both spellings of a domain as different addresses. */
	@Test
	void accountsWithTheTwoSpellingsOfOneAddressCanBeRenamed() {
		String other = this.name + "b";
		Api ben = this.api.signUp(other);
		rewriteEmail(this.name, this.name + "@bücher.example");
		rewriteEmail(other, this.name + "@xn--bcher-kva.example");

		String renamed = this.name + "c";
		assertThat(update(Map.of("username", renamed)).data().at("/updateMe/user/username").asString())
			.isEqualTo(renamed);
		assertThat(send(ben, Map.of("username", other + "d", "currentPassword", Api.PASSWORD)).data()
			.at("/updateMe/user/username")
			.asString()).isEqualTo(other + "d");
	}

	private void rewriteEmail(String username, String address) {
		this.jdbc.sql("UPDATE users SET email = ?, email_key = ? WHERE username = ?")
			.params(address, address, username)
			.update();
	}

}
