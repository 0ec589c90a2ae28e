package dev.kennel.factor;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;

import javax.sql.DataSource;

import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.kennel.audit.SecurityLogRecorder;
import dev.kennel.passkey.SoftwareAuthenticator;
import dev.kennel.test.Api;
import dev.kennel.test.HeldRow;
import dev.kennel.test.KennelTest;
import dev.kennel.throttle.TestClient;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.core.env.Environment;

import static org.assertj.core.api.Assertions.assertThat;

/** The audit log of second factors and passkeys. */
@KennelTest
class FactorEventTests {

	private final Api api;

	private final DataSource dataSource;

	private final Environment environment;

	@AutoClose
	private final SecurityLogRecorder log = new SecurityLogRecorder();

	private final String address = TestClient.address();

	private final String name = "e" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);

	private Api ann;

	/** The members of a line of the account without a session. */
	private String account = "";

	/** The members of a line of the account's session. */
	private String session = "";

	FactorEventTests(Api api, DataSource dataSource, Environment environment) {
		this.api = api.from(this.address);
		this.dataSource = dataSource;
		this.environment = environment;
		this.ann = api;
	}

	@BeforeEach
	void signUp() {
		this.ann = this.api.signUp(this.name);
		String id = " account=" + this.ann.execute("{ me { id } }").text("/me/id") + " session=";
		this.account = id + "-";
		this.session = id + this.ann.execute("{ me { sessions { id } } }").text("/me/sessions/0/id");
		this.log.clear();
	}

	private static Api.Response mutate(Api client, String fields) {
		return client.execute("mutation { " + fields + " }");
	}

	private Api.Response finishLogin(String member, String proof) {
		String challenge = mutate(this.api, "beginLogin(input: {username: \"" + this.name + "\", password: \""
				+ Api.PASSWORD + "\"}) { ... on LoginChallenge { token } }")
			.text("/beginLogin/token");
		return mutate(this.api, "finishLogin(input: {challenge: \"" + challenge + "\", " + member + ": \"" + proof
				+ "\"}) { session { id } }");
	}

	private Api.Response reauthenticate(String member, String proof) {
		return this.ann.execute(
				"mutation ($proof: String!) { reauthenticate(input: {" + member + ": $proof}) { session { id } } }",
				Map.of("proof", proof));
	}

	private static String begin(Api client, String mutation) {
		return mutate(client, "begin: " + mutation + " { options }").text("/begin/options");
	}

	private static Api.Response finish(Api client, String mutation, String selection, String credential) {
		return client.execute("mutation ($credential: String!) { " + mutation + "(input: {credential: $credential}) { "
				+ selection + " } }", Map.of("credential", credential));
	}

	private Api.Response register(String credential) {
		return finish(this.ann, "finishPasskeyRegistration", "passkey { id }", credential);
	}

	private Api.Response logIn(String credential) {
		return finish(this.api, "finishPasskeyLogin", "session { id }", credential);
	}

	/** Returns the events since the last call, without the addresses of the client. */
	private List<String> events() {
		List<String> events = this.log.events(this.address)
			.stream()
			.map((event) -> event.replaceFirst("^event=", ""))
			.toList();
		this.log.clear();
		return events;
	}

	@Test
	void eachEventOfASecondFactorIsOneLine() {
		String secret = Authenticator.begin(this.ann);
		assertThat(events()).isEmpty();
		Authenticator app = Authenticator.enrol(this.ann);
		assertThat(events()).containsExactly("factor-added" + this.session);

		this.api.login(this.name, Api.PASSWORD);
		assertThat(events()).containsExactly("second-factor-required" + this.account);
		assertThat(finishLogin("code", app.wrongCode()).violations()).containsExactly("input.code WRONG_CODE");
		assertThat(events()).containsExactly("second-factor-required" + this.account, "code-wrong" + this.account);
		String opened = finishLogin("recoveryCode", app.recoveryCode(0)).text("/finishLogin/session/id");
		assertThat(events()).containsExactly("second-factor-required" + this.account,
				"recovery-code-used" + this.account,
				"login" + this.account.replaceFirst("-$", opened) + " amr=mfa,pwd,recovery");

		assertThat(reauthenticate("code", app.wrongCode()).codes()).containsExactly("BAD_USER_INPUT");
		assertThat(reauthenticate("recoveryCode", app.recoveryCode(0)).codes()).containsExactly("BAD_USER_INPUT");
		reauthenticate("recoveryCode", app.recoveryCode(1)).data();
		assertThat(events()).containsExactly("code-wrong" + this.session, "code-wrong" + this.session,
				"recovery-code-used" + this.session, "reauthenticated" + this.session);

		List<String> secrets = new ArrayList<>(Authenticator.recoveryCodes(
				mutate(this.ann, "replaceRecoveryCodes { recoveryCodes }").data().at("/replaceRecoveryCodes")));
		assertThat(events()).containsExactly("recovery-codes-replaced" + this.session);

		mutate(this.ann, "disableTotp { user { id } }").data();
		assertThat(events()).containsExactly("factor-removed" + this.session);
		mutate(this.ann, "disableTotp { user { id } }").data();
		assertThat(mutate(this.ann, "replaceRecoveryCodes { recoveryCodes }").codes()).containsExactly("CONFLICT");
		assertThat(events()).isEmpty();

		secrets.addAll(List.of(secret, app.recoveryCode(0), app.recoveryCode(1), Api.PASSWORD, this.ann.token()));
		this.log.assertOmits(secrets);
	}

	@Test
	void policyOfTrustedDevicesIsLogged() {
		String allow = "setSecondFactorPolicy(input: {policy: NEW_DEVICES}) { user { id } }";
		String disallow = "setSecondFactorPolicy(input: {policy: ALWAYS}) { user { id } }";
		assertThat(mutate(this.ann, allow).codes()).containsExactly("CONFLICT");
		assertThat(mutate(this.ann, disallow).codes()).containsExactly("CONFLICT");
		assertThat(events()).isEmpty();
		Authenticator.enrol(this.ann);
		events();

		mutate(this.ann, disallow).data();
		assertThat(events()).isEmpty();
		mutate(this.ann, allow).data();
		mutate(this.ann, allow).data();
		mutate(this.ann, disallow).data();

		assertThat(events()).containsExactly("trusted-devices-allowed" + this.session,
				"trusted-devices-allowed" + this.session, "trusted-devices-disallowed" + this.session);
	}

	@Test
	void eachEventOfAPasskeyIsOneLine() {
		SoftwareAuthenticator authenticator = new SoftwareAuthenticator();
		String registration = authenticator.create(begin(this.ann, "beginPasskeyRegistration"));
		String passkey = register(registration).text("/finishPasskeyRegistration/passkey/id");
		assertThat(events()).containsExactly("passkey-added" + this.session + " object=" + passkey);

		mutate(this.ann, "renamePasskey(input: {id: \"" + passkey + "\", name: \"Mine\"}) { passkey { id } }").data();
		assertThat(events()).isEmpty();
		String proof = authenticator.get(begin(this.api, "beginPasskeyLogin"));
		String opened = this.account.replaceFirst("-$", logIn(proof).text("/finishPasskeyLogin/session/id"));
		assertThat(events()).containsExactly("login" + opened + " amr=hwk,mfa");
		String options = begin(this.ann, "beginPasskeyReauthentication");
		assertThat(reauthenticate("passkey", new SoftwareAuthenticator().get(options)).violations())
			.containsExactly("input.passkey WRONG_PASSKEY");
		String reauthentication = authenticator.get(options);
		reauthenticate("passkey", reauthentication).data();
		assertThat(events()).containsExactly("passkey-wrong" + this.session, "reauthenticated" + this.session);

		mutate(this.ann, "removePasskey(input: {id: \"" + passkey + "\"}) { removedPasskeyId }").data();
		assertThat(events()).containsExactly("session-revoked" + opened,
				"passkey-removed" + this.session + " object=" + passkey);
		this.log.assertOmits(List.of(registration, proof, reauthentication, "Mine"));
	}

	@Test
	void replayedChallengeOfAPasskeyIsLogged() {
		SoftwareAuthenticator authenticator = new SoftwareAuthenticator();
		String options = begin(this.ann, "beginPasskeyRegistration");
		register(authenticator.create(options)).data();
		String proof = authenticator.get(begin(this.api, "beginPasskeyLogin"));
		logIn(proof).data();
		String reauthentication = authenticator.get(begin(this.ann, "beginPasskeyReauthentication"));
		reauthenticate("passkey", reauthentication).data();
		events();

		assertThat(register(new SoftwareAuthenticator().create(options)).violations())
			.containsExactly("input.credential INVALID_TOKEN");
		assertThat(logIn(proof).violations()).containsExactly("input.credential INVALID_TOKEN");
		assertThat(reauthenticate("passkey", reauthentication).violations())
			.containsExactly("input.passkey INVALID_TOKEN");

		assertThat(events()).containsExactly("token-refused" + this.session, "token-refused" + this.account,
				"token-refused" + this.session);
	}

	/** Both proofs are verified before the first of them counts. */
	@Test
	void concurrentlyReplayedChallengeOfAPasskeyIsLogged() throws SQLException {
		SoftwareAuthenticator authenticator = new SoftwareAuthenticator();
		register(authenticator.create(begin(this.ann, "beginPasskeyRegistration"))).data();
		String login = authenticator.get(begin(this.api, "beginPasskeyLogin"));
		String reauthentication = authenticator.get(begin(this.ann, "beginPasskeyReauthentication"));
		events();

		List<String> opened = twice(() -> logIn(login));
		assertThat(opened).containsExactlyInAnyOrder("", "input.credential INVALID_TOKEN");
		assertThat(events()).hasSize(2)
			.anyMatch((event) -> event.startsWith("login" + this.account.replaceFirst("-$", "ses_")))
			.contains("token-refused" + this.account);

		assertThat(twice(() -> reauthenticate("passkey", reauthentication))).containsExactlyInAnyOrder("",
				"input.passkey INVALID_TOKEN");
		assertThat(events()).containsExactlyInAnyOrder("reauthenticated" + this.session,
				"token-refused" + this.session);
	}

	/** Returns the violations of two concurrent uses that wait for the account. */
	private List<String> twice(Supplier<Api.Response> use) throws SQLException {
		try (HeldRow row = new HeldRow(this.dataSource, "SELECT 1 FROM users WHERE username = ? FOR NO KEY UPDATE",
				this.name)) {
			List<CompletableFuture<Api.Response>> uses = Stream
				.generate(() -> CompletableFuture.supplyAsync(use, Thread::startVirtualThread))
				.limit(2)
				.toList();
			row.awaitWaiters("%from users%for no key update%", 2);
			row.commit();
			return uses.stream().map((response) -> String.join(" ", response.join().violations())).toList();
		}
	}

	@Test
	void resetByAnOperatorIsOneLine() {
		Authenticator.enrol(this.ann);
		events();

		assertThat(FactorResetApplication.reset(Stream
			.concat(Stream.of("--kennel.account.reset-factors=" + this.name),
					Stream.of("url", "username", "password")
						.map((member) -> "--spring.datasource." + member + "="
								+ this.environment.getProperty("spring.datasource." + member, "")))
			.toArray(String[]::new))).isTrue();

		assertThat(this.log.events()).extracting(ILoggingEvent::getFormattedMessage)
			.containsOnlyOnce("event=factors-reset" + this.account + " address=operator request=-");
	}

}
