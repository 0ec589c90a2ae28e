package dev.kennel.factor;

import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import javax.sql.DataSource;

import dev.kennel.account.DeviceProof;
import dev.kennel.account.DeviceTrust;
import dev.kennel.identity.AccountId;
import dev.kennel.passkey.SoftwareAuthenticator;
import dev.kennel.test.Api;
import dev.kennel.test.HeldRow;
import dev.kennel.test.Instance;
import dev.kennel.test.KennelTest;
import dev.kennel.test.SqlRecorder;
import dev.kennel.test.TestMail;
import dev.kennel.throttle.RateLimitedAction;
import dev.kennel.throttle.SmallBuckets;
import dev.kennel.throttle.TestClient;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** One-time codes, recovery codes, and the log-ins that need them. */
@KennelTest
class SecondFactorTests {

	private static final String NEW_PASSWORD = "a quite different sentence";

	private static final String SECOND_FACTOR_REQUIRED = "UNAUTHENTICATED SECOND_FACTOR_REQUIRED";

	private static final String REAUTHENTICATION_REQUIRED = "FORBIDDEN REAUTHENTICATION_REQUIRED";

	private final Api api;

	private final JdbcClient jdbc;

	private final SqlRecorder sql;

	private final DataSource dataSource;

	private final Environment environment;

	private final SecondFactorService factors;

