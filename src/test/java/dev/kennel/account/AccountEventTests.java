package dev.kennel.account;

import java.util.List;
import java.util.Map;
import java.util.UUID;

import dev.kennel.audit.SecurityLogRecorder;
import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import dev.kennel.test.TestMail;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/** The audit log of changes of an address, and of invalid tokens. */
@KennelTest
class AccountEventTests {

	private static final String ADDRESS = "203.0.113.78";

	private final Api api;

	private final JdbcClient jdbc;

	@AutoClose
	private final SecurityLogRecorder log = new SecurityLogRecorder();

	private final String name = "l" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);

	private final String email = this.name + "@example.com";

	private Api ann;

	private String ids = "";

	AccountEventTests(Api api, JdbcClient jdbc) {
		this.api = api.from(ADDRESS);
		this.jdbc = jdbc;
		this.ann = api;
	}

	@BeforeEach
	void signUp() {
		this.ann = this.api.signUp(this.name);
		this.ids = "account=" + this.ann.execute("{ me { id } }").text("/me/id") + " session="
				+ this.ann.execute("{ me { sessions { id } } }").text("/me/sessions/0/id");
		this.log.clear();
	}

	private Api.Response run(Api client, String field, String type, String selection, Map<String, ?> input) {
		return client.execute("mutation ($input: " + type + "!) { " + field + "(input: $input) { " + selection + " } }",
				Map.of("input", input));
	}

	private Api.Response verify(String token) {
		return run(this.api, "verifyEmail", "VerifyEmailInput", "user { id }", Map.of("token", token));
	}

	private Api.Response restore(String token) {
		return run(this.api, "restoreEmail", "RestoreEmailInput", "user { email }", Map.of("token", token));
	}

	private Api.Response update(String member, String value) {
		return run(this.ann, "updateMe", "UpdateMeInput", "user { id }",
				Map.of(member, value, "currentPassword", Api.PASSWORD));
	}

	private String requestVerification(String address, int mails) {
		this.ann.execute("mutation { requestEmailVerification { success } }").data();
		return TestMail.awaitToken(address, mails);
	}

	private List<String> events() {
		return this.log.events(ADDRESS);
	}

	@Test
	void refusedTokenIsLogged() {
		assertThat(verify("nonsense").violations()).containsExactly("input.token INVALID_TOKEN");
		assertThat(restore("nonsense").violations()).containsExactly("input.token INVALID_TOKEN");

		assertThat(events()).containsExactly("event=token-refused account=- session=-",
				"event=token-refused account=- session=-");
	}

	@Test
	void onlyEffectiveProfileChangesAreLogged() {
		update("email", this.email).data();
		update("username", this.name).data();
		assertThat(events()).isEmpty();

		update("email", "new-" + this.email).data();

		assertThat(events()).containsExactly("event=profile-changed " + this.ids);
	}

	@Test
	void expiredSessionIsNotLoggedAsRevoked() {
		this.api.login(this.name, Api.PASSWORD).data();
		assertThat(this.jdbc
			.sql("UPDATE sessions SET expires_at = clock_timestamp() "
					+ "WHERE id = (SELECT max(sessions.id::text)::uuid FROM sessions JOIN users ON users.id = user_id "
					+ "WHERE username = ?)")
			.param(this.name)
			.update()).isEqualTo(1);
		this.log.clear();

		assertThat(this.ann.execute("mutation { revokeOtherSessions { revokedCount } }").data().toString())
			.isEqualTo("{\"revokeOtherSessions\":{\"revokedCount\":0}}");

		assertThat(events()).isEmpty();
	}

	@Test
	void restorationIsLoggedWithRevokedSessions() {
		String account = this.ids.replaceAll(" session=.*", "");
		String thief = "thief-" + this.email;
		verify(requestVerification(this.email, 1)).data();
		update("email", thief).data();
		verify(requestVerification(thief, 1)).data();
		String token = TestMail.awaitToken(this.email, 3);
		this.log.clear();

		restore(token).data();

		assertThat(events()).containsExactlyInAnyOrder("event=session-revoked " + this.ids,
				"event=email-restored " + account + " session=-");
	}

}
