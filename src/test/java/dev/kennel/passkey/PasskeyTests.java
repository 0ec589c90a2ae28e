package dev.kennel.passkey;

import java.math.BigInteger;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;

import javax.sql.DataSource;

import dev.kennel.factor.Authenticator;
import dev.kennel.identity.Client;
import dev.kennel.test.Api;
import dev.kennel.test.HeldRow;
import dev.kennel.test.KennelTest;
import dev.kennel.test.SqlRecorder;
import dev.kennel.test.TestMail;
import dev.kennel.throttle.RateLimitedAction;
import dev.kennel.throttle.SmallBuckets;
import dev.kennel.throttle.TestClient;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/** Passkeys, over HTTP, with an authenticator that may lie. */
@KennelTest
@ExtendWith(OutputCaptureExtension.class)
class PasskeyTests {

	private static final JsonMapper JSON = new JsonMapper();

	private static final String REFUSED = "UNAUTHENTICATED INVALID_CREDENTIALS";

	/** The statement that locks an account. */
	private static final String LOCK = "%from users%for no key update%";

	private static final String REAUTHENTICATION_REQUIRED = "FORBIDDEN REAUTHENTICATION_REQUIRED";

	private final Api api;

	private final JdbcClient jdbc;

	private final SqlRecorder sql;

	private final DataSource dataSource;

	/** An address of its own, whose failures count for no other test. */
	private final String address = TestClient.address();

