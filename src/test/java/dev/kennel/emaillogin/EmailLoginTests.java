package dev.kennel.emaillogin;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.sql.DataSource;

import dev.kennel.factor.Authenticator;
import dev.kennel.identity.Client;
import dev.kennel.mail.MailMessage;
import dev.kennel.mail.Mailbox;
import dev.kennel.secret.Sha256;
import dev.kennel.test.Api;
import dev.kennel.test.HeldRow;
import dev.kennel.test.KennelTest;
import dev.kennel.test.SqlRecorder;
import dev.kennel.test.TestMail;
import dev.kennel.text.Base64Url;
import dev.kennel.throttle.RateLimitedAction;
import dev.kennel.throttle.SmallBuckets;
import dev.kennel.throttle.TestClient;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/** Log-ins by mail, with tokens in payloads. */
@KennelTest
@ExtendWith(OutputCaptureExtension.class)
class EmailLoginTests {

	private static final JsonMapper JSON = new JsonMapper();

	private static final String NEW_PASSWORD = "a quite different sentence";

	private static final String WRONG_CODE = "input.code WRONG_CODE";

	private static final String INVALID_LINK = "input.token INVALID_TOKEN";

	private static final String INVALID_SECRET = "input.browserSecret INVALID_TOKEN";

	private static final String REAUTHENTICATION_REQUIRED = "FORBIDDEN REAUTHENTICATION_REQUIRED";

	/** The statement that locks an account. */
	private static final String LOCK = "%from users%for no key update%";

	private final Api api;

	private final JdbcClient jdbc;

	private final SqlRecorder sql;

	private final DataSource dataSource;

	private final EmailLoginMail mail;

	/** An address of its own, whose mails and failures count for no other test. */
	private final String address = TestClient.address();

