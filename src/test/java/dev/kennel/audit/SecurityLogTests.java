package dev.kennel.audit;

import java.util.List;
import java.util.Map;
import java.util.UUID;

import dev.kennel.identity.Client;
import dev.kennel.test.Api;
import dev.kennel.test.EcsLog;
import dev.kennel.test.KennelTest;
import dev.kennel.test.TestMail;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

@KennelTest
class SecurityLogTests {

	private static final String NEW_PASSWORD = "a quite different sentence";

	private final Api api;

	@AutoClose
	private final SecurityLogRecorder log = new SecurityLogRecorder();

	private final String name = "a" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);

	SecurityLogTests(Api api) {
		this.api = api.from("203.0.113.77");
	}

	private Api.Response run(Api client, String document, Map<String, ?> input) {
		return client.execute(document, Map.of("input", input));
	}

	@Test
	void eachEventIsOneLineWithItsIdsAndNoSecret() {
		Api.Response signup = run(this.api,
				"mutation ($input: SignupInput!) { signup(input: $input) { user { id } session { id } accessToken refreshToken } }",
				Map.of("username", this.name, "email", this.name + "@example.com", "password", Api.PASSWORD));
		String user = signup.text("/signup/user/id");
		String session = signup.text("/signup/session/id");
		Api ann = this.api.withToken(signup.text("/signup/accessToken"));
		String loginDocument = "mutation ($input: LoginInput!) { login(input: $input) { accessToken refreshToken session { id } } }";
		run(this.api, loginDocument, Map.of("username", this.name, "password", "wrong password"));
		run(this.api, loginDocument, Map.of("username", "nobody-at-all", "password", "wrong password"));
		Api.Response login = run(this.api, loginDocument, Map.of("username", this.name, "password", Api.PASSWORD));
		String other = login.text("/login/session/id");
		String refreshDocument = "mutation ($input: RefreshSessionInput) { refreshSession(input: $input) { refreshToken } }";
		String first = login.text("/login/refreshToken");
		String second = run(this.api, refreshDocument, Map.of("refreshToken", first))
			.text("/refreshSession/refreshToken");
		run(this.api, refreshDocument, Map.of("refreshToken", second)).data();
		run(this.api, refreshDocument, Map.of("refreshToken", first));
		String changeDocument = "mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { user { id } } }";
		run(ann, changeDocument, Map.of("currentPassword", "wrong password", "newPassword", NEW_PASSWORD));
		run(ann, changeDocument, Map.of("currentPassword", Api.PASSWORD, "newPassword", Api.PASSWORD + "!")).data();
		ann.execute("mutation { requestEmailVerification { success } }").data();
		run(this.api, "mutation ($input: VerifyEmailInput!) { verifyEmail(input: $input) { user { id } } }",
				Map.of("token", TestMail.awaitToken(this.name + "@example.com", 1)))
			.data();
		String updateDocument = "mutation ($input: UpdateMeInput!) { updateMe(input: $input) { user { id } } }";
		run(ann, updateDocument, Map.of()).data();
		String changed = Api.PASSWORD + "!";
		run(ann, updateDocument, Map.of("username", this.name + "x", "currentPassword", changed)).data();
		run(ann, updateDocument, Map.of("username", this.name, "currentPassword", changed)).data();
		run(ann, "mutation ($input: ReauthenticateInput!) { reauthenticate(input: $input) { session { id } } }",
				Map.of("password", changed))
			.data();
		run(this.api,
				"mutation ($input: RequestPasswordResetInput!) { requestPasswordReset(input: $input) { success } }",
				Map.of("email", this.name + "@example.com"))
			.data();
		String token = TestMail.awaitToken(this.name + "@example.com", 2);
		String resetDocument = "mutation ($input: ResetPasswordInput!) { resetPassword(input: $input) { success } }";
		run(this.api, resetDocument, Map.of("token", token, "newPassword", NEW_PASSWORD)).data();
		run(this.api, resetDocument, Map.of("token", token, "newPassword", NEW_PASSWORD));
		Api.Response again = run(this.api, loginDocument, Map.of("username", this.name, "password", NEW_PASSWORD));
		run(this.api.withToken(again.text("/login/accessToken")),
				"mutation ($input: DeleteMeInput!) { deleteMe(input: $input) { deletedUserId } }",
				Map.of("password", NEW_PASSWORD))
			.data();
		String last = again.text("/login/session/id");
		Api.Response leaving = run(this.api,
				"mutation ($input: SignupInput!) { signup(input: $input) { user { id } session { id } accessToken } }",
				Map.of("username", this.name, "email", this.name + "@example.com", "password", Api.PASSWORD));
		this.api.withToken(leaving.text("/signup/accessToken")).execute("mutation { logout { success } }").data();
		String left = "account=" + leaving.text("/signup/user/id") + " session=" + leaving.text("/signup/session/id");

		assertThat(this.log.events("203.0.113.77")).containsExactly(
				"event=signup account=" + user + " session=" + session,
				"event=login-failed account=" + user + " session=- amr=pwd",
				"event=login-failed account=- session=- amr=pwd",
				"event=login account=" + user + " session=" + other + " amr=pwd",
				"event=refresh-token-reused account=" + user + " session=" + other,
				"event=password-wrong account=" + user + " session=" + session,
				"event=password-changed account=" + user + " session=" + session,
				"event=email-verified account=" + user + " session=-",
				"event=profile-changed account=" + user + " session=" + session,
				"event=profile-changed account=" + user + " session=" + session,
				"event=reauthenticated account=" + user + " session=" + session,
				"event=password-reset-requested account=- session=-",
				"event=session-revoked account=" + user + " session=" + session,
				"event=password-reset account=" + user + " session=-", "event=token-refused account=- session=-",
				"event=login account=" + user + " session=" + last + " amr=pwd",
				"event=session-revoked account=" + user + " session=" + last,
				"event=account-deleted account=" + user + " session=" + last, "event=signup " + left,
				"event=logout " + left);
		List<String> secrets = List.of(Api.PASSWORD, NEW_PASSWORD, "wrong password", this.name + "@example.com", first,
				second, token, signup.text("/signup/accessToken"), ann.token());
		this.log.assertOmits(secrets);
	}

	/** A member that is unknown is left out. */
	@Test
	void fieldsAreThoseOfTheElasticCommonSchema() {
		Api.Response signup = run(this.api,
				"mutation ($input: SignupInput!) { signup(input: $input) { user { id } session { id } } }",
				Map.of("username", this.name, "email", this.name + "@example.com", "password", Api.PASSWORD));
		try (EcsLog ecs = new EcsLog(SecurityLog.LOGGER)) {
			Api.Response login = run(this.api,
					"mutation ($input: LoginInput!) { login(input: $input) { session { id } } }",
					Map.of("username", this.name, "password", Api.PASSWORD));
			Api.Response failed = this.api.login("unknown", "wrong password");

			JsonNode event = ecs.ofRequest(login.header("X-Request-Id"));
			assertThat(event.propertyNames()).containsExactlyInAnyOrder("@timestamp", "log", "process", "service",
					"message", "http", "event", "user", "client", "kennel", "ecs");
			assertThat(event.at("/http").toString())
				.isEqualTo("{\"request\":{\"id\":\"" + login.header("X-Request-Id") + "\"}}");
			assertThat(event.at("/event").toString()).isEqualTo("{\"action\":\"login\"}");
			assertThat(event.at("/user").toString()).isEqualTo("{\"id\":\"" + signup.text("/signup/user/id") + "\"}");
			assertThat(event.at("/client").toString())
				.isEqualTo("{\"address\":\"203.0.113.77\",\"ip\":\"203.0.113.77\"}");
			assertThat(event.at("/kennel").toString())
				.isEqualTo("{\"session\":\"" + login.text("/login/session/id") + "\",\"amr\":\"pwd\"}");
			JsonNode failure = ecs.ofRequest(failed.header("X-Request-Id"));
			assertThat(failure.has("user")).isFalse();
			assertThat(failure.at("/kennel").toString()).isEqualTo("{\"amr\":\"pwd\"}");
		}
	}

	@Test
	void clientWithoutAnIpAddressHasOnlyItsName() {
		try (EcsLog ecs = new EcsLog(SecurityLog.LOGGER)) {
			new SecurityLog().record(SecurityEvent.FACTORS_RESET, null, null, new Client("operator", null, "-", null));

			assertThat(ecs.lines().getFirst().at("/client").toString()).isEqualTo("{\"address\":\"operator\"}");
		}
	}

}