	private final String name = "f" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);

	private final String email = this.name + "@example.com";

	private Api ann;

	SecondFactorTests(Api api, JdbcClient jdbc, SqlRecorder sql, DataSource dataSource, Environment environment,
			SecondFactorService factors) {
		this.api = api;
		this.jdbc = jdbc;
		this.sql = sql;
		this.dataSource = dataSource;
		this.environment = environment;
		this.factors = factors;
		this.ann = api;
	}

	@BeforeEach
	void signUp() {
		this.ann = this.api.signUp(this.name);
	}

	private static Api.Response beginLogin(Api client, String username, String password, @Nullable String deviceToken) {
		Map<String, @Nullable Object> input = new HashMap<>();
		input.put("username", username);
		input.put("password", password);
		input.put("deviceToken", deviceToken);
		return client.execute("""
				mutation ($input: LoginInput!) {
				  beginLogin(input: $input) {
				    __typename
				    ... on AuthPayload { accessToken deviceToken session { amr } }
				    ... on LoginChallenge { token factors }
				  }
				}""", Map.of("input", input));
	}

	private Api.Response beginLogin(String password, @Nullable String deviceToken) {
		return beginLogin(this.api, this.name, password, deviceToken);
	}

	private String challenge() {
		return beginLogin(Api.PASSWORD, null).text("/beginLogin/token");
	}

	private static Api.Response finishLogin(Api client, Map<String, ?> input) {
		return client.execute("""
				mutation ($input: FinishLoginInput!) {
				  finishLogin(input: $input) {
				    accessToken refreshToken deviceToken user { username } session { amr current }
				  }
				}""", Map.of("input", input));
	}

	private Api.Response finishLogin(String challenge, String code) {
		return finishLogin(this.api, Map.of("challenge", challenge, "code", code));
	}

	private Api.Response recover(String challenge, String code) {
		return finishLogin(this.api, Map.of("challenge", challenge, "recoveryCode", code));
	}

	private static Api.Response reauthenticate(Api client, Map<String, ?> input) {
		return client.execute("""
				mutation ($input: ReauthenticateInput!) {
				  reauthenticate(input: $input) { session { amr } }
				}""", Map.of("input", input));
	}

	private static String secondFactor(Api client) {
		return client.execute("{ me { secondFactor { kinds recoveryCodesLeft policy } } }")
			.data()
			.at("/me/secondFactor")
			.toString();
	}

	private static final String ENROLLED = "{\"kinds\":[\"TOTP\",\"RECOVERY_CODE\"],\"recoveryCodesLeft\":10,\"policy\":\"ALWAYS\"}";

	private UUID account() {
		return this.jdbc.sql("SELECT id FROM users WHERE username = ?").param(this.name).query(UUID.class).single();
	}

	private long count(String table) {
		return this.jdbc.sql("SELECT count(*) FROM " + table + " WHERE user_id = ?")
			.param(account())
			.query(Long.class)
			.single();
	}

	/** Moves all proofs of the account's sessions into the past. */
	private void ageProofs(int minutes) {
		this.jdbc
			.sql("UPDATE sessions SET created_at = created_at - make_interval(mins => :minutes), "
					+ "authenticated_at = authenticated_at - make_interval(mins => :minutes), "
					+ "second_factor_at = second_factor_at - make_interval(mins => :minutes) WHERE user_id = :account")
			.param("minutes", minutes)
			.param("account", account())
			.update();
	}

	/** Lets the codes of past steps count again. */
	private void forgetSteps() {
		this.jdbc.sql("UPDATE totp_secrets SET last_step = 0 WHERE user_id = ?").param(account()).update();
	}

	@Test
	void accountWithoutSecondFactorLogsInWithoutChallenge() {
		assertThat(secondFactor(this.ann)).isEqualTo("null");
		assertThat(this.api.login(this.name, Api.PASSWORD).codes()).isEmpty();

		Api.Response response = beginLogin(Api.PASSWORD, null);

		assertThat(response.text("/beginLogin/__typename")).isEqualTo("AuthPayload");
		assertThat(response.data().at("/beginLogin/session/amr").toString()).isEqualTo("[\"pwd\"]");
		assertThat(this.api.withToken(response.text("/beginLogin/accessToken"))
			.execute("{ me { username } }")
			.text("/me/username")).isEqualTo(this.name);
		assertThat(count("login_challenges")).isZero();
	}

	/** From addresses that have no buckets yet. */
	@Test
	void wrongPasswordCausesTheSameErrorAndStatementsWithAndWithoutSecondFactor() {
		this.api.signUp("b" + this.name);
		Authenticator.enrol(this.ann);

		List<String> without = this.sql.record(() -> assertThat(
				beginLogin(this.api.from(TestClient.address()), "b" + this.name, "a guess", null).reasons())
			.containsExactly("UNAUTHENTICATED INVALID_CREDENTIALS"));
		List<String> with = this.sql.record(
				() -> assertThat(beginLogin(this.api.from(TestClient.address()), this.name, "a guess", null).reasons())
					.containsExactly("UNAUTHENTICATED INVALID_CREDENTIALS"));

		assertThat(with).isEqualTo(without);
		assertThat(count("login_challenges")).isZero();
	}

	@Test
	void logInRequiresACodeOnceTheSecretIsConfirmed() {
		Authenticator app = Authenticator.enrol(this.ann);
		assertThat(secondFactor(this.ann)).isEqualTo(ENROLLED);
		assertThat(this.ann.execute("{ me { sessions { amr } } }").data().at("/me/sessions/0/amr").toString())
			.isEqualTo("[\"mfa\",\"otp\",\"pwd\"]");

		assertThat(this.api.login(this.name, Api.PASSWORD).reasons()).containsExactly(SECOND_FACTOR_REQUIRED);
		Api.Response begun = beginLogin(Api.PASSWORD, null);
		assertThat(begun.text("/beginLogin/__typename")).isEqualTo("LoginChallenge");
		assertThat(begun.data().at("/beginLogin/factors").toString()).isEqualTo("[\"TOTP\",\"RECOVERY_CODE\"]");
		assertThat(count("sessions")).isEqualTo(1);

		Api.Response finished = finishLogin(begun.text("/beginLogin/token"), app.nextCode());

		assertThat(finished.text("/finishLogin/user/username")).isEqualTo(this.name);
		assertThat(finished.data().at("/finishLogin/session").toString())
			.isEqualTo("{\"amr\":[\"mfa\",\"otp\",\"pwd\"],\"current\":true}");
		assertThat(secondFactor(this.api.withToken(finished.text("/finishLogin/accessToken")))).isEqualTo(ENROLLED);
		assertThat(count("sessions")).isEqualTo(2);
		assertThat(count("login_challenges")).isZero();
		assertThat(TestMail.await(this.email, 1)).contains("one-time codes were set up");
	}

	@Test
	void secretHasNoEffectBeforeItIsConfirmed() {
		String secret = Authenticator.begin(this.ann);

		assertThat(secondFactor(this.ann)).isEqualTo("null");
		assertThat(this.api.login(this.name, Api.PASSWORD).codes()).isEmpty();
		assertThat(Authenticator.confirm(this.ann, "not a code").violations()).containsExactly("input.code WRONG_CODE");
		assertThat(secondFactor(this.ann)).isEqualTo("null");
		assertThat(secret).matches("[A-Z2-7]{32}");
		assertThat(count("recovery_codes")).isZero();
	}

	@Test
	void onlyTheNewestUnexpiredSecretIsConfirmed() {
		assertThat(Authenticator.confirm(this.ann, "000000").codes()).containsExactly("CONFLICT");
		byte[] first = Authenticator.decode(Authenticator.begin(this.ann));
		byte[] second = Authenticator.decode(Authenticator.begin(this.ann));
		assertThat(Authenticator.confirm(this.ann, Totp.code(first, Authenticator.step())).violations())
			.containsExactly("input.code WRONG_CODE");
		this.jdbc.sql("UPDATE totp_secrets SET expires_at = clock_timestamp() WHERE user_id = ?")
			.param(account())
			.update();

		assertThat(Authenticator.confirm(this.ann, Totp.code(second, Authenticator.step())).codes())
			.containsExactly("CONFLICT");
		assertThat(secondFactor(this.ann)).isEqualTo("null");
	}

	@Test
	void newSecretReplacesTheConfirmedOneAndItsRecoveryCodes() {
		Authenticator old = Authenticator.enrol(this.ann);
		Authenticator.begin(this.ann);
		assertThat(finishLogin(challenge(), old.nextCode()).codes()).isEmpty();
		Authenticator app = Authenticator.enrol(this.ann);

		assertThat(finishLogin(challenge(), old.nextCode()).violations()).containsExactly("input.code WRONG_CODE");
		assertThat(recover(challenge(), old.recoveryCode(0)).violations())
			.containsExactly("input.recoveryCode WRONG_CODE");
		assertThat(finishLogin(challenge(), app.nextCode()).codes()).isEmpty();
		assertThat(count("totp_secrets")).isEqualTo(1);
	}

	@Test
	void codeIsAcceptedOnce() {
		Authenticator app = Authenticator.enrol(this.ann);
		String code = app.nextCode();
		assertThat(finishLogin(challenge(), code).codes()).isEmpty();

		assertThat(finishLogin(challenge(), code).violations()).containsExactly("input.code WRONG_CODE");
		assertThat(reauthenticate(this.ann, Map.of("code", code)).violations())
			.containsExactly("input.code WRONG_CODE");
		assertThat(count("sessions")).isEqualTo(2);
	}

	@Test
	void onlyOneOfConcurrentUsesOfACodeSucceeds() {
		Authenticator app = Authenticator.enrol(this.ann);
		List<String> challenges = Stream.generate(this::challenge).limit(4).toList();
		String code = app.nextCode();

		List<CompletableFuture<Api.Response>> uses = challenges.stream()
			.map((challenge) -> CompletableFuture.supplyAsync(() -> finishLogin(challenge, code)))
			.toList();

		assertThat(uses.stream().map(CompletableFuture::join).filter((response) -> response.codes().isEmpty()))
			.hasSize(1);
		assertThat(count("sessions")).isEqualTo(2);
	}

	@Test
	void challengeIsAcceptedOnce() {
		Authenticator app = Authenticator.enrol(this.ann);
		String challenge = challenge();
		assertThat(finishLogin(challenge, app.nextCode()).codes()).isEmpty();
		forgetSteps();

		assertThat(finishLogin(challenge, app.nextCode()).violations())
			.containsExactly("input.challenge INVALID_TOKEN");
		assertThat(count("sessions")).isEqualTo(2);
	}

	@Test
	void expiredChallengeIsInvalid() {
		Authenticator app = Authenticator.enrol(this.ann);
		String challenge = challenge();
		this.jdbc.sql("UPDATE login_challenges SET expires_at = expires_at - interval '5 minutes' WHERE user_id = ?")
			.param(account())
			.update();

		assertThat(finishLogin(challenge, app.nextCode()).violations())
			.containsExactly("input.challenge INVALID_TOKEN");
		assertThat(count("sessions")).isEqualTo(1);
	}

	@Test
	void challengeOfAnotherAccountNeedsTheCodeOfThatAccount() {
		Authenticator app = Authenticator.enrol(this.ann);
		String bob = "b" + this.name;
		Authenticator.enrol(this.api.signUp(bob));
		String challenge = beginLogin(this.api, bob, Api.PASSWORD, null).text("/beginLogin/token");

		assertThat(finishLogin(challenge, app.nextCode()).violations()).containsExactly("input.code WRONG_CODE");
		assertThat(recover(challenge, app.recoveryCode(0)).violations())
			.containsExactly("input.recoveryCode WRONG_CODE");

		assertThat(count("sessions")).isEqualTo(1);
		assertThat(count("recovery_codes")).isEqualTo(10);
	}

	@Test
	void fifthWrongCodeEndsTheChallengeAndSendsAMail() {
		Authenticator app = Authenticator.enrol(this.ann);
		TestMail.await(this.email, 1);
		String challenge = challenge();
		IntStream.range(0, 5)
			.forEach((i) -> assertThat(finishLogin(challenge, app.wrongCode()).violations())
				.containsExactly("input.code WRONG_CODE"));

		assertThat(finishLogin(challenge, app.nextCode()).violations())
			.containsExactly("input.challenge INVALID_TOKEN");
		assertThat(count("sessions")).isEqualTo(1);
		assertThat(TestMail.await(this.email, 2)).contains("with your password or a mail to this address",
				"sent several wrong codes", "secure the mailbox");
	}

	@Test
	void wrongCodesAreCountedForTheMailAcrossChallengesAndSessions() {
		Authenticator app = Authenticator.enrol(this.ann);
		TestMail.await(this.email, 1);
		for (int i = 0; i < 2; i++) {
			String challenge = challenge();
			finishLogin(challenge, app.wrongCode());
			finishLogin(challenge, app.wrongCode());
		}
		assertThat(TestMail.to(this.email)).hasSize(1);
		assertThat(reauthenticate(this.ann, Map.of("code", app.wrongCode())).violations())
			.containsExactly("input.code WRONG_CODE");

		assertThat(TestMail.await(this.email, 2)).contains("sent several wrong codes");
	}

	@Test
	void forgedAndHugeInputsAreRefused() {
		Authenticator.enrol(this.ann);
		String challenge = challenge();
		String forged = challenge.substring(0, 24) + "A".repeat(challenge.length() - 24);
		String huge = "7".repeat(200_000);

		assertThat(finishLogin(forged, "000000").violations()).containsExactly("input.challenge INVALID_TOKEN");
		assertThat(finishLogin("", "000000").violations()).containsExactly("input.challenge INVALID_TOKEN");
		assertThat(finishLogin(huge, "000000").violations()).containsExactly("input.challenge INVALID_TOKEN");
		assertThat(finishLogin(challenge, huge).violations()).containsExactly("input.code WRONG_CODE");
		assertThat(finishLogin(challenge, "\0").violations()).containsExactly("input.code WRONG_CODE");
		assertThat(recover(challenge, huge).violations()).containsExactly("input.recoveryCode WRONG_CODE");
		assertThat(finishLogin(this.api, Map.of("challenge", challenge)).violations())
			.containsExactly("input.code REQUIRED");
		assertThat(finishLogin(this.api, Map.of("challenge", challenge, "code", "1", "recoveryCode", "2")).violations())
			.containsExactly("input.recoveryCode EXCLUSIVE");
		assertThat(count("sessions")).isEqualTo(1);
	}

	@Test
	void newPasswordEndsChallengesAndLogInsStillRequireACode() {
		Authenticator app = Authenticator.enrol(this.ann);
		TestMail.await(this.email, 1);
		String challenge = challenge();
		this.api.requestPasswordReset(this.email).data();
		String device = this.api
			.execute("""
					mutation ($input: ResetPasswordInput!) { resetPassword(input: $input) { deviceToken } }""",
					Map.of("input", Map.of("token", TestMail.awaitToken(this.email, 2), "newPassword", NEW_PASSWORD)))
			.text("/resetPassword/deviceToken");

		assertThat(finishLogin(challenge, app.nextCode()).violations())
			.containsExactly("input.challenge INVALID_TOKEN");
		assertThat(this.api.login(this.name, NEW_PASSWORD).reasons()).containsExactly(SECOND_FACTOR_REQUIRED);
		assertThat(beginLogin(NEW_PASSWORD, device).text("/beginLogin/__typename")).isEqualTo("LoginChallenge");
		assertThat(count("sessions")).isZero();
	}

	@Test
	void recoveryCodeIsValidOnceAndSendsAMail() {
		Authenticator app = Authenticator.enrol(this.ann);
		TestMail.await(this.email, 1);
		String code = app.recoveryCode(3);
		assertThat(code).matches("[a-z2-7]{4}(-[a-z2-7]{4}){3}");
		List<String> challenges = Stream.generate(this::challenge).limit(3).toList();

		List<CompletableFuture<Api.Response>> uses = challenges.stream()
			.map((challenge) -> CompletableFuture
				.supplyAsync(() -> recover(challenge, code.toUpperCase(Locale.ROOT).replace('-', ' '))))
			.toList();

		List<Api.Response> right = uses.stream()
			.map(CompletableFuture::join)
			.filter((response) -> response.codes().isEmpty())
			.toList();
		assertThat(right).hasSize(1);
		assertThat(right.getFirst().data().at("/finishLogin/session/amr").toString())
			.isEqualTo("[\"mfa\",\"pwd\",\"recovery\"]");
		assertThat(secondFactor(this.ann)).contains("\"recoveryCodesLeft\":9");
		assertThat(count("sessions")).isEqualTo(2);
		assertThat(TestMail.await(this.email, 2)).contains("a recovery code of your Kennel account was used");
	}

	@Test
	void recoveryCodesAreReplaced() {
		Authenticator app = Authenticator.enrol(this.ann);

		List<String> codes = Authenticator
			.recoveryCodes(this.ann.execute("mutation { replaceRecoveryCodes { recoveryCodes } }")
				.data()
				.at("/replaceRecoveryCodes"));

		assertThat(codes).hasSize(10).doesNotHaveDuplicates();
		assertThat(recover(challenge(), app.recoveryCode(0)).violations())
			.containsExactly("input.recoveryCode WRONG_CODE");
		assertThat(recover(challenge(), codes.get(0)).codes()).isEmpty();
		assertThat(this.api.signUp().execute("mutation { replaceRecoveryCodes { recoveryCodes } }").codes())
			.containsExactly("CONFLICT");
	}

	@Test
	void storeHasNoSecretAndNoCode() {
		Authenticator app = Authenticator.enrol(this.ann);
		challenge();

		List<String> rows = Stream.of("totp_secrets", "recovery_codes", "login_challenges")
			.flatMap((table) -> this.jdbc.sql("SELECT row_to_json(t)::text FROM " + table + " t WHERE user_id = ?")
				.param(account())
				.query(String.class)
				.list()
				.stream())
			.toList();

		assertThat(rows).hasSize(12)
			.noneMatch((row) -> row.contains(HexFormat.of().formatHex(app.secret()))
					|| row.contains(app.recoveryCode(0).replace("-", "")));
	}

	@Test
	void changingFactorsRequiresARecentProof() {
		ageProofs(10);
		assertThat(this.ann.execute("mutation { beginTotp { secret } }").reasons())
			.containsExactly(REAUTHENTICATION_REQUIRED);
		assertThat(count("totp_secrets")).isZero();
		assertThat(reauthenticate(this.ann, Map.of("password", Api.PASSWORD)).codes()).isEmpty();

		assertThat(this.ann.execute("mutation { beginTotp { secret } }").codes()).isEmpty();
	}

	@Test
	void changingExistingFactorsRequiresTheSecondFactor() {
		Authenticator app = Authenticator.enrol(this.ann);
		ageProofs(10);
		assertThat(reauthenticate(this.ann, Map.of("password", Api.PASSWORD)).codes()).isEmpty();

		for (String mutation : List.of("disableTotp { user { id } }", "beginTotp { secret }",
				"confirmTotp(input: {code: \"000000\"}) { recoveryCodes }", "replaceRecoveryCodes { recoveryCodes }",
				"setSecondFactorPolicy(input: {policy: NEW_DEVICES}) { user { id } }")) {
			assertThat(this.ann.execute("mutation { " + mutation + " }").reasons()).as(mutation)
				.containsExactly(REAUTHENTICATION_REQUIRED);
		}
		assertThat(secondFactor(this.ann)).isEqualTo(ENROLLED);
		assertThat(reauthenticate(this.ann, Map.of("code", app.wrongCode())).violations())
			.containsExactly("input.code WRONG_CODE");
		assertThat(reauthenticate(this.ann, Map.of()).violations()).containsExactly("input.password REQUIRED");
		assertThat(reauthenticate(this.ann, Map.of("password", Api.PASSWORD, "code", app.nextCode())).violations())
			.containsExactly("input.code EXCLUSIVE");
		assertThat(this.ann.execute("mutation { disableTotp { user { id } } }").reasons())
			.containsExactly(REAUTHENTICATION_REQUIRED);

		assertThat(reauthenticate(this.ann, Map.of("code", app.nextCode())).data().toString())
			.isEqualTo("{\"reauthenticate\":{\"session\":{\"amr\":[\"mfa\",\"otp\",\"pwd\"]}}}");
		assertThat(this.ann.execute("mutation { disableTotp { user { secondFactor { policy } } } }").data().toString())
			.isEqualTo("{\"disableTotp\":{\"user\":{\"secondFactor\":null}}}");
	}

	@Test
	void codeIsARecentProofForEndingOtherSessions() {
		Authenticator app = Authenticator.enrol(this.ann);
		ageProofs(10);
		assertThat(this.ann.execute("mutation { revokeOtherSessions { revokedCount } }").reasons())
			.containsExactly(REAUTHENTICATION_REQUIRED);

		assertThat(reauthenticate(this.ann, Map.of("code", app.nextCode())).codes()).isEmpty();

		assertThat(this.ann.execute("mutation { revokeOtherSessions { revokedCount } }").codes()).isEmpty();
	}

	@Test
	void accountWithoutSecondFactorHasNoCode() {
		assertThat(reauthenticate(this.ann, Map.of("code", "000000")).violations())
			.containsExactly("input.code WRONG_CODE");
		assertThat(reauthenticate(this.ann, Map.of("recoveryCode", "aaaa-aaaa-aaaa-aaaa")).violations())
			.containsExactly("input.recoveryCode WRONG_CODE");
	}

	@Test
	void removedFactorsAreDeletedAndSendAMail() {
		Authenticator.enrol(this.ann);
		String challenge = challenge();
		TestMail.await(this.email, 1);

		this.ann.execute("mutation { disableTotp { user { id } } }").data();

		assertThat(this.api.login(this.name, Api.PASSWORD).codes()).isEmpty();
		assertThat(Stream.of("second_factors", "totp_secrets", "recovery_codes", "login_challenges").map(this::count))
			.containsExactly(0L, 0L, 0L, 0L);
		assertThat(finishLogin(challenge, "000000").violations()).containsExactly("input.challenge INVALID_TOKEN");
		assertThat(TestMail.await(this.email, 2)).contains("one-time codes were removed");
		// Once more: no change, and no mail.
		this.ann.execute("mutation { disableTotp { user { id } } }").data();
		assertThat(TestMail.to(this.email)).hasSize(2);
	}

	private static void setPolicy(Api client, String policy) {
		client.execute("mutation { setSecondFactorPolicy(input: {policy: " + policy + "}) { user { id } } }").data();
	}

	@Test
	void trustedDeviceNeedsNoCode() {
		Authenticator app = Authenticator.enrol(this.ann);
		setPolicy(this.ann, "NEW_DEVICES");
		String device = finishLogin(challenge(), app.nextCode()).text("/finishLogin/deviceToken");

		Api.Response again = beginLogin(Api.PASSWORD, device);
		assertThat(again.data().at("/beginLogin/session/amr").toString()).isEqualTo("[\"pwd\"]");
		// The log-in renews the token, and not the trust in it.
		assertThat(beginLogin(Api.PASSWORD, again.text("/beginLogin/deviceToken")).text("/beginLogin/__typename"))
			.isEqualTo("AuthPayload");
		assertThat(beginLogin(Api.PASSWORD, null).text("/beginLogin/__typename")).isEqualTo("LoginChallenge");
		assertThat(this.api.withToken(again.text("/beginLogin/accessToken"))
			.execute("mutation { disableTotp { user { id } } }")
			.reasons()).containsExactly(REAUTHENTICATION_REQUIRED);

		setPolicy(this.ann, "NEW_DEVICES");
		assertThat(beginLogin(Api.PASSWORD, device).text("/beginLogin/__typename")).isEqualTo("LoginChallenge");
		setPolicy(this.ann, "ALWAYS");
		assertThat(beginLogin(Api.PASSWORD, device).text("/beginLogin/__typename")).isEqualTo("LoginChallenge");
	}

	@Test
	void policyOfTrustedDevicesSendsAMail() {
		Authenticator.enrol(this.ann);
		setPolicy(this.ann, "ALWAYS");
		setPolicy(this.ann, "NEW_DEVICES");
		assertThat(TestMail.await(this.email, 2)).contains("trusts devices from now on");
		SmallBuckets.exhaust(this.dataSource, RateLimitedAction.MAIL, "account", account().toString());
		assertThat(this.ann.execute("mutation { setSecondFactorPolicy(input: {policy: NEW_DEVICES}) { user { id } } }")
			.codes()).containsExactly("RATE_LIMITED");

		// The withdrawal is not prevented by mails that a stolen session uses up.
		setPolicy(this.ann, "ALWAYS");
		assertThat(TestMail.await(this.email, 3)).contains("trusts no devices any more");
		setPolicy(this.ann, "ALWAYS");
		setPolicy(this.ann, "ALWAYS");
		this.ann.execute("mutation { disableTotp { user { id } } }").data();

		TestMail.await(() -> TestMail.to(this.email),
				(mails) -> mails.stream().anyMatch((mail) -> mail.contains("one-time codes were removed")));
		assertThat(TestMail.to(this.email)).hasSize(4);
	}

	@Test
	void deviceTrustExpiresAfterThirtyDays() {
		Authenticator.enrol(this.ann);
		setPolicy(this.ann, "NEW_DEVICES");
		AccountId account = new AccountId(account());
		SecondFactor factor = Objects.requireNonNull(this.factors.find(account));
		Instant end = Instant.now().minus(Duration.ofDays(30));

		assertThat(this.factors.isTrusted(factor, device(account, factor, end))).isFalse();
		assertThat(this.factors.isTrusted(factor, device(account, factor, end.plusSeconds(60)))).isTrue();
	}

	private static DeviceProof device(AccountId account, SecondFactor factor, Instant since) {
		return new DeviceProof("a device", account, "a fingerprint", new DeviceTrust(factor.trustId(), since));
	}

	@Test
	void deviceThatHasProvedOnlyThePasswordIsNotTrusted() {
		String device = beginLogin(Api.PASSWORD, null).text("/beginLogin/deviceToken");
		Authenticator.enrol(this.ann);
		setPolicy(this.ann, "NEW_DEVICES");

		assertThat(beginLogin(Api.PASSWORD, device).text("/beginLogin/__typename")).isEqualTo("LoginChallenge");
	}

	@Test
	void deviceTrustedByAnotherAccountIsNotTrusted() {
		Api bob = this.api.signUp("b" + this.name);
		Authenticator bobs = Authenticator.enrol(bob);
		setPolicy(bob, "NEW_DEVICES");
		String challenge = beginLogin(this.api, "b" + this.name, Api.PASSWORD, null).text("/beginLogin/token");
		String device = finishLogin(challenge, bobs.nextCode()).text("/finishLogin/deviceToken");
		Authenticator.enrol(this.ann);
		setPolicy(this.ann, "NEW_DEVICES");

		assertThat(beginLogin(Api.PASSWORD, device).text("/beginLogin/__typename")).isEqualTo("LoginChallenge");
	}

	@Test
	void wrongCodesOfAllNetworksAreLimitedByAccountButNotRecoveryCodesAndKnownDevices() {
		Authenticator app = Authenticator.enrol(this.ann);
		String device = finishLogin(challenge(), app.nextCode()).text("/finishLogin/deviceToken");
		forgetSteps();
		SmallBuckets.exhaust(this.dataSource, RateLimitedAction.CODE, "hour", account().toString());
		String challenge = challenge();

		Api.Response refused = finishLogin(challenge, app.nextCode());
		assertThat(refused.codes()).containsExactly("RATE_LIMITED");
		assertThat(reauthenticate(this.ann, Map.of("code", app.nextCode())).codes()).containsExactly("RATE_LIMITED");
		assertThat(count("sessions")).isEqualTo(2);

		assertThat(recover(challenge, app.recoveryCode(0)).codes()).isEmpty();
		assertThat(
				finishLogin(this.api, Map.of("challenge", challenge(), "code", app.nextCode(), "deviceToken", device))
					.codes())
			.isEmpty();
	}

	/** A forged token names an account, but is no log-in. */
	@Test
	void guessesWithoutAChallengeAreNotChargedToTheAccount() {
		Authenticator.enrol(this.ann);
		String challenge = challenge();
		String forged = challenge.substring(0, 24) + "A".repeat(challenge.length() - 24);

		List<String> statements = this.sql.record(() -> finishLogin(forged, "000000"));

		assertThat(statements).noneMatch((statement) -> statement.contains("totp_secrets"));
		assertThat(this.jdbc.sql("SELECT count(*) FROM throttle_buckets WHERE id = ?")
			.param(SmallBuckets.key(RateLimitedAction.CODE, "hour", account().toString()))
			.query(Long.class)
			.single()).isZero();
	}

	@Test
	void logInWithAChallengeIsCharged() {
		SmallBuckets.shrink(this.dataSource, RateLimitedAction.LOGIN, "hour", this.name);
		assertThat(beginLogin(Api.PASSWORD, null).codes()).isEmpty();
		assertThat(beginLogin(Api.PASSWORD, null).codes()).isEmpty();
		Authenticator.enrol(this.ann);

		assertThat(beginLogin(Api.PASSWORD, null).text("/beginLogin/__typename")).isEqualTo("LoginChallenge");
		assertThat(beginLogin(Api.PASSWORD, null).codes()).containsExactly("RATE_LIMITED");
		assertThat(count("login_challenges")).isEqualTo(1);
	}

	@Test
	void secretsAreEncryptedWithTheNewKeyAfterARotation() {
		Authenticator app = Authenticator.enrol(this.ann);
		Map<String, @Nullable String> settings = new HashMap<>();
		settings.put("kennel.auth.keys[0].id", "rotated");
		settings.put("kennel.auth.keys[0].secret",
				Base64.getEncoder().encodeToString(new SecureRandom().generateSeed(32)));
		settings.put("kennel.auth.keys[1].id", this.environment.getProperty("kennel.auth.keys[0].id"));
		settings.put("kennel.auth.keys[1].secret", this.environment.getProperty("kennel.auth.keys[0].secret"));

		try (Instance instance = Instance.beside(this.environment, settings)) {
			instance.get(SecretResealer.class).run();

			assertThat(this.jdbc.sql("SELECT key_id FROM totp_secrets WHERE user_id = ?")
				.param(account())
				.query(String.class)
				.list()).containsExactly("rotated");
			String challenge = beginLogin(instance.api(), this.name, Api.PASSWORD, null).text("/beginLogin/token");
			assertThat(finishLogin(instance.api(), Map.of("challenge", challenge, "code", app.nextCode())).codes())
				.isEmpty();
		}
		finally {
			// Other tests share the service, which does not know the key.
			this.jdbc.sql("DELETE FROM totp_secrets WHERE key_id = 'rotated'").update();
		}
	}

	@Test
	void operatorResetsFactorsAndEndsSessions() throws SQLException {
		Authenticator.enrol(this.ann);
		String options = this.ann.execute("mutation { beginPasskeyRegistration { options } }")
			.text("/beginPasskeyRegistration/options");
		this.ann
			.execute("mutation ($c: String!) { finishPasskeyRegistration(input: {credential: $c}) { passkey { id } } }",
					Map.of("c", new SoftwareAuthenticator().create(options)))
			.data();
		String[] settings = Stream.of("url", "username", "password")
			.map((member) -> "--spring.datasource." + member + "="
					+ this.environment.getProperty("spring.datasource." + member, ""))
			.toArray(String[]::new);

		assertThatIllegalArgumentException()
			.isThrownBy(() -> FactorResetApplication.reset(with(settings, "no such name")));
		assertThat(secondFactor(this.ann)).isEqualTo(ENROLLED);
		assertThat(count("passkeys")).isEqualTo(1);
		try (HeldRow row = holdAccount()) {
			CompletableFuture<Boolean> reset = CompletableFuture
				.supplyAsync(() -> FactorResetApplication.reset(with(settings, this.name.toUpperCase(Locale.ROOT))));
			row.awaitWaiter("%FROM users WHERE username_key%");
			// A registration that has come first.
			row.execute(
					"INSERT INTO passkeys SELECT user_id, gen_random_uuid(), decode('00', 'hex'), name, public_key, "
							+ "aaguid, 0, false, false, '', created_at FROM passkeys WHERE user_id = ?",
					account());
			row.commit();
			assertThat(reset.join()).isTrue();
		}

		assertThat(Stream
			.of("second_factors", "totp_secrets", "recovery_codes", "login_challenges", "passkeys", "sessions")
			.map(this::count)).containsExactly(0L, 0L, 0L, 0L, 0L, 0L);
		assertThat(count("session_revocations")).isEqualTo(1);
		Api.Response login = this.api.login(this.name, Api.PASSWORD);
		assertThat(secondFactor(this.api.withToken(login.text("/login/accessToken")))).isEqualTo("null");
		assertThat(FactorResetApplication.reset(with(settings, this.name))).isFalse();
		assertThat(FactorResetApplication.isRequested("--server.port=0")).isFalse();
	}

	private HeldRow holdAccount() throws SQLException {
		return new HeldRow(this.dataSource, "SELECT 1 FROM users WHERE username = ? FOR NO KEY UPDATE", this.name);
	}

	/**
	 * The session ends as by a restored address, a new password or an operator's reset.
	 */
	@Test
	void changeWaitingForTheRevocationOfItsSessionIsRefused() throws SQLException {
		byte[] secret = Authenticator.decode(Authenticator.begin(this.ann));
		try (HeldRow row = holdAccount()) {
			CompletableFuture<Api.Response> confirmation = CompletableFuture
				.supplyAsync(() -> Authenticator.confirm(this.ann, Totp.code(secret, Authenticator.step())));
			row.awaitWaiter("%from users%for no key update%");
			row.execute("DELETE FROM sessions WHERE user_id = ?", account());
			row.commit();

			assertThat(confirmation.join().reasons()).containsExactly("UNAUTHENTICATED SESSION_ENDED");
		}
		assertThat(count("second_factors")).isZero();
	}

	@Test
	void sessionDoesNotEndBetweenTheProofAndTheChange() {
		byte[] secret = Authenticator.decode(Authenticator.begin(this.ann));
		AtomicReference<CompletableFuture<Api.Response>> logout = new AtomicReference<>();

		Api.Response confirmation = this.sql.interposing("UPDATE totp_secrets SET confirmed", () -> {
			logout.set(CompletableFuture.supplyAsync(() -> this.ann.execute("mutation { logout { success } }"),
					Thread::startVirtualThread));
			try (HeldRow none = new HeldRow(this.dataSource, "SELECT ?", 1)) {
				none.awaitWaiter("WITH ended AS (DELETE FROM sessions%");
			}
			catch (SQLException ex) {
				throw new IllegalStateException(ex);
			}
		}, () -> Authenticator.confirm(this.ann, Totp.code(secret, Authenticator.step())));

		assertThat(confirmation.codes()).isEmpty();
		assertThat(logout.get().join().codes()).isEmpty();
		assertThat(count("second_factors")).isEqualTo(1);
		assertThat(count("sessions")).isZero();
	}

	/** In the same order as an operator's reset, which would deadlock with it. */
	@Test
	void reauthenticationLocksTheAccountBeforeItsFactors() throws SQLException {
		Authenticator app = Authenticator.enrol(this.ann);
		try (HeldRow row = holdAccount()) {
			CompletableFuture<Api.Response> reauthentication = CompletableFuture.supplyAsync(() -> this.ann.execute(
					"mutation ($code: String!) { reauthenticate(input: {code: $code}) { session { amr } } }",
					Map.of("code", app.nextCode())));
			row.awaitWaiter("%from users%for no key update%");
			row.execute("DELETE FROM totp_secrets WHERE user_id = ?", account());
			row.commit();

			assertThat(reauthentication.join().violations()).containsExactly("input.code WRONG_CODE");
		}
	}

	/** A stolen session uses up the mails of the account. */
	@Test
	void removalSucceedsWithAnExhaustedMailLimit() {
		Authenticator.enrol(this.ann);
		SmallBuckets.exhaust(this.dataSource, RateLimitedAction.MAIL, "account", account().toString());
		assertThat(this.ann.execute("mutation { replaceRecoveryCodes { recoveryCodes } }").codes())
			.containsExactly("RATE_LIMITED");

		assertThat(this.ann.execute("mutation { disableTotp { user { id } } }").codes()).isEmpty();

		assertThat(count("second_factors")).isZero();
		assertThat(TestMail.await(this.email, 2)).contains("one-time codes were removed");
	}

	private static String[] with(String[] settings, String username) {
		return Stream.concat(Stream.of(settings), Stream.of("--kennel.account.reset-factors=" + username))
			.toArray(String[]::new);
	}

	@Test
	void deletedAccountHasNoFactors() {
		Authenticator.enrol(this.ann);
		challenge();
		UUID account = account();

		this.ann
			.execute("mutation ($input: DeleteMeInput!) { deleteMe(input: $input) { deletedUserId } }",
					Map.of("input", Map.of("password", Api.PASSWORD)))
			.data();

		assertThat(Stream.of("second_factors", "totp_secrets", "recovery_codes", "login_challenges")
			.map((table) -> this.jdbc.sql("SELECT count(*) FROM " + table + " WHERE user_id = ?")
				.param(account)
				.query(Long.class)
				.single()))
			.containsExactly(0L, 0L, 0L, 0L);
	}

}