	private final String name = "e" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);

	private final String email = this.name + "@example.com";

	private Api ann;

	EmailLoginTests(Api api, JdbcClient jdbc, SqlRecorder sql, DataSource dataSource, EmailLoginMail mail) {
		this.api = api.from(this.address);
		this.jdbc = jdbc;
		this.sql = sql;
		this.dataSource = dataSource;
		this.mail = mail;
		this.ann = api;
	}

	@BeforeEach
	void signUp() {
		this.ann = signUp(this.name);
	}

	/** Signs up an account with a verified address. */
	private Api signUp(String username) {
		Api client = this.api.signUp(username);
		this.jdbc.sql("UPDATE users SET email_verified_at = clock_timestamp() WHERE username = ?")
			.param(username)
			.update();
		return client;
	}

	private static Api.Response request(Api client, String address) {
		return client.execute("""
				mutation ($input: RequestEmailLoginInput!) {
				  requestEmailLogin(input: $input) { browserSecret expiresAt }
				}""", Map.of("input", Map.of("email", address)));
	}

	private String request(String address) {
		return request(this.api, address).text("/requestEmailLogin/browserSecret");
	}

	private static Api.Response finish(Api client, Map<String, ?> input) {
		return client.execute("""
				mutation ($input: FinishEmailLoginInput!) {
				  finishEmailLogin(input: $input) {
				    __typename
				    ... on AuthPayload {
				      accessToken refreshToken deviceToken user { username } session { amr current }
				    }
				    ... on LoginChallenge { token factors }
				  }
				}""", Map.of("input", input));
	}

	private Api.Response finishByCode(String secret, String code) {
		return finish(this.api, Map.of("browserSecret", secret, "code", code));
	}

	private Api.Response finishByLink(String secret, String token) {
		return finish(this.api, Map.of("browserSecret", secret, "token", token));
	}

	private Api.Response logIn(int mails) {
		String secret = request(this.email);
		return finishByCode(secret, MailedLogin.await(this.email, mails).code());
	}

	private Api loggedIn(int mails) {
		return this.api.withToken(logIn(mails).text("/finishEmailLogin/accessToken"));
	}

	private Api.Response login() {
		return this.api.execute("mutation ($input: LoginInput!) { login(input: $input) { accessToken deviceToken } }",
				Map.of("input", Map.of("username", this.name, "password", Api.PASSWORD)));
	}

	private UUID account() {
		return this.jdbc.sql("SELECT id FROM users WHERE username = ?").param(this.name).query(UUID.class).single();
	}

	private long count(String table) {
		return this.jdbc.sql("SELECT count(*) FROM " + table + " WHERE user_id = ?")
			.param(account())
			.query(Long.class)
			.single();
	}

	private void awaitOutbox() {
		TestMail.await(() -> this.jdbc.sql("SELECT count(*)::int FROM mail_orders").query(Integer.class).single(),
				(jobs) -> jobs == 0);
	}

	private HeldRow holdAccount() throws SQLException {
		return new HeldRow(this.dataSource, "SELECT 1 FROM users WHERE username = ? FOR NO KEY UPDATE", this.name);
	}

	/**
	 * Returns the log without the lines of the test's mail server, which names mailboxes.
	 */
	private static String logOfService(CapturedOutput output) {
		return output.getOut().lines().filter((line) -> !line.contains("icegreen")).collect(Collectors.joining("\n"));
	}

	/** Returns the security log's lines about an event of the account. */
	private List<String> lines(CapturedOutput output, String event) {
		String account = this.ann.execute("{ me { id } }").text("/me/id");
		return output.getOut()
			.lines()
			.filter((line) -> line.contains("event=" + event + " account=" + account))
			.toList();
	}

	@Test
	void codeLogsInOnceWithoutPassword(CapturedOutput output) {
		Api.Response requested = request(this.api, " " + this.email.toUpperCase(Locale.ROOT));
		String secret = requested.text("/requestEmailLogin/browserSecret");
		assertThat(Duration.between(Instant.now(), Instant.parse(requested.text("/requestEmailLogin/expiresAt"))))
			.isBetween(Duration.ofMinutes(9), Duration.ofMinutes(10));
		MailedLogin mailed = MailedLogin.await(this.email, 1);
		assertThat(TestMail.to(this.email).getFirst()).contains("Subject: Log in to Kennel", "Hello " + this.name + ",",
				"\nhttp://localhost:8080/email-login#token=", "If you did not ask for it, do nothing, and do not");
		assertThat(finishByCode(secret, mailed.wrongCode()).violations()).containsExactly(WRONG_CODE);

		Api.Response response = finishByCode(secret, " " + mailed.code() + "\n");

		assertThat(response.text("/finishEmailLogin/user/username")).isEqualTo(this.name);
		assertThat(response.data().at("/finishEmailLogin/session").toString())
			.isEqualTo("{\"amr\":[\"email\"],\"current\":true}");
		assertThat(this.api.withToken(response.text("/finishEmailLogin/accessToken"))
			.execute("{ me { username } }")
			.text("/me/username")).isEqualTo(this.name);
		assertThat(finishByCode(secret, mailed.code()).violations()).containsExactly(WRONG_CODE);
		assertThat(finishByLink(secret, mailed.token()).violations()).containsExactly(INVALID_LINK);
		assertThat(count("sessions")).isEqualTo(2);
		assertThat(attemptsLeft()).isEqualTo(-1);
		assertThat(lines(output, "login")).hasSize(1).allMatch((line) -> line.endsWith(" amr=email"));
		assertThat(lines(output, "email-code-wrong")).hasSize(1);
		assertThat(lines(output, "login-failed")).hasSize(1);
		assertThat(logOfService(output))
			.contains("event=email-login-requested account=- session=- address=" + this.address)
			.doesNotContain(secret, mailed.token(), this.email)
			.doesNotContainPattern("(?<![\\w.])" + mailed.code() + "(?!\\w)");
	}

	@Test
	void linkLogsInOnce(CapturedOutput output) {
		String secret = request(this.email);
		MailedLogin mailed = MailedLogin.await(this.email, 1);

		Api.Response response = finishByLink(secret, mailed.token());

		assertThat(response.data().at("/finishEmailLogin/session").toString())
			.isEqualTo("{\"amr\":[\"email\"],\"current\":true}");
		assertThat(finishByLink(secret, mailed.token()).violations()).containsExactly(INVALID_LINK);
		assertThat(finishByCode(secret, mailed.code()).violations()).containsExactly(WRONG_CODE);
		assertThat(count("sessions")).isEqualTo(2);
		assertThat(output.getOut()).contains("event=token-refused account=- session=- address=" + this.address);
	}

	@Test
	void codeAndLinkNeedTheSecretOfTheBrowserThatHasRequestedThem() {
		String mallory = "m" + this.name;
		signUp(mallory);
		String secretOfMallory = request(mallory + "@example.com");
		MailedLogin ofMallory = MailedLogin.await(mallory + "@example.com", 1);
		String secret = request(this.email);
		MailedLogin mailed = MailedLogin.await(this.email, 1);

		assertThat(finish(this.api, Map.of("code", mailed.code())).violations()).containsExactly(INVALID_SECRET);
		assertThat(finish(this.api, Map.of("token", mailed.token())).violations()).containsExactly(INVALID_SECRET);
		assertThat(finishByCode(secretOfMallory, mailed.wrongCode()).violations()).containsExactly(WRONG_CODE);
		assertThat(finishByLink(secretOfMallory, mailed.token()).violations()).containsExactly(INVALID_LINK);
		assertThat(finishByLink(secret, ofMallory.token()).violations()).containsExactly(INVALID_LINK);

		assertThat(count("sessions")).isEqualTo(1);
		assertThat(finishByCode(secret, mailed.code()).codes()).isEmpty();
		assertThat(finishByLink(secretOfMallory, ofMallory.token()).text("/finishEmailLogin/user/username"))
			.isEqualTo(mallory);
	}

	@Test
	void newerRequestEndsTheOlderOne() {
		String first = request(this.email);
		MailedLogin ofFirst = MailedLogin.await(this.email, 1);
		String second = request(this.email);
		MailedLogin ofSecond = MailedLogin.await(this.email, 2);

		assertThat(finishByLink(first, ofFirst.token()).violations()).containsExactly(INVALID_LINK);
		assertThat(finishByCode(first, ofFirst.code()).violations()).containsExactly(WRONG_CODE);
		assertThat(finishByLink(first, ofSecond.token()).violations()).containsExactly(INVALID_LINK);
		assertThat(finishByLink(second, ofFirst.token()).violations()).containsExactly(INVALID_LINK);
		assertThat(count("sessions")).isEqualTo(1);
		assertThat(finishByCode(second, ofSecond.code()).codes()).isEmpty();
	}

	@Test
	void fifthWrongCodeEndsTheLogIn() {
		String secret = request(this.email);
		MailedLogin mailed = MailedLogin.await(this.email, 1);
		for (int i = 0; i < 5; i++) {
			assertThat(finishByCode(secret, mailed.wrongCode()).violations()).containsExactly(WRONG_CODE);
		}
		forgetAttempts();

		assertThat(finishByCode(secret, mailed.code()).violations()).containsExactly(WRONG_CODE);
		assertThat(finishByLink(secret, mailed.token()).violations()).containsExactly(INVALID_LINK);
		assertThat(count("sessions")).isEqualTo(1);
	}

	@Test
	void fifthCodeIsAcceptedIfItIsRight() {
		String secret = request(this.email);
		MailedLogin mailed = MailedLogin.await(this.email, 1);
		for (int i = 0; i < 4; i++) {
			assertThat(finishByCode(secret, mailed.wrongCode()).violations()).containsExactly(WRONG_CODE);
		}

		assertThat(finishByCode(secret, mailed.code()).codes()).isEmpty();
	}

	/** Fills the buckets of the address. */
	private void forgetAttempts() {
		for (String kind : List.of("hour", "name")) {
			this.jdbc.sql("DELETE FROM throttle_buckets WHERE id = ?")
				.param(SmallBuckets.key(RateLimitedAction.EMAIL_CODE, kind, Mailbox.key(this.email)))
				.update();
		}
	}

	@Test
	void onlyOneOfConcurrentUsesOfACodeOpensASession() throws SQLException {
		String secret = request(this.email);
		MailedLogin mailed = MailedLogin.await(this.email, 1);
		List<CompletableFuture<Api.Response>> uses;
		try (HeldRow row = holdAccount()) {
			uses = Stream.generate(() -> CompletableFuture.supplyAsync(() -> finishByCode(secret, mailed.code())))
				.limit(2)
				.toList();
			row.awaitWaiters(LOCK, 2);
			row.commit();
		}

		assertThat(uses.stream().map(CompletableFuture::join).map((response) -> String.join("", response.violations())))
			.containsExactlyInAnyOrder("", WRONG_CODE);
		assertThat(count("sessions")).isEqualTo(2);
	}

	@Test
	void logInWaitingForANewPasswordIsRefused() throws SQLException {
		String secret = request(this.email);
		MailedLogin mailed = MailedLogin.await(this.email, 1);
		try (HeldRow row = holdAccount()) {
			CompletableFuture<Api.Response> use = CompletableFuture
				.supplyAsync(() -> finishByCode(secret, mailed.code()));
			row.awaitWaiter(LOCK);
			row.execute("UPDATE users SET password_hash = 'another' WHERE username = ?", this.name);
			row.commit();

			assertThat(use.join().violations()).containsExactly(WRONG_CODE);
		}
		assertThat(count("sessions")).isEqualTo(1);
	}

	@Test
	void logInWaitingForTheDeletionOfTheAccountIsRefused() throws SQLException {
		String secret = request(this.email);
		MailedLogin mailed = MailedLogin.await(this.email, 1);
		try (HeldRow row = holdAccount()) {
			CompletableFuture<Api.Response> use = CompletableFuture
				.supplyAsync(() -> finishByLink(secret, mailed.token()));
			row.awaitWaiter(LOCK);
			row.execute("UPDATE users SET deleted_at = clock_timestamp() WHERE username = ?", this.name);
			row.commit();

			assertThat(use.join().violations()).containsExactly(INVALID_LINK);
		}
		assertThat(count("sessions")).isEqualTo(1);
	}

	@Test
	void logInExpiresAfterTenMinutes() {
		String secret = request(this.email);
		MailedLogin mailed = MailedLogin.await(this.email, 1);
		assertThat(this.jdbc
			.sql("SELECT round(extract(epoch FROM expires_at - clock_timestamp()) / 60)::int FROM email_logins "
					+ "WHERE user_id = ?")
			.param(account())
			.query(Integer.class)
			.single()).isEqualTo(10);
		this.jdbc.sql("UPDATE email_logins SET expires_at = clock_timestamp() WHERE user_id = ?")
			.param(account())
			.update();

		assertThat(finishByCode(secret, mailed.code()).violations()).containsExactly(WRONG_CODE);
		assertThat(finishByLink(secret, mailed.token()).violations()).containsExactly(INVALID_LINK);
		assertThat(count("sessions")).isEqualTo(1);
	}

	private void assertEnded(String secret, MailedLogin mailed) {
		assertThat(finishByCode(secret, mailed.code()).violations()).containsExactly(WRONG_CODE);
		assertThat(finishByLink(secret, mailed.token()).violations()).containsExactly(INVALID_LINK);
	}

	@Test
	void newPasswordEndsTheLogIn() {
		String secret = request(this.email);
		MailedLogin mailed = MailedLogin.await(this.email, 1);
		this.ann
			.execute("mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { user { id } } }",
					Map.of("input", Map.of("currentPassword", Api.PASSWORD, "newPassword", NEW_PASSWORD)))
			.data();
		assertEnded(secret, mailed);

		String later = request(this.email);
		MailedLogin ofLater = MailedLogin.await(this.email, 2);
		this.api.requestPasswordReset(this.email).data();
		this.api
			.execute("mutation ($input: ResetPasswordInput!) { resetPassword(input: $input) { success } }",
					Map.of("input", Map.of("token", TestMail.awaitToken(this.email, 3), "newPassword", Api.PASSWORD)))
			.data();
		assertEnded(later, ofLater);
		assertThat(count("sessions")).isZero();
	}

	private void changeEmail(String address) {
		this.ann
			.execute("mutation ($input: UpdateMeInput!) { updateMe(input: $input) { user { id } } }",
					Map.of("input", Map.of("email", address, "currentPassword", Api.PASSWORD)))
			.data();
	}

	private void verifyEmail(String address) {
		verifyEmail(this.api, address);
	}

	private void verifyEmail(Api browser, String address) {
		this.ann.execute("mutation { requestEmailVerification { success } }").data();
		browser
			.execute("mutation ($input: VerifyEmailInput!) { verifyEmail(input: $input) { user { id } } }",
					Map.of("input", Map.of("token", TestMail.awaitToken(address, 1))))
			.data();
	}

	/**
	 * Otherwise a thief of the password could take the account over by another address,
	 * although links for a new password go to the old one.
	 */
	@Test
	void newAddressEndsTheLogInAndGetsNoMailWhileTheOldOneCanBeRestored() {
		String secret = request(this.email);
		MailedLogin mailed = MailedLogin.await(this.email, 1);
		String other = "new-" + this.email;
		changeEmail(other);
		assertEnded(secret, mailed);
		request(other);
		request(this.email);
		verifyEmail(other);
		String token = TestMail.awaitToken(this.email, 3);
		request(other);
		request(this.email);
		awaitOutbox();
		assertThat(TestMail.to(other)).hasSize(1);
		assertThat(TestMail.to(this.email)).hasSize(3);
		assertThat(attemptsLeft()).isEqualTo(-1);

		this.api
			.execute("mutation ($input: RestoreEmailInput!) { restoreEmail(input: $input) { user { id } } }",
					Map.of("input", Map.of("token", token)))
			.data();

		assertEnded(secret, mailed);
		assertThat(count("sessions")).isZero();
		awaitOutbox();
		forgetMails(this.email);
		String restored = request(this.email);
		assertThat(finishByCode(restored, MailedLogin.await(this.email, 2).code()).codes()).isEmpty();
	}

	/** The owner may change the address because somebody else reads the mailbox. */
	@Test
	void addressChangeRevokesSessionsOpenedByMail() {
		Api thief = loggedIn(1);
		Api owner = loggedIn(2);
		String other = "new-" + this.email;
		changeEmail(other);
		assertThat(thief.execute("{ me { id } }").codes()).isEmpty();
		assertThat(count("sessions")).isEqualTo(3);

		verifyEmail(owner, other);

		assertThat(thief.execute("{ me { id } }").reasons()).containsExactly("UNAUTHENTICATED SESSION_ENDED");
		assertThat(owner.execute("{ me { id } }").codes()).isEmpty();
		assertThat(this.ann.execute("{ me { id } }").codes()).isEmpty();
		assertThat(count("sessions")).isEqualTo(2);
	}

	private void forgetMails(String recipient) {
		this.jdbc.sql("DELETE FROM throttle_buckets WHERE id = ?")
			.param(SmallBuckets.key(RateLimitedAction.MAIL, EmailLoginMail.KIND, Mailbox.key(recipient)))
			.update();
	}

	@Test
	void verifiedAddressGetsMailsOnceTheOldOneIsNoLongerRestorable() {
		String other = "new-" + this.email;
		changeEmail(other);
		verifyEmail(other);
		this.jdbc.sql("UPDATE former_emails SET recoverable_until = clock_timestamp() WHERE user_id = ?")
			.param(account())
			.update();

		String secret = request(other);

		assertThat(finishByCode(secret, MailedLogin.await(other, 1).code()).codes()).isEmpty();
	}

	@Test
	void unverifiedAddressGetsNoMail() {
		this.jdbc.sql("UPDATE users SET email_verified_at = NULL WHERE username = ?").param(this.name).update();
		request(this.email);
		awaitOutbox();

		assertThat(TestMail.to(this.email)).isEmpty();
		assertThat(count("email_logins")).isZero();
	}

	/** From addresses that have no buckets yet. */
	@Test
	void addressWithoutAccountCausesTheSameResponsesAndStatementsAndNoMail() {
		String unknown = "nobody-" + this.email;
		String unverified = "u" + this.name;
		this.api.signUp(unverified);
		List<String> addresses = List.of(unknown, unverified + "@example.com", this.email);
		Map<String, String> secrets = new HashMap<>();
		Map<String, List<String>> requests = new HashMap<>();
		for (String recipient : addresses) {
			Api client = this.api.from(TestClient.address());
			requests.put(recipient, this.sql.record(
					() -> secrets.put(recipient, request(client, recipient).text("/requestEmailLogin/browserSecret"))));
		}
		MailedLogin mailed = MailedLogin.await(this.email, 1);
		awaitOutbox();
		Map<String, List<String>> finishes = new HashMap<>();
		for (String recipient : addresses) {
			Api client = this.api.from(TestClient.address());
			String secret = secrets.getOrDefault(recipient, "");
			finishes.put(recipient,
					this.sql.record(() -> assertThat(
							finish(client, Map.of("browserSecret", secret, "code", mailed.wrongCode())).violations())
						.containsExactly(WRONG_CODE)));
		}

		assertThat(TestMail.to(unknown)).isEmpty();
		assertThat(TestMail.to(unverified + "@example.com")).isEmpty();
		assertThat(requests.get(unknown)).isNotEmpty().isEqualTo(requests.get(this.email));
		assertThat(requests.get(addresses.get(1))).isEqualTo(requests.get(this.email));
		assertThat(finishes.get(unknown)).isNotEmpty().isEqualTo(finishes.get(this.email));
		assertThat(finishes.get(addresses.get(1))).isEqualTo(finishes.get(this.email));
	}

	@Test
	void deviceTokenOfAnotherAccountDoesNotRevealWhetherAnAddressHasAnAccount() {
		String mallory = "m" + this.name;
		signUp(mallory);
		String device = this.api
			.execute("mutation ($input: LoginInput!) { login(input: $input) { deviceToken } }",
					Map.of("input", Map.of("username", mallory, "password", Api.PASSWORD)))
			.text("/login/deviceToken");
		String unknown = "nobody-" + this.email;
		Map<String, List<String>> finishes = new HashMap<>();
		for (String recipient : List.of(unknown, this.email)) {
			String secret = request(recipient);
			awaitOutbox();
			Api client = this.api.from(TestClient.address());
			finishes.put(recipient, this.sql.record(() -> assertThat(
					finish(client, Map.of("browserSecret", secret, "code", "none", "deviceToken", device)).violations())
				.containsExactly(WRONG_CODE)));
		}

		assertThat(finishes.get(unknown)).isNotEmpty().isEqualTo(finishes.get(this.email));
	}

	@Test
	void wrongCodesAreLimitedByAddressButNotLinksAndKnownDevices() {
		String device = login().text("/login/deviceToken");
		String secret = request(this.email);
		MailedLogin mailed = MailedLogin.await(this.email, 1);
		SmallBuckets.exhaust(this.dataSource, RateLimitedAction.EMAIL_CODE, "hour", Mailbox.key(this.email));

		Api.Response refused = finish(this.api.from(TestClient.address()),
				Map.of("browserSecret", secret, "code", mailed.code()));
		assertThat(refused.codes()).containsExactly("RATE_LIMITED");
		assertThat(refused.json().at("/errors/0/message").asString())
			.startsWith("Too many wrong codes for this address.");
		assertThat(finish(this.api, Map.of("browserSecret", secret, "code", mailed.wrongCode(), "deviceToken", device))
			.violations()).containsExactly(WRONG_CODE);
		assertThat(
				finish(this.api, Map.of("browserSecret", secret, "code", mailed.code(), "deviceToken", device)).codes())
			.isEmpty();
		String later = request(this.email);
		assertThat(finishByLink(later, MailedLogin.await(this.email, 2).token()).codes()).isEmpty();
		assertThat(count("sessions")).isEqualTo(4);
	}

	/** A forged secret could name any address. */
	@Test
	void guessesWithoutARequestAreChargedToTheNetworkOnly() {
		SmallBuckets.shrink(this.dataSource, RateLimitedAction.EMAIL_CODE, "hour", Mailbox.key(this.email));
		String secret = request(this.email);
		MailedLogin mailed = MailedLogin.await(this.email, 1);
		String network = new Client(this.address, null, "test", null).network();
		SmallBuckets.shrink(this.dataSource, RateLimitedAction.ONE_TIME_TOKEN, "network", network);

		assertThat(finishByCode(forged(secret), mailed.code()).violations()).containsExactly(INVALID_SECRET);
		assertThat(finishByCode(forged(secret), mailed.code()).codes()).containsExactly("RATE_LIMITED");

		assertThat(finishByCode(secret, mailed.code()).codes()).isEmpty();
	}

	/** Returns a secret of the same address with other random bits. */
	private static String forged(String secret) {
		byte[] bytes = Base64.getUrlDecoder().decode(secret);
		bytes[40] ^= 1;
		return Base64Url.encode(bytes);
	}

	@Test
	void mailsAreLimitedByRecipientWhetherOrNotThereIsAnAccount() {
		for (String recipient : List.of(this.email, "nobody-" + this.email)) {
			for (int i = 0; i < 3; i++) {
				request((i == 0) ? recipient.toUpperCase(Locale.ROOT) : recipient);
				if (recipient.equals(this.email)) {
					// A mail whose request is no longer the newest is not sent.
					MailedLogin.await(this.email, i + 1);
				}
			}
			Api.Response refused = request(this.api, recipient);
			assertThat(refused.codes()).containsExactly("RATE_LIMITED");
			assertThat(refused.json().at("/errors/0/extensions/retryAfter").asInt()).isBetween(290, 300);
		}
		awaitOutbox();
		assertThat(TestMail.to(this.email)).hasSize(3);
	}

	@Test
	void mailsAreLimitedByNetwork() {
		String network = new Client(this.address, null, "test", null).network();
		SmallBuckets.exhaust(this.dataSource, RateLimitedAction.MAIL, "network", network);

		assertThat(request(this.api, this.email).codes()).containsExactly("RATE_LIMITED");
		awaitOutbox();
		assertThat(TestMail.to(this.email)).isEmpty();
	}

	@Test
	void secondFactorIsStillRequired() {
		Authenticator app = Authenticator.enrol(this.ann);
		TestMail.await(this.email, 1);
		Api.Response begun = logIn(1);
		assertThat(begun.text("/finishEmailLogin/__typename")).isEqualTo("LoginChallenge");
		assertThat(begun.data().at("/finishEmailLogin/factors").toString()).isEqualTo("[\"TOTP\",\"RECOVERY_CODE\"]");
		assertThat(count("sessions")).isEqualTo(1);

		Api.Response finished = finishLogin(begun.text("/finishEmailLogin/token"), app.nextCode());

		assertThat(finished.data().at("/finishLogin/session/amr").toString()).isEqualTo("[\"email\",\"mfa\",\"otp\"]");
		assertThat(finished.data().at("/finishLogin/deviceToken").isNull()).isTrue();
		Api phone = this.api.withToken(finished.text("/finishLogin/accessToken"));
		assertThat(phone.execute("mutation { disableTotp { user { id } } }").codes()).isEmpty();
		assertThat(count("sessions")).isEqualTo(2);
	}

	private Api.Response finishLogin(String challenge, String code) {
		return this.api.execute("""
				mutation ($input: FinishLoginInput!) {
				  finishLogin(input: $input) { accessToken deviceToken session { amr } }
				}""", Map.of("input", Map.of("challenge", challenge, "code", code)));
	}

	@Test
	void newAddressInvalidatesTheChallenge() {
		Authenticator app = Authenticator.enrol(this.ann);
		TestMail.await(this.email, 1);
		String challenge = logIn(1).text("/finishEmailLogin/token");
		changeEmail("new-" + this.email);

		assertThat(finishLogin(challenge, app.nextCode()).violations())
			.containsExactly("input.challenge INVALID_TOKEN");
		assertThat(count("sessions")).isEqualTo(1);
	}

	@Test
	void restoredAddressInvalidatesTheChallenge() {
		Authenticator app = Authenticator.enrol(this.ann);
		TestMail.await(this.email, 1);
		String challenge = logIn(1).text("/finishEmailLogin/token");
		changeEmail("new-" + this.email);
		verifyEmail("new-" + this.email);
		this.api
			.execute("mutation ($input: RestoreEmailInput!) { restoreEmail(input: $input) { user { email } } }",
					Map.of("input", Map.of("token", TestMail.awaitToken(this.email, 4))))
			.data();

		assertThat(finishLogin(challenge, app.nextCode()).violations())
			.containsExactly("input.challenge INVALID_TOKEN");
		assertThat(count("sessions")).isZero();
	}

	/** A stolen device often has both the trust and the mailbox. */
	@Test
	void deviceTrustAppliesToPasswordLogInsOnly() {
		Authenticator app = Authenticator.enrol(this.ann);
		TestMail.await(this.email, 1);
		this.ann.execute("mutation { setSecondFactorPolicy(input: {policy: NEW_DEVICES}) { user { id } } }").data();
		String challenge = beginLogin(null).text("/beginLogin/token");
		String device = finishLogin(challenge, app.nextCode()).text("/finishLogin/deviceToken");

		String secret = request(this.email);
		Api.Response response = finish(this.api, Map.of("browserSecret", secret, "code",
				MailedLogin.await(this.email, 1).code(), "deviceToken", device));

		assertThat(response.text("/finishEmailLogin/__typename")).isEqualTo("LoginChallenge");
		assertThat(count("sessions")).isEqualTo(2);
		assertThat(beginLogin(device).text("/beginLogin/__typename")).isEqualTo("AuthPayload");
	}

	private Api.Response beginLogin(@Nullable String device) {
		Map<String, @Nullable Object> input = new HashMap<>(Map.of("username", this.name, "password", Api.PASSWORD));
		input.put("deviceToken", device);
		return this.api.execute("""
				mutation ($input: LoginInput!) {
				  beginLogin(input: $input) { __typename ... on LoginChallenge { token } }
				}""", Map.of("input", input));
	}

	/**
	 * A thief of the mailbox may not lock the owner out.
	 */
	@Test
	void logInByMailIsNotARecentProof() {
		Api thief = loggedIn(1);
		String session = this.ann.execute("{ me { sessions { id current } } }")
			.data()
			.at("/me/sessions")
			.valueStream()
			.filter((each) -> each.get("current").asBoolean())
			.findFirst()
			.orElseThrow()
			.get("id")
			.asString();
		String revoke = "mutation { revokeSession(input: {id: \"" + session + "\"}) { revokedSessionId } }";
		String revokeOthers = "mutation { revokeOtherSessions { revokedCount } }";
		String beginTotp = "mutation { beginTotp { secret } }";
		String beginPasskey = "mutation { beginPasskeyRegistration { options } }";
		for (String mutation : List.of(revoke, revokeOthers, beginTotp, beginPasskey)) {
			assertThat(thief.execute(mutation).reasons()).containsExactly(REAUTHENTICATION_REQUIRED);
		}
		assertThat(thief
			.execute("mutation ($input: UpdateMeInput!) { updateMe(input: $input) { user { id } } }",
					Map.of("input", Map.of("email", "new-" + this.email)))
			.violations()).containsExactly("input.currentPassword REQUIRED");
		assertThat(count("sessions")).isEqualTo(2);
		assertThat(count("totp_secrets")).isZero();

		assertThat(thief
			.execute("mutation ($input: ReauthenticateInput!) { reauthenticate(input: $input) { session { amr } } }",
					Map.of("input", Map.of("password", Api.PASSWORD)))
			.data()
			.at("/reauthenticate/session/amr")
			.toString()).isEqualTo("[\"email\",\"pwd\"]");
		for (String mutation : List.of(beginTotp, beginPasskey, revoke, revokeOthers)) {
			assertThat(thief.execute(mutation).codes()).isEmpty();
		}
		assertThat(count("sessions")).isEqualTo(1);
	}

	@Test
	void logInByMailMakesNoDeviceKnown() {
		String known = login().text("/login/deviceToken");
		assertThat(logIn(1).data().at("/finishEmailLogin/deviceToken").isNull()).isTrue();

		String secret = request(this.email);
		String renewed = finish(this.api,
				Map.of("browserSecret", secret, "code", MailedLogin.await(this.email, 2).code(), "deviceToken", known))
			.text("/finishEmailLogin/deviceToken");

		assertThat(deviceId(renewed)).isEqualTo(deviceId(known));
	}

	private static String deviceId(String deviceToken) {
		return JSON.readTree(Base64.getUrlDecoder().decode(deviceToken.split("\\.")[1])).get("jti").asString();
	}

	@Test
	void forgedAndHugeInputsAreRefused() {
		String secret = request(this.email);
		MailedLogin mailed = MailedLogin.await(this.email, 1);
		String huge = "7".repeat(200_000);

		for (String text : List.of("", "x", "\0", huge, forged(secret), secret + "A", secret + "=",
				secret.substring(0, secret.length() - 8), "A".repeat(secret.length()))) {
			assertThat(finishByCode(text, mailed.code()).violations()).containsExactly(INVALID_SECRET);
		}
		for (String text : List.of(huge, "\0", "")) {
			assertThat(finishByCode(secret, text).violations()).containsExactly(WRONG_CODE);
			assertThat(finishByLink(secret, text).violations()).containsExactly(INVALID_LINK);
		}
		assertThat(finish(this.api, Map.of("browserSecret", secret)).violations())
			.containsExactly("input.code REQUIRED");
		assertThat(finish(this.api, Map.of("browserSecret", secret, "code", mailed.code(), "token", mailed.token()))
			.violations()).containsExactly("input.token EXCLUSIVE");
		assertThat(request(this.api, "a".repeat(300) + "@example.com").violations())
			.containsExactly("input.email LENGTH");
		for (String text : List.of("", "not an address", "nul\0@example.com", "a\ud800@example.com")) {
			assertThat(request(this.api, text).violations()).containsExactly("input.email FORMAT");
		}
		assertThat(count("sessions")).isEqualTo(1);
		assertThat(finishByCode(secret, mailed.code()).codes()).isEmpty();
	}

	@Test
	void longestAddressCanLogIn() {
		String longest = "\ud83d\ude00".repeat(244) + "@e.example";

		String secret = request(longest);

		assertThat(secret.length()).isLessThan(2_048);
		assertThat(finishByCode(secret, "000000").violations()).containsExactly(WRONG_CODE);
	}

	@Test
	void storeHasNoCodeTokenOrSecret() {
		String secret = request(this.email);
		byte[] browserHash = Sha256.hash(Base64.getUrlDecoder().decode(secret));
		MailedLogin mailed = MailedLogin.await(this.email, 1);
		String row = this.jdbc.sql("SELECT email_logins::text FROM email_logins WHERE user_id = ?")
			.param(account())
			.query(String.class)
			.single();

		HexFormat hex = HexFormat.of();
		assertThat(row).contains(hex.formatHex(browserHash))
			.doesNotContain(secret, mailed.token(), hex.formatHex(Base64.getUrlDecoder().decode(mailed.token())),
					hex.formatHex(Sha256.hash(mailed.code())),
					hex.formatHex(Sha256.hash(hex.formatHex(browserHash) + mailed.code())),
					hex.formatHex(Sha256.hash(concatenate(browserHash, mailed.code()))));
		assertThat(row.matches(".*[(,]" + mailed.code() + "[,)].*")).isFalse();
		assertThat(EmailLoginMail.subject(new BrowserSecret(secret, browserHash, this.email, Instant.EPOCH)))
			.isEqualTo("0 " + Base64Url.encode(browserHash) + " " + this.email);
	}

	private static byte[] concatenate(byte[] hash, String code) {
		byte[] digits = code.getBytes(StandardCharsets.UTF_8);
		return ByteBuffer.allocate(hash.length + digits.length).put(hash).put(digits).array();
	}

	@Test
	void rowsOfADeletedAccountAreRemovedAtOnce() {
		String secret = request(this.email);
		MailedLogin mailed = MailedLogin.await(this.email, 1);
		UUID account = account();
		assertThat(count("email_logins")).isEqualTo(1);
		this.ann
			.execute("mutation ($input: DeleteMeInput!) { deleteMe(input: $input) { deletedUserId } }",
					Map.of("input", Map.of("password", Api.PASSWORD)))
			.data();

		assertThat(this.jdbc.sql("SELECT count(*) FROM email_logins WHERE user_id = ?")
			.param(account)
			.query(Long.class)
			.single()).isZero();
		assertEnded(secret, mailed);
	}

	/** The mail server has refused it, or the instance has been killed. */
	@Test
	void resentMailHasAnotherCodeAndTheSameAttempts() {
		String secret = request(this.email);
		MailedLogin first = MailedLogin.await(this.email, 1);
		assertThat(finishByCode(secret, first.wrongCode()).violations()).containsExactly(WRONG_CODE);

		MailMessage again = this.mail.write(subject(secret, Instant.now().plusSeconds(600)));

		assertThat(again).isNotNull();
		assertThat(finishByLink(secret, first.token()).violations()).containsExactly(INVALID_LINK);
		assertThat(attemptsLeft()).isEqualTo(4);
		assertThat(finishByLink(secret, token(again)).codes()).isEmpty();
	}

	/** The instance has been killed after the mail server had accepted the mail. */
	@Test
	void resentMailDoesNotReopenAFinishedLogIn() {
		String secret = request(this.email);
		assertThat(finishByCode(secret, MailedLogin.await(this.email, 1).code()).codes()).isEmpty();
		String second = request(this.email);
		assertThat(finishByLink(second, MailedLogin.await(this.email, 2).token()).codes()).isEmpty();

		assertThat(this.mail.write(subject(secret, Instant.now().plusSeconds(300)))).isNull();
		assertThat(this.mail.write(subject(second, Instant.now().plusSeconds(660)))).isNull();

		assertThat(attemptsLeft()).isEqualTo(-1);
		assertThat(logIn(3).codes()).isEmpty();
		assertThat(count("sessions")).isEqualTo(4);
	}

	@Test
	void expiredMailIsNotSent() {
		String secret = request(this.email);
		MailedLogin.await(this.email, 1);
		Timestamp expiry = this.jdbc.sql("SELECT expires_at FROM email_logins WHERE user_id = ?")
			.param(account())
			.query(Timestamp.class)
			.single();
		String older = "0".repeat(43);

		assertThat(this.mail.write(subject(secret, Instant.now().minusSeconds(1)))).isNull();
		assertThat(this.mail.write(expiry.toInstant().minusSeconds(5).toEpochMilli() + " " + older + " " + this.email))
			.isNull();
		this.jdbc.sql("UPDATE email_logins SET attempts_left = 0 WHERE user_id = ?").param(account()).update();
		assertThat(this.mail.write(subject(secret, expiry.toInstant()))).isNull();
		assertThat(attemptsLeft()).isZero();
	}

	private static String subject(String secret, Instant expiresAt) {
		byte[] bytes = Base64.getUrlDecoder().decode(secret);
		// The address follows random bits, the time and the id of the key.
		int id = bytes[72];
		return expiresAt.toEpochMilli() + " " + Base64Url.encode(Sha256.hash(bytes)) + " "
				+ new String(bytes, 73 + id, bytes.length - 73 - id, StandardCharsets.UTF_8);
	}

	private static String token(@Nullable MailMessage message) {
		String text = (message != null) ? message.text() : "";
		return text.substring(text.indexOf("#token=") + 7).split("\n", 2)[0];
	}

	private int attemptsLeft() {
		return this.jdbc.sql("SELECT attempts_left FROM email_logins WHERE user_id = ?")
			.param(account())
			.query(Integer.class)
			.single();
	}

}
