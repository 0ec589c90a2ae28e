package dev.kennel.emaillogin;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

import dev.kennel.account.AccountService;
import dev.kennel.factor.Authenticator;
import dev.kennel.identity.AccountId;
import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import dev.kennel.test.TestMail;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/** A service without log-ins by mail, as it is by default. */
@KennelTest
@TestPropertySource(properties = "kennel.auth.email-login.enabled=false")
class EmailLoginDisabledTests {

	private static final String DISABLED = "FORBIDDEN EMAIL_LOGIN_DISABLED";

	private final Api api;

	private final JdbcClient jdbc;

	private final EmailLoginMail mail;

	private final EmailLoginFingerprint fingerprints;

	private final AccountService accounts;

	private final String name = "d" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);

	private final String email = this.name + "@example.com";

	EmailLoginDisabledTests(Api api, JdbcClient jdbc, EmailLoginMail mail, EmailLoginFingerprint fingerprints,
			AccountService accounts) {
		this.api = api;
		this.jdbc = jdbc;
		this.mail = mail;
		this.fingerprints = fingerprints;
		this.accounts = accounts;
	}

	/** Signs up an account with a verified address. */
	private Api signUp() {
		Api client = this.api.signUp(this.name);
		this.jdbc.sql("UPDATE users SET email_verified_at = clock_timestamp() WHERE username = ?")
			.param(this.name)
			.update();
		return client;
	}

	private long count(String table) {
		return this.jdbc.sql("SELECT count(*) FROM " + table).query(Long.class).single();
	}

	@Test
	void nothingIsStoredOrSent() {
		signUp();
		long sessions = count("sessions");
		long buckets = count("throttle_buckets");

		assertThat(this.api
			.execute("""
					mutation ($input: RequestEmailLoginInput!) { requestEmailLogin(input: $input) { expiresAt } }""",
					Map.of("input", Map.of("email", this.email)))
			.reasons()).containsExactly(DISABLED);
		assertThat(this.api.execute("""
				mutation { finishEmailLogin(input: { browserSecret: "x", code: "000000" }) { __typename } }""")
			.reasons()).containsExactly(DISABLED);
		assertThat(this.api.execute("""
				mutation { finishEmailLogin(input: { browserSecret: "x", token: "x" }) { __typename } }""").reasons())
			.containsExactly(DISABLED);

		assertThat(TestMail.to(this.email)).isEmpty();
		assertThat(
				this.jdbc.sql("SELECT count(*) FROM mail_orders WHERE position(convert_to(?, 'UTF8') IN task_data) > 0")
					.param(this.email)
					.query(Long.class)
					.single())
			.isZero();
		assertThat(count("email_logins")).isZero();
		assertThat(count("throttle_buckets")).isEqualTo(buckets);
		assertThat(count("sessions")).isEqualTo(sessions);
	}

	/** The option was on when it was requested. */
	@Test
	void queuedMailIsNotSent() {
		signUp();

		assertThat(this.mail.write(EmailLoginMail
			.subject(new BrowserSecret("none", new byte[32], this.email, Instant.now().plusSeconds(600))))).isNull();

		assertThat(count("email_logins")).isZero();
	}

	/** The option was on when the code of the mail was given. */
	@Test
	void challengeOfALogInByMailIsInvalid() {
		Authenticator app = Authenticator.enrol(signUp());
		AccountId account = new AccountId(
				this.jdbc.sql("SELECT id FROM users WHERE username = ?").param(this.name).query(UUID.class).single());
		String challenge = this.api
			.execute("""
					mutation ($input: LoginInput!) { beginLogin(input: $input) { ... on LoginChallenge { token } } }""",
					Map.of("input", Map.of("username", this.name, "password", Api.PASSWORD)))
			.text("/beginLogin/token");
		byte[] fingerprint = Objects
			.requireNonNull(this.accounts.executeLockedIfPresent(account, this.fingerprints::of));
		assertThat(this.jdbc.sql("UPDATE login_challenges SET email_fingerprint = ? WHERE user_id = ?")
			.params(fingerprint, account.value())
			.update()).isEqualTo(1);
		long sessions = count("sessions");

		assertThat(this.api
			.execute("mutation ($input: FinishLoginInput!) { finishLogin(input: $input) { accessToken } }",
					Map.of("input", Map.of("challenge", challenge, "code", app.nextCode())))
			.violations()).containsExactly("input.challenge INVALID_TOKEN");

		assertThat(count("sessions")).isEqualTo(sessions);
	}

}