	private final String name = "p" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);

	private final String email = this.name + "@example.com";

	private Api ann;

	PasskeyTests(Api api, JdbcClient jdbc, SqlRecorder sql, DataSource dataSource) {
		this.api = api.from(this.address);
		this.jdbc = jdbc;
		this.sql = sql;
		this.dataSource = dataSource;
		this.ann = api;
	}

	@BeforeEach
	void signUp() {
		this.ann = this.api.signUp(this.name);
	}

	private static String begin(Api client, String mutation) {
		return client.execute("mutation { begin: " + mutation + " { options expiresAt } }").text("/begin/options");
	}

	private static String beginRegistration(Api client) {
		return begin(client, "beginPasskeyRegistration");
	}

	private String beginLogin() {
		return begin(this.api, "beginPasskeyLogin");
	}

	private static Api.Response finishRegistration(Api client, String credential, @Nullable String name) {
		Map<String, @Nullable Object> input = new HashMap<>();
		input.put("credential", credential);
		input.put("name", name);
		return client.execute("""
				mutation ($input: FinishPasskeyRegistrationInput!) {
				  finishPasskeyRegistration(input: $input) { passkey { id name lastUsedAt backedUp } }
				}""", Map.of("input", input));
	}

	private static Api.Response register(Api client, SoftwareAuthenticator authenticator) {
		return finishRegistration(client, authenticator.create(beginRegistration(client)), null);
	}

	/** Registers a passkey of a new authenticator. */
	private static SoftwareAuthenticator registered(Api client) {
		SoftwareAuthenticator authenticator = new SoftwareAuthenticator();
		assertThat(register(client, authenticator).codes()).isEmpty();
		return authenticator;
	}

	private Api.Response finishLogin(String credential) {
		return finishLogin(credential, null);
	}

	private Api.Response finishLogin(String credential, @Nullable String deviceToken) {
		Map<String, @Nullable Object> input = new HashMap<>();
		input.put("credential", credential);
		input.put("deviceToken", deviceToken);
		return this.api.execute("""
				mutation ($input: FinishPasskeyLoginInput!) {
				  finishPasskeyLogin(input: $input) {
				    accessToken refreshToken deviceToken user { username } session { amr current }
				  }
				}""", Map.of("input", input));
	}

	private Api.Response logIn(SoftwareAuthenticator authenticator) {
		return finishLogin(authenticator.get(beginLogin()));
	}

	private static Api.Response reauthenticate(Api client, Map<String, ?> input) {
		return client.execute("""
				mutation ($input: ReauthenticateInput!) { reauthenticate(input: $input) { session { amr } } }""",
				Map.of("input", input));
	}

	private static Api.Response rename(Api client, String id, String name) {
		return client.execute("""
				mutation ($input: RenamePasskeyInput!) { renamePasskey(input: $input) { passkey { id name } } }""",
				Map.of("input", Map.of("id", id, "name", name)));
	}

	private static Api.Response remove(Api client, String id) {
		return client.execute("""
				mutation ($input: RemovePasskeyInput!) { removePasskey(input: $input) { removedPasskeyId } }""",
				Map.of("input", Map.of("id", id)));
	}

	private static String passkeyId(Api client) {
		return client.execute("{ me { passkeys { id } } }").text("/me/passkeys/0/id");
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

	private long signCount() {
		return this.jdbc.sql("SELECT sign_count FROM passkeys WHERE user_id = ?")
			.param(account())
			.query(Long.class)
			.single();
	}

	/** Moves all proofs of the account's sessions into the past. */
	private void ageProofs() {
		this.jdbc
			.sql("UPDATE sessions SET created_at = created_at - interval '11 minutes', "
					+ "authenticated_at = authenticated_at - interval '11 minutes', "
					+ "second_factor_at = second_factor_at - interval '11 minutes' WHERE user_id = ?")
			.param(account())
			.update();
	}

	@Test
	void optionsHaveTheFormatThatBrowsersParse() {
		JsonNode options = JSON.readTree(beginRegistration(this.ann));
		byte[] handle = Base64.getUrlDecoder().decode(options.at("/user/id").asString());
		assertThat(handle).hasSize(64);
		byte[] ofAnother = Base64.getUrlDecoder()
			.decode(JSON.readTree(beginRegistration(this.api.signUp("b" + this.name))).at("/user/id").asString());
		assertThat(ofAnother).hasSize(64).isNotEqualTo(handle);
		assertThat(Base64.getUrlDecoder().decode(options.get("challenge").asString())).hasSizeGreaterThan(56);
		((ObjectNode) options).remove("challenge");
		((ObjectNode) options.get("user")).remove("id");
		assertThat(options.toString()).isEqualTo(("{'rp':{'id':'localhost','name':'Kennel'},"
				+ "'user':{'name':'NAME','displayName':'NAME'}," + "'pubKeyCredParams':[{'type':'public-key','alg':-7},"
				+ "{'type':'public-key','alg':-8},{'type':'public-key','alg':-257}],'timeout':120000,"
				+ "'excludeCredentials':[],'authenticatorSelection':{'residentKey':'required',"
				+ "'requireResidentKey':true,'userVerification':'required'},'attestation':'none'}")
			.replace('\'', '"')
			.replace("NAME", this.name));

		SoftwareAuthenticator authenticator = registered(this.ann);
		assertThat(authenticator.handle).isEqualTo(handle);
		String descriptors = ("[{'type':'public-key','id':'"
				+ Base64.getUrlEncoder().withoutPadding().encodeToString(authenticator.credentialId())
				+ "','transports':['hybrid','internal']}]")
			.replace('\'', '"');
		assertThat(JSON.readTree(beginRegistration(this.ann)).get("excludeCredentials").toString())
			.isEqualTo(descriptors);
		assertThat(JSON.readTree(begin(this.ann, "beginPasskeyReauthentication")).get("allowCredentials").toString())
			.isEqualTo(descriptors);
		JsonNode login = JSON.readTree(beginLogin());
		((ObjectNode) login).remove("challenge");
		assertThat(login.toString())
			.isEqualTo("{'timeout':120000,'rpId':'localhost','allowCredentials':[],'userVerification':'required'}"
				.replace('\'', '"'));
	}

	@Test
	void passkeyLogsInWithoutPasswordAndSecondFactor() {
		Authenticator.enrol(this.ann);
		SoftwareAuthenticator authenticator = registered(this.ann);
		assertThat(TestMail.await(this.email, 2)).contains("a passkey was added");

		Api.Response response = logIn(authenticator);

		assertThat(response.codes()).isEmpty();
		assertThat(response.text("/finishPasskeyLogin/user/username")).isEqualTo(this.name);
		assertThat(response.data().at("/finishPasskeyLogin/session").toString())
			.isEqualTo("{\"amr\":[\"hwk\",\"mfa\"],\"current\":true}");
		Api phone = this.api.withToken(response.text("/finishPasskeyLogin/accessToken"));
		assertThat(phone.execute("{ me { passkeys { name backedUp } } }").data().at("/me/passkeys").toString())
			.isEqualTo("[{\"name\":\"Passkey\",\"backedUp\":false}]");
		assertThat(phone.execute("{ me { passkeys { lastUsedAt } } }").text("/me/passkeys/0/lastUsedAt")).isNotEmpty();
		assertThat(signCount()).isEqualTo(2);
	}

	@Test
	void backedUpPasskeyIsASoftwareKeyAndItsStateIsStored() {
		SoftwareAuthenticator authenticator = new SoftwareAuthenticator();
		authenticator.flags |= SoftwareAuthenticator.BACKUP_ELIGIBLE;
		authenticator.counter = 0;
		assertThat(finishRegistration(this.ann, authenticator.create(beginRegistration(this.ann)), " Phone ").data()
			.at("/finishPasskeyRegistration/passkey/name")
			.asString()).isEqualTo("Phone");
		authenticator.flags |= SoftwareAuthenticator.BACKED_UP;

		Api.Response response = finishLogin(authenticator.get(beginLogin()));

		assertThat(response.data().at("/finishPasskeyLogin/session/amr").toString()).isEqualTo("[\"mfa\",\"swk\"]");
		assertThat(
				this.ann.execute("{ me { passkeys { backedUp } } }").data().at("/me/passkeys/0/backedUp").asBoolean())
			.isTrue();
		// An authenticator that counts nothing stays at 0.
		assertThat(finishLogin(authenticator.get(beginLogin())).codes()).isEmpty();
		authenticator.flags = SoftwareAuthenticator.USER_PRESENT | SoftwareAuthenticator.USER_VERIFIED;
		assertThat(finishLogin(authenticator.get(beginLogin())).reasons()).containsExactly(REFUSED);
		assertThat(count("sessions")).isEqualTo(3);
	}

	@Test
	void signCountThatDoesNotIncreaseIsRefusedLoggedAndMailed(CapturedOutput output) {
		SoftwareAuthenticator authenticator = registered(this.ann);
		TestMail.await(this.email, 1);
		authenticator.counter = 10;
		assertThat(logIn(authenticator).codes()).isEmpty();

		authenticator.counter = 10;
		assertThat(logIn(authenticator).reasons()).containsExactly(REFUSED);
		authenticator.counter = 0;
		assertThat(logIn(authenticator).reasons()).containsExactly(REFUSED);

		assertThat(signCount()).isEqualTo(11);
		assertThat(count("sessions")).isEqualTo(2);
		assertThat(TestMail.await(this.email, 2)).contains("an older state of it was used", "It is not backed up.");
		assertThat(lines(output, "passkey-cloned")).hasSize(2)
			.allMatch((line) -> line.endsWith(" object=" + passkeyId(this.ann)));
		assertThat(lines(output, "login-failed")).isEmpty();
	}

	/** Returns the lines of the security log about an event of the account. */
	private List<String> lines(CapturedOutput output, String event) {
		String account = id();
		return output.getOut()
			.lines()
			.filter((line) -> line.contains("event=" + event + " account=" + account))
			.toList();
	}

	/** The proofs are verified before the first of them counts. */
	@Test
	void concurrentProofsWithTheSameSignCountSucceedOnceAndSendAMail(CapturedOutput output) throws SQLException {
		SoftwareAuthenticator authenticator = registered(this.ann);
		TestMail.await(this.email, 1);
		List<String> proofs = Stream.generate(() -> {
			authenticator.counter = 5;
			return authenticator.get(beginLogin());
		}).limit(2).toList();
		List<CompletableFuture<Api.Response>> uses;
		try (HeldRow row = holdAccount()) {
			uses = proofs.stream()
				.map((proof) -> CompletableFuture.supplyAsync(() -> finishLogin(proof), Thread::startVirtualThread))
				.toList();
			row.awaitWaiters(LOCK, 2);
			row.commit();
		}

		assertThat(uses.stream().map(CompletableFuture::join).map((response) -> String.join(" ", response.reasons())))
			.containsExactlyInAnyOrder("", REFUSED);
		assertThat(count("sessions")).isEqualTo(2);
		assertThat(lines(output, "passkey-cloned")).hasSize(1);
		assertThat(TestMail.await(this.email, 2)).contains("an older state of it was used");
	}

	private HeldRow holdAccount() throws SQLException {
		return new HeldRow(this.dataSource, "SELECT 1 FROM users WHERE username = ? FOR NO KEY UPDATE", this.name);
	}

	@Test
	void logInWaitingForTheDeletionOfTheAccountIsRefused() throws SQLException {
		SoftwareAuthenticator authenticator = registered(this.ann);
		String proof = authenticator.get(beginLogin());
		try (HeldRow row = holdAccount()) {
			CompletableFuture<Api.Response> login = CompletableFuture.supplyAsync(() -> finishLogin(proof));
			row.awaitWaiter(LOCK);
			row.execute("UPDATE users SET deleted_at = clock_timestamp() WHERE username = ?", this.name);
			row.commit();

			assertThat(login.join().reasons()).containsExactly(REFUSED);
		}
	}

	/**
	 * The session ends as by a restored address, a new password or an operator's reset.
	 */
	@Test
	void registrationWaitingForTheRevocationOfItsSessionIsRefused() throws SQLException {
		String credential = new SoftwareAuthenticator().create(beginRegistration(this.ann));
		try (HeldRow row = holdAccount()) {
			CompletableFuture<Api.Response> registration = CompletableFuture
				.supplyAsync(() -> finishRegistration(this.ann, credential, null));
			row.awaitWaiter(LOCK);
			row.execute("DELETE FROM sessions WHERE user_id = ?", account());
			row.commit();

			assertThat(registration.join().reasons()).containsExactly("UNAUTHENTICATED SESSION_ENDED");
		}
		assertThat(count("passkeys")).isZero();
	}

	@Test
	void newAddressWaitingForTheRevocationOfItsSessionIsRefused() throws SQLException {
		try (HeldRow row = holdAccount()) {
			CompletableFuture<Api.Response> change = CompletableFuture.supplyAsync(() -> this.ann.execute(
					"mutation ($input: UpdateMeInput!) { updateMe(input: $input) { user { email } } }",
					Map.of("input", Map.of("email", "o" + this.email, "currentPassword", Api.PASSWORD))));
			row.awaitWaiter(LOCK);
			row.execute("DELETE FROM sessions WHERE user_id = ?", account());
			row.commit();

			assertThat(change.join().reasons()).containsExactly("UNAUTHENTICATED SESSION_ENDED");
		}
		assertThat(this.jdbc.sql("SELECT email FROM users WHERE id = ?").param(account()).query(String.class).single())
			.isEqualTo(this.email);
	}

	/** Executes an action, and waits until a statement waits for a lock. */
	private <T> CompletableFuture<T> startAndAwait(Supplier<T> action, String statement) {
		CompletableFuture<T> started = CompletableFuture.supplyAsync(action, Thread::startVirtualThread);
		try (HeldRow none = new HeldRow(this.dataSource, "SELECT ?", 1)) {
			none.awaitWaiter(statement);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
		return started;
	}

	@Test
	void sessionDoesNotEndBetweenTheProofAndTheRegistration() {
		String credential = new SoftwareAuthenticator().create(beginRegistration(this.ann));
		AtomicReference<CompletableFuture<Api.Response>> logout = new AtomicReference<>();

		Api.Response registration = this.sql
			.interposing("INTO used_passkey_challenges",
					() -> logout.set(startAndAwait(() -> this.ann.execute("mutation { logout { success } }"),
							"WITH ended AS (DELETE FROM sessions%")),
					() -> finishRegistration(this.ann, credential, null));

		assertThat(registration.codes()).isEmpty();
		assertThat(logout.get().join().codes()).isEmpty();
		assertThat(count("passkeys")).isEqualTo(1);
		assertThat(this.ann.execute("{ me { id } }").reasons()).containsExactly("UNAUTHENTICATED SESSION_ENDED");
	}

	@Test
	void onlyOneOfTwoSessionsThatRevokeEachOtherSucceeds() {
		registered(this.ann);
		Api phone = this.api.withToken(this.api.login(this.name, Api.PASSWORD).text("/login/accessToken"));
		String passkey = passkeyId(this.ann);
		AtomicReference<CompletableFuture<Api.Response>> revocation = new AtomicReference<>();

		Api.Response removal = this.sql.interposing("DELETE FROM passkeys",
				() -> revocation
					.set(startAndAwait(() -> phone.execute("mutation { revokeOtherSessions { revokedCount } }"), LOCK)),
				() -> remove(this.ann, passkey));

		assertThat(removal.codes()).isEmpty();
		assertThat(revocation.get().join().reasons()).containsExactly("UNAUTHENTICATED SESSION_ENDED");
		assertThat(count("sessions")).isEqualTo(1);
		assertThat(this.ann.execute("{ me { id } }").codes()).isEmpty();
	}

	/** In the same order as an operator's reset, which would deadlock with it. */
	@Test
	void reauthenticationLocksTheAccountBeforeItsPasskeys() throws SQLException {
		SoftwareAuthenticator authenticator = registered(this.ann);
		String proof = authenticator.get(begin(this.ann, "beginPasskeyReauthentication"));
		try (HeldRow row = holdAccount()) {
			CompletableFuture<Api.Response> reauthentication = CompletableFuture
				.supplyAsync(() -> reauthenticate(this.ann, Map.of("passkey", proof)));
			row.awaitWaiter(LOCK);
			row.execute("DELETE FROM passkeys WHERE user_id = ?", account());
			row.commit();

			assertThat(reauthentication.join().violations()).containsExactly("input.passkey WRONG_PASSKEY");
		}
		assertThat(count("passkeys")).isZero();
	}

	@Test
	void passkeyMakesNoDeviceKnownOrTrusted() {
		String known = this.api
			.execute("mutation ($input: LoginInput!) { login(input: $input) { deviceToken } }",
					Map.of("input", Map.of("username", this.name, "password", Api.PASSWORD)))
			.text("/login/deviceToken");
		Authenticator app = Authenticator.enrol(this.ann);
		this.ann.execute("mutation { setSecondFactorPolicy(input: {policy: NEW_DEVICES}) { user { id } } }").data();
		SoftwareAuthenticator authenticator = registered(this.ann);

		assertThat(logIn(authenticator).data().at("/finishPasskeyLogin/deviceToken").isNull()).isTrue();
		String renewed = logIn(authenticator, known);
		assertThat(deviceId(renewed)).isEqualTo(deviceId(known));
		Api.Response begun = beginLogin(renewed);
		assertThat(begun.text("/beginLogin/__typename")).isEqualTo("LoginChallenge");

		String trusted = this.api
			.execute("mutation ($input: FinishLoginInput!) { finishLogin(input: $input) { deviceToken } }",
					Map.of("input", Map.of("challenge", begun.text("/beginLogin/token"), "code", app.nextCode())))
			.text("/finishLogin/deviceToken");
		assertThat(beginLogin(logIn(authenticator, trusted)).text("/beginLogin/__typename")).isEqualTo("AuthPayload");

		this.ann
			.execute("mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { user { id } } }",
					Map.of("input", Map.of("currentPassword", Api.PASSWORD, "newPassword", Api.PASSWORD + "!")))
			.data();
		Api.Response later = finishLogin(authenticator.get(beginLogin()), trusted);
		assertThat(later.data().at("/finishPasskeyLogin/deviceToken").isNull()).isTrue();
	}

	/** Logs in with a passkey; returns the renewed device token. */
	private String logIn(SoftwareAuthenticator authenticator, String deviceToken) {
		return finishLogin(authenticator.get(beginLogin()), deviceToken).text("/finishPasskeyLogin/deviceToken");
	}

	private static String deviceId(String deviceToken) {
		return JSON.readTree(Base64.getUrlDecoder().decode(deviceToken.split("\\.")[1])).get("jti").asString();
	}

	private Api.Response beginLogin(String deviceToken) {
		return this.api.execute("""
				mutation ($input: LoginInput!) {
				  beginLogin(input: $input) { __typename ... on LoginChallenge { token } }
				}""",
				Map.of("input", Map.of("username", this.name, "password", Api.PASSWORD, "deviceToken", deviceToken)));
	}

	@Test
	void passkeysOfEachAlgorithmLogInUnlessTheirKeyIsShort() {
		for (SoftwareAuthenticator authenticator : List.of(SoftwareAuthenticator.ed25519(),
				SoftwareAuthenticator.rsa(2_048))) {
			assertThat(register(this.ann, authenticator).codes()).isEmpty();
			assertThat(logIn(authenticator).codes()).isEmpty();
		}

		assertThat(register(this.ann, SoftwareAuthenticator.rsa(1_024)).violations())
			.containsExactly("input.credential WRONG_PASSKEY");
		assertThat(count("passkeys")).isEqualTo(2);
	}

	@Test
	void wrongProofOfAKnownPasskeyIsLoggedWithItsId(CapturedOutput output) {
		SoftwareAuthenticator authenticator = registered(this.ann);
		authenticator.flags = SoftwareAuthenticator.USER_PRESENT;
		String proof = authenticator.get(begin(this.ann, "beginPasskeyReauthentication"));

		assertThat(reauthenticate(this.ann, Map.of("passkey", proof)).violations())
			.containsExactly("input.passkey WRONG_PASSKEY");

		assertThat(lines(output, "passkey-wrong")).singleElement()
			.asString()
			.contains(" object=" + passkeyId(this.ann));
	}

	/** The account would need a passkey that never works. */
	@Test
	void keyThatCannotVerifyProofsIsRefused() {
		SoftwareAuthenticator labelledRs256 = new SoftwareAuthenticator();
		labelledRs256.algorithm = new byte[] { 0x39, 0x01, 0x00 };
		SoftwareAuthenticator labelledEdDsa = new SoftwareAuthenticator();
		labelledEdDsa.algorithm = new byte[] { 0x27 };
		SoftwareAuthenticator labelledEs256 = SoftwareAuthenticator.rsa(2_048);
		labelledEs256.algorithm = new byte[] { 0x26 };
		SoftwareAuthenticator offTheCurve = new SoftwareAuthenticator();
		offTheCurve.x = BigInteger.ONE;

		for (SoftwareAuthenticator authenticator : List.of(labelledRs256, labelledEdDsa, labelledEs256, offTheCurve)) {
			assertThat(register(this.ann, authenticator).violations())
				.containsExactly("input.credential WRONG_PASSKEY");
		}
		assertThat(count("passkeys")).isZero();
	}

	@Test
	void credentialOfAnotherTypeOrWithDifferentIdsIsMalformed() {
		SoftwareAuthenticator authenticator = registered(this.ann);
		String created = new SoftwareAuthenticator().create(beginRegistration(this.ann));
		String proof = authenticator.get(beginLogin());
		for (String member : List.of("id", "rawId", "type")) {
			String other = member.equals("type") ? "password" : "AAAA";
			ObjectNode credential = (ObjectNode) JSON.readTree(created);
			assertThat(finishRegistration(this.ann, credential.put(member, other).toString(), null).violations())
				.containsExactly("input.credential FORMAT");
			assertThat(finishLogin(((ObjectNode) JSON.readTree(proof)).put(member, other).toString()).violations())
				.containsExactly("input.credential FORMAT");
		}
		assertThat(count("passkeys")).isEqualTo(1);
		assertThat(count("sessions")).isEqualTo(1);
		assertThat(finishLogin(proof).codes()).isEmpty();
	}

	private String id() {
		return this.ann.execute("{ me { id } }").text("/me/id");
	}

	@Test
	void onlyOneOfConcurrentProofsWithTheSameSignCountSucceeds() {
		SoftwareAuthenticator authenticator = registered(this.ann);
		List<String> proofs = Stream.generate(() -> {
			authenticator.counter = 5;
			return authenticator.get(beginLogin());
		}).limit(4).toList();

		List<CompletableFuture<Api.Response>> uses = proofs.stream()
			.map((proof) -> CompletableFuture.supplyAsync(() -> finishLogin(proof)))
			.toList();

		assertThat(uses.stream().map(CompletableFuture::join).filter((response) -> response.codes().isEmpty()))
			.hasSize(1);
		assertThat(count("sessions")).isEqualTo(2);
	}

	@Test
	void proofIsAcceptedOnce() {
		SoftwareAuthenticator authenticator = new SoftwareAuthenticator();
		authenticator.counter = 0;
		assertThat(register(this.ann, authenticator).codes()).isEmpty();
		String proof = authenticator.get(beginLogin());
		assertThat(finishLogin(proof).codes()).isEmpty();

		assertThat(finishLogin(proof).violations()).containsExactly("input.credential INVALID_TOKEN");

		String once = authenticator.get(beginLogin());
		List<CompletableFuture<Api.Response>> uses = Stream
			.generate(() -> CompletableFuture.supplyAsync(() -> finishLogin(once)))
			.limit(4)
			.toList();
		assertThat(uses.stream().map(CompletableFuture::join).filter((response) -> response.codes().isEmpty()))
			.hasSize(1);
		assertThat(count("sessions")).isEqualTo(3);
	}

	@Test
	void proofOfAnotherOriginRelyingPartyTypeOrFrameIsRefused() {
		SoftwareAuthenticator authenticator = registered(this.ann);
		authenticator.origin = "https://kennel.example";
		assertThat(logIn(authenticator).reasons()).containsExactly(REFUSED);
		authenticator.origin = "http://localhost:8081";
		assertThat(logIn(authenticator).reasons()).containsExactly(REFUSED);
		authenticator.origin = "http://localhost:8080";
		authenticator.relyingParty = "kennel.example";
		assertThat(logIn(authenticator).reasons()).containsExactly(REFUSED);
		authenticator.relyingParty = "localhost";
		authenticator.type = "webauthn.create";
		assertThat(logIn(authenticator).reasons()).containsExactly(REFUSED);
		authenticator.type = "";
		authenticator.crossOrigin = true;
		assertThat(logIn(authenticator).reasons()).containsExactly(REFUSED);
		assertThat(count("sessions")).isEqualTo(1);
		assertThat(signCount()).isEqualTo(1);

		authenticator.crossOrigin = false;
		assertThat(logIn(authenticator).codes()).isEmpty();
	}

	@Test
	void proofWithoutUserVerificationOrPresenceIsRefused() {
		SoftwareAuthenticator authenticator = registered(this.ann);
		authenticator.flags = SoftwareAuthenticator.USER_PRESENT;
		assertThat(logIn(authenticator).reasons()).containsExactly(REFUSED);
		authenticator.flags = SoftwareAuthenticator.USER_VERIFIED;
		assertThat(logIn(authenticator).reasons()).containsExactly(REFUSED);
		assertThat(count("sessions")).isEqualTo(1);
	}

	@Test
	void proofOfAnotherKeyOrAnotherAccountIsRefused(CapturedOutput output) {
		SoftwareAuthenticator authenticator = registered(this.ann);
		SoftwareAuthenticator forged = new SoftwareAuthenticator(authenticator.credentialId());
		forged.handle = authenticator.handle;
		forged.counter = 100;
		assertThat(logIn(forged).reasons()).containsExactly(REFUSED);
		assertThat(lines(output, "login-failed")).hasSize(1);

		// The same credential id at another account is another passkey.
		Api bob = this.api.signUp("b" + this.name);
		SoftwareAuthenticator copied = new SoftwareAuthenticator(authenticator.credentialId());
		assertThat(register(bob, copied).codes()).isEmpty();
		assertThat(logIn(copied).text("/finishPasskeyLogin/user/username")).isEqualTo("b" + this.name);
		copied.handle = authenticator.handle;
		assertThat(logIn(copied).reasons()).containsExactly(REFUSED);
		authenticator.handle = SoftwareAuthenticator.random(64);
		assertThat(logIn(authenticator).reasons()).containsExactly(REFUSED);
		authenticator.handle = new byte[0];
		assertThat(logIn(authenticator).reasons()).containsExactly(REFUSED);

		assertThat(count("sessions")).isEqualTo(1);
		assertThat(signCount()).isEqualTo(1);
	}

	@Test
	void challengeForAnotherPurposeIsInvalid() {
		SoftwareAuthenticator authenticator = registered(this.ann);
		authenticator.counter = 10;
		Api bob = this.api.signUp("b" + this.name);

		assertThat(finishLogin(authenticator.get(beginRegistration(this.ann))).violations())
			.containsExactly("input.credential INVALID_TOKEN");
		assertThat(finishLogin(authenticator.get(begin(this.ann, "beginPasskeyReauthentication"))).violations())
			.containsExactly("input.credential INVALID_TOKEN");
		assertThat(finishLogin(authenticator.get("{\"challenge\":\"AAAA\"}")).violations())
			.containsExactly("input.credential INVALID_TOKEN");
		assertThat(reauthenticate(this.ann, Map.of("passkey", authenticator.get(beginLogin()))).violations())
			.containsExactly("input.passkey INVALID_TOKEN");
		assertThat(reauthenticate(this.ann,
				Map.of("passkey", authenticator.get(begin(bob, "beginPasskeyReauthentication"))))
			.violations()).containsExactly("input.passkey INVALID_TOKEN");
		SoftwareAuthenticator other = new SoftwareAuthenticator();
		assertThat(finishRegistration(this.ann, other.create(beginRegistration(bob)), null).violations())
			.containsExactly("input.credential INVALID_TOKEN");
		assertThat(count("passkeys")).isEqualTo(1);
		assertThat(count("sessions")).isEqualTo(1);
		assertThat(signCount()).isEqualTo(1);
	}

	@Test
	void invalidRegistrationIsRefused() {
		String options = beginRegistration(this.ann);
		SoftwareAuthenticator foreign = new SoftwareAuthenticator();
		foreign.origin = "https://kennel.example";
		SoftwareAuthenticator otherParty = new SoftwareAuthenticator();
		otherParty.relyingParty = "example.com";
		SoftwareAuthenticator unverified = new SoftwareAuthenticator();
		unverified.flags = SoftwareAuthenticator.USER_PRESENT;
		SoftwareAuthenticator confused = new SoftwareAuthenticator();
		confused.type = "webauthn.get";
		SoftwareAuthenticator framed = new SoftwareAuthenticator();
		framed.crossOrigin = true;
		SoftwareAuthenticator otherAlgorithm = new SoftwareAuthenticator();
		otherAlgorithm.algorithm = new byte[] { 0x38, 0x22 };
		Stream
			.of(foreign, otherParty, unverified, confused, framed, otherAlgorithm,
					new SoftwareAuthenticator(new byte[0]), new SoftwareAuthenticator(new byte[1_024]))
			.forEach((authenticator) -> assertThat(
					finishRegistration(this.ann, authenticator.create(options), null).violations())
				.containsExactly("input.credential WRONG_PASSKEY"));
		assertThat(count("passkeys")).isZero();

		// None of them has used the challenge; this does.
		String credential = new SoftwareAuthenticator().create(options);
		assertThat(finishRegistration(this.ann, credential, null).codes()).isEmpty();
		assertThat(finishRegistration(this.ann, new SoftwareAuthenticator().create(options), null).violations())
			.containsExactly("input.credential INVALID_TOKEN");
		assertThat(count("passkeys")).isEqualTo(1);
	}

	@Test
	void onlyOneOfConcurrentRegistrationsWithOneChallengeSucceeds() {
		String options = beginRegistration(this.ann);

		assertThat(finishConcurrently(options, options, options, options).stream().map(CompletableFuture::join))
			.containsExactlyInAnyOrder("", "BAD_USER_INPUT", "BAD_USER_INPUT", "BAD_USER_INPUT");
		assertThat(count("passkeys")).isEqualTo(1);
	}

	/** Registers a passkey for each of the options; returns the codes of the errors. */
	private List<CompletableFuture<String>> finishConcurrently(String... options) {
		return Stream.of(options)
			.map((each) -> new SoftwareAuthenticator().create(each))
			.map((credential) -> CompletableFuture.supplyAsync(
					() -> String.join(" ", finishRegistration(this.ann, credential, null).codes()),
					Thread::startVirtualThread))
			.toList();
	}

	@Test
	void passkeyIsRegisteredOnceAndItsNameIsValidated() {
		SoftwareAuthenticator authenticator = registered(this.ann);

		assertThat(register(this.ann, authenticator).codes()).containsExactly("CONFLICT");
		assertThat(finishRegistration(this.ann, new SoftwareAuthenticator().create(beginRegistration(this.ann)), " ")
			.violations()).containsExactly("input.name LENGTH");
		assertThat(count("passkeys")).isEqualTo(1);
	}

	@Test
	void malformedAndHugeCredentialsAreRefused() {
		SoftwareAuthenticator authenticator = registered(this.ann);
		String valid = authenticator.get(beginLogin());
		String created = new SoftwareAuthenticator().create(beginRegistration(this.ann));
		ObjectNode withoutResponse = (ObjectNode) JSON.readTree(valid);
		withoutResponse.remove("response");
		ObjectNode nested = (ObjectNode) JSON.readTree(created);
		byte[] arrays = new byte[6_000];
		Arrays.fill(arrays, (byte) 0x81);
		((ObjectNode) nested.get("response")).put("attestationObject", Base64.getUrlEncoder().encodeToString(arrays));
		ObjectNode claimed = (ObjectNode) JSON.readTree(created);
		// Two gigabytes, of which none follow.
		((ObjectNode) claimed.get("response")).put("attestationObject", "Wn____8");
		List<String> malformed = List.of("", "null", "[]", "{}", "\0", "{\"response\":{}}", withoutResponse.toString(),
				"[".repeat(10_000), valid.substring(0, valid.length() / 2),
				valid.replace("\"rawId\"", "\"pad\":\"" + "x".repeat(17_000) + "\",\"rawId\""));

		// Each from an address of its own: these count as failures.
		malformed.forEach((credential) -> {
			Api other = this.api.from(TestClient.address());
			assertThat(other
				.execute("mutation ($c: String!) { finishPasskeyLogin(input: {credential: $c}) { accessToken } }",
						Map.of("c", credential))
				.violations()).as(credential).containsExactly("input.credential FORMAT");
		});
		assertThat(reauthenticate(this.ann, Map.of("passkey", created)).codes()).containsExactly("BAD_USER_INPUT");
		assertThat(finishRegistration(this.ann, nested.toString(), null).violations())
			.containsExactly("input.credential FORMAT");
		assertThat(finishRegistration(this.ann, claimed.toString(), null).violations())
			.containsExactly("input.credential FORMAT");
		assertThat(finishRegistration(this.ann, valid, null).violations()).containsExactly("input.credential FORMAT");
		assertThat(count("passkeys")).isEqualTo(1);
		assertThat(count("sessions")).isEqualTo(1);
	}

	@Test
	void beginLoginStoresNothing() {
		assertThat(this.sql.record(this::beginLogin)).isEmpty();
	}

	@Test
	void failedLogInsOfANetworkAreLimited() {
		SmallBuckets.shrink(this.dataSource, RateLimitedAction.ONE_TIME_TOKEN, "network",
				new Client(this.address, null, "", null).network());
		SoftwareAuthenticator authenticator = registered(this.ann);
		SoftwareAuthenticator unknown = new SoftwareAuthenticator();
		unknown.handle = SoftwareAuthenticator.random(64);

		assertThat(logIn(authenticator).codes()).isEmpty();
		assertThat(logIn(unknown).reasons()).containsExactly(REFUSED);
		assertThat(logIn(authenticator).codes()).containsExactly("RATE_LIMITED");
		String proof = authenticator.get(begin(this.ann, "beginPasskeyReauthentication"));
		assertThat(reauthenticate(this.ann, Map.of("passkey", proof)).codes()).containsExactly("RATE_LIMITED");

		assertThat(count("sessions")).isEqualTo(2);
		assertThat(signCount()).isEqualTo(2);
	}

	@Test
	void failedRegistrationsOfANetworkAreLimited() {
		SoftwareAuthenticator foreign = new SoftwareAuthenticator();
		foreign.origin = "https://kennel.example";
		String refused = foreign.create(beginRegistration(this.ann));
		String credential = new SoftwareAuthenticator().create(beginRegistration(this.ann));
		SmallBuckets.shrink(this.dataSource, RateLimitedAction.ONE_TIME_TOKEN, "network",
				new Client(this.address, null, "", null).network());

		assertThat(register(this.ann, new SoftwareAuthenticator()).codes()).isEmpty();
		assertThat(finishRegistration(this.ann, refused, null).violations())
			.containsExactly("input.credential WRONG_PASSKEY");
		assertThat(finishRegistration(this.ann, credential, null).codes()).containsExactly("RATE_LIMITED");

		assertThat(count("passkeys")).isEqualTo(1);
	}

	@Test
	void accountHasAtMostTwentyPasskeys() throws SQLException {
		registered(this.ann);
		String late = new SoftwareAuthenticator().create(beginRegistration(this.ann));
		String[] options = { beginRegistration(this.ann), beginRegistration(this.ann), beginRegistration(this.ann) };
		this.jdbc
			.sql("INSERT INTO passkeys SELECT user_id, gen_random_uuid(), decode(md5(i::text), 'hex'), name, public_key, "
					+ "aaguid, 0, false, false, '', created_at FROM passkeys, generate_series(1, 18) i WHERE user_id = ?")
			.param(account())
			.update();

		List<CompletableFuture<String>> finished;
		try (HeldRow row = new HeldRow(this.dataSource, "SELECT 1 FROM users WHERE username = ? FOR UPDATE",
				this.name)) {
			finished = finishConcurrently(options);
			row.awaitWaiters("%from users%for no key update%", options.length);
			row.commit();
		}
		assertThat(finished.stream().map(CompletableFuture::join)).containsExactlyInAnyOrder("", "QUOTA_EXCEEDED",
				"QUOTA_EXCEEDED");
		assertThat(this.ann.execute("mutation { beginPasskeyRegistration { options } }").codes())
			.containsExactly("QUOTA_EXCEEDED");
		assertThat(finishRegistration(this.ann, late, null).codes()).containsExactly("QUOTA_EXCEEDED");
		assertThat(count("passkeys")).isEqualTo(20);
	}

	@Test
	void registrationIsChargedWhenItBegins() {
		SmallBuckets.shrink(this.dataSource, RateLimitedAction.MAIL, "account", account().toString());
		registered(this.ann);

		assertThat(this.ann.execute("mutation { beginPasskeyRegistration { options } }").codes())
			.containsExactly("RATE_LIMITED");
		assertThat(count("passkeys")).isEqualTo(1);
	}

	@Test
	void furtherRegistrationDoesNotUpdateTheAccount() {
		String first = JSON.readTree(beginRegistration(this.ann)).at("/user/id").asString();
		String[] second = new String[1];

		List<String> statements = this.sql.record(() -> second[0] = beginRegistration(this.ann));

		assertThat(JSON.readTree(second[0]).at("/user/id").asString()).isEqualTo(first);
		assertThat(statements).noneMatch((statement) -> statement.startsWith("UPDATE users"));
	}

	/** A stolen session uses up the mails of the account. */
	@Test
	void removalSucceedsWithAnExhaustedMailLimit() {
		registered(this.ann);
		SmallBuckets.exhaust(this.dataSource, RateLimitedAction.MAIL, "account", account().toString());
		assertThat(this.ann.execute("mutation { requestEmailVerification { success } }").codes())
			.containsExactly("RATE_LIMITED");

		assertThat(remove(this.ann, passkeyId(this.ann)).codes()).isEmpty();

		assertThat(count("passkeys")).isZero();
		assertThat(TestMail.await(this.email, 2)).contains("a passkey was removed");
	}

	@Test
	void removalEndsAllOtherSessions(CapturedOutput output) {
		SoftwareAuthenticator thief = registered(this.ann);
		Api stolen = this.api.withToken(logIn(thief).text("/finishPasskeyLogin/accessToken"));
		Api password = this.api.withToken(this.api.login(this.name, Api.PASSWORD).text("/login/accessToken"));

		assertThat(remove(this.ann, passkeyId(this.ann)).codes()).isEmpty();

		for (Api other : List.of(stolen, password)) {
			assertThat(other.execute("mutation { beginPasskeyRegistration { options } }").reasons())
				.containsExactly("UNAUTHENTICATED SESSION_ENDED");
		}
		assertThat(lines(output, "session-revoked")).hasSize(2);
		assertThat(count("sessions")).isEqualTo(1);
		assertThat(beginRegistration(this.ann)).isNotEmpty();
	}

	@Test
	void passwordIsNotARecentProofForAnAccountWithPasskeys() {
		SoftwareAuthenticator authenticator = registered(this.ann);
		String id = passkeyId(this.ann);
		String credential = new SoftwareAuthenticator().create(beginRegistration(this.ann));
		ageProofs();
		assertThat(reauthenticate(this.ann, Map.of("password", Api.PASSWORD)).codes()).isEmpty();

		assertThat(remove(this.ann, id).reasons()).containsExactly(REAUTHENTICATION_REQUIRED);
		assertThat(rename(this.ann, id, "Mine").reasons()).containsExactly(REAUTHENTICATION_REQUIRED);
		assertThat(finishRegistration(this.ann, credential, null).reasons()).containsExactly(REAUTHENTICATION_REQUIRED);
		for (String begin : List.of("beginPasskeyRegistration { options }", "beginTotp { secret }")) {
			assertThat(this.ann.execute("mutation { " + begin + " }").reasons()).as(begin)
				.containsExactly(REAUTHENTICATION_REQUIRED);
		}
		assertThat(this.ann.execute("{ me { passkeys { name } } }").data().at("/me/passkeys").toString())
			.isEqualTo("[{\"name\":\"Passkey\"}]");

		String proof = authenticator.get(begin(this.ann, "beginPasskeyReauthentication"));
		assertThat(reauthenticate(this.ann, Map.of("passkey", proof)).codes()).isEmpty();
		assertThat(remove(this.ann, id).codes()).isEmpty();
	}

	@Test
	void passkeysAreRenamedAndRemovedByTheirAccountOnly() {
		SoftwareAuthenticator authenticator = registered(this.ann);
		TestMail.await(this.email, 1);
		String id = passkeyId(this.ann);
		Api bob = this.api.signUp("b" + this.name);
		assertThat(rename(bob, id, "Bob's").codes()).containsExactly("NOT_FOUND");
		assertThat(remove(bob, id).codes()).containsExactly("NOT_FOUND");
		assertThat(bob.execute("query ($id: ID!) { node(id: $id) { id } }", Map.of("id", id)).data().toString())
			.isEqualTo("{\"node\":null}");
		assertThat(rename(this.ann, id, "\n").violations()).containsExactly("input.name LENGTH");

		assertThat(rename(this.ann, id, "Key ring").text("/renamePasskey/passkey/name")).isEqualTo("Key ring");
		assertThat(this.ann.execute("query ($id: ID!) { node(id: $id) { ... on Passkey { name } } }", Map.of("id", id))
			.text("/node/name")).isEqualTo("Key ring");
		assertThat(remove(this.ann, id).text("/removePasskey/removedPasskeyId")).isEqualTo(id);

		assertThat(logIn(authenticator).reasons()).containsExactly(REFUSED);
		assertThat(remove(this.ann, id).codes()).containsExactly("NOT_FOUND");
		assertThat(TestMail.await(this.email, 2)).contains("a passkey was removed", "The passkey was added on ")
			.doesNotContain("Key ring");
		assertThat(count("passkeys")).isZero();
	}

	@Test
	void addingAndRemovingRequireARecentProofSuchAsAPasskey() {
		SoftwareAuthenticator authenticator = registered(this.ann);
		String id = passkeyId(this.ann);
		String credential = new SoftwareAuthenticator().create(beginRegistration(this.ann));
		Authenticator.enrol(this.ann);
		ageProofs();

		assertThat(this.ann.execute("mutation { beginPasskeyRegistration { options } }").reasons())
			.containsExactly(REAUTHENTICATION_REQUIRED);
		assertThat(finishRegistration(this.ann, credential, null).reasons()).containsExactly(REAUTHENTICATION_REQUIRED);
		assertThat(remove(this.ann, id).reasons()).containsExactly(REAUTHENTICATION_REQUIRED);
		assertThat(rename(this.ann, id, "Mine").reasons()).containsExactly(REAUTHENTICATION_REQUIRED);
		// The password alone is no proof for an account with a second factor.
		assertThat(reauthenticate(this.ann, Map.of("password", Api.PASSWORD)).codes()).isEmpty();
		assertThat(remove(this.ann, id).reasons()).containsExactly(REAUTHENTICATION_REQUIRED);
		assertThat(count("passkeys")).isEqualTo(1);

		String proof = authenticator.get(begin(this.ann, "beginPasskeyReauthentication"));
		assertThat(
				reauthenticate(this.ann, Map.of("passkey", proof)).data().at("/reauthenticate/session/amr").toString())
			.isEqualTo("[\"hwk\",\"mfa\",\"otp\",\"pwd\"]");
		assertThat(reauthenticate(this.ann, Map.of("passkey", proof)).violations())
			.containsExactly("input.passkey INVALID_TOKEN");
		assertThat(remove(this.ann, id).codes()).isEmpty();
		assertThat(count("passkeys")).isZero();
	}

	@Test
	void newAddressRequiresARecentProofOfThePasskey() {
		SoftwareAuthenticator authenticator = registered(this.ann);
		ageProofs();
		Map<String, Object> change = Map.of("input",
				Map.of("email", "o" + this.email, "username", "o" + this.name, "currentPassword", Api.PASSWORD));
		String document = "mutation ($input: UpdateMeInput!) { updateMe(input: $input) { user { email } } }";

		assertThat(this.ann.execute(document, change).reasons()).containsExactly(REAUTHENTICATION_REQUIRED);
		// The password was right, but is no proof of the passkey.
		assertThat(this.ann.execute(document, change).reasons()).containsExactly(REAUTHENTICATION_REQUIRED);
		assertThat(this.ann.execute("{ me { username email } }").data().toString())
			.isEqualTo("{\"me\":{\"username\":\"%s\",\"email\":\"%s\"}}".formatted(this.name, this.email));

		String proof = authenticator.get(begin(this.ann, "beginPasskeyReauthentication"));
		assertThat(reauthenticate(this.ann, Map.of("passkey", proof)).codes()).isEmpty();
		assertThat(this.ann.execute(document, change).text("/updateMe/user/email")).isEqualTo("o" + this.email);
	}

	@Test
	void reauthenticationTakesOneProofOfTheAccountsOwnPasskeys() {
		registered(this.ann);
		Api bob = this.api.signUp("b" + this.name);
		SoftwareAuthenticator bobs = registered(bob);
		bobs.counter = 10;
		ageProofs();
		String options = begin(this.ann, "beginPasskeyReauthentication");

		assertThat(reauthenticate(this.ann, Map.of("passkey", bobs.get(options))).violations())
			.containsExactly("input.passkey WRONG_PASSKEY");
		bobs.handle = new byte[0];
		assertThat(reauthenticate(this.ann, Map.of("passkey", bobs.get(options))).violations())
			.containsExactly("input.passkey WRONG_PASSKEY");
		assertThat(reauthenticate(this.ann, Map.of("passkey", "{}", "password", Api.PASSWORD)).violations())
			.containsExactly("input.passkey EXCLUSIVE");
		assertThat(remove(this.ann, passkeyId(this.ann)).reasons()).containsExactly(REAUTHENTICATION_REQUIRED);
		assertThat(count("passkeys")).isEqualTo(1);
	}

	@Test
	void restoredAddressRemovesThePasskeys(CapturedOutput output) {
		SoftwareAuthenticator authenticator = registered(this.ann);
		String account = id();
		String passkey = passkeyId(this.ann);
		TestMail.await(this.email, 1);
		this.jdbc.sql("UPDATE users SET email_verified_at = clock_timestamp() WHERE id = ?").param(account()).update();
		String other = "o" + this.email;
		this.ann
			.execute("""
					mutation ($input: UpdateMeInput!) { updateMe(input: $input) { user { email } } }""",
					Map.of("input", Map.of("email", other, "currentPassword", Api.PASSWORD)))
			.data();
		TestMail.await(this.email, 2);
		this.ann.execute("mutation { requestEmailVerification { success } }").data();
		this.api
			.execute("mutation ($t: String!) { verifyEmail(input: {token: $t}) { user { id } } }",
					Map.of("t", TestMail.awaitToken(other, 1)))
			.data();

		assertThat(this.api
			.execute("mutation ($t: String!) { restoreEmail(input: {token: $t}) { user { id } } }",
					Map.of("t", TestMail.awaitToken(this.email, 3)))
			.codes()).isEmpty();

		assertThat(TestMail.to(this.email).get(2)).contains("removes all passkeys of the");
		TestMail.await(this.email, 5);
		assertThat(TestMail.to(this.email)).anyMatch((mail) -> mail.contains("number is 1."));
		assertThat(output.getOut().lines())
			.anyMatch((line) -> line.contains("event=passkey-removed account=" + account + " session=- ")
					&& line.endsWith(" object=" + passkey));
		assertThat(count("passkeys")).isZero();
		assertThat(logIn(authenticator).reasons()).containsExactly(REFUSED);
		assertThat(count("sessions")).isZero();
	}

	@Test
	void storeHasNoChallengeAndADeletedAccountHasNoPasskeys() {
		SoftwareAuthenticator authenticator = registered(this.ann);
		UUID account = account();
		String options = beginLogin();
		assertThat(finishLogin(authenticator.get(options)).codes()).isEmpty();
		byte[] challenge = Base64.getUrlDecoder().decode(JSON.readTree(options).get("challenge").asString());
		assertThat(this.jdbc.sql("SELECT challenge_hash FROM used_passkey_challenges WHERE user_id = ?")
			.param(account)
			.query((row, number) -> row.getBytes(1))
			.list()).hasSize(2).doesNotContain(challenge);

		this.ann
			.execute("mutation ($p: String!) { deleteMe(input: {password: $p}) { deletedUserId } }",
					Map.of("p", Api.PASSWORD))
			.data();

		List.of("passkeys", "used_passkey_challenges")
			.forEach((table) -> assertThat(this.jdbc.sql("SELECT count(*) FROM " + table + " WHERE user_id = ?")
				.param(account)
				.query(Long.class)
				.single()).as(table).isZero());
		assertThat(logIn(authenticator).reasons()).containsExactly(REFUSED);
	}

	@Test
	void signedOutClientsSeeNoPasskeysAndChangeNone() {
		assertThat(this.api.execute("mutation { beginPasskeyRegistration { options } }").codes())
			.containsExactly("UNAUTHENTICATED");
		assertThat(this.api.execute("mutation { beginPasskeyReauthentication { options } }").codes())
			.containsExactly("UNAUTHENTICATED");
		assertThat(remove(this.api, "psk_01h455vb4pex5vsknk084sn02q").codes()).containsExactly("UNAUTHENTICATED");
		assertThat(rename(this.api, "psk_01h455vb4pex5vsknk084sn02q", "x").codes()).containsExactly("UNAUTHENTICATED");
	}

}
