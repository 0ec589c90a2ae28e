package dev.kennel.session;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;

import dev.kennel.test.Api;
import dev.kennel.test.HashRecorder;
import dev.kennel.test.KennelTest;
import dev.kennel.test.SqlRecorder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Log-ins with the password, and the ends of their sessions. */
@KennelTest
class SessionTests {

	private static final String LOGIN = "mutation ($input: LoginInput!) { login(input: $input) { accessToken user { username } } }";

	private final Api api;

	private final SqlRecorder sql;

	private final HashRecorder hashes;

	private final String name = "u" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);

	private Api ann;

	SessionTests(Api api, SqlRecorder sql, HashRecorder hashes) {
		this.api = api;
		this.sql = sql;
		this.hashes = hashes;
		this.ann = api;
	}

	@BeforeEach
	void signUp() {
		this.ann = this.api.signUp(this.name);
	}

	private Api.Response login(Api client, String username, String password) {
		return client.execute(LOGIN, Map.of("input", Map.of("username", username, "password", password)));
	}

	@Test
	void usernameIsCaseInsensitiveAtLogIn() {
		Api.Response response = login(this.api, " " + this.name.toUpperCase(java.util.Locale.ROOT), Api.PASSWORD);

		assertThat(response.text("/login/user/username")).isEqualTo(this.name);
	}

	/**
	 * Neither by the response nor by its cost: the hashes and the statements take nearly
	 * all of the time.
	 */
	@Test
	void wrongUsernameAndWrongPasswordAreIndistinguishable() {
		// Creates the buckets of the address.
		login(this.api, this.name + "y", Api.PASSWORD);

		Attempt wrongPassword = attempt(this.name, "wrong password");
		Attempt wrongName = attempt(this.name + "x", Api.PASSWORD);

		assertThat(wrongPassword.response().reasons()).containsExactly("UNAUTHENTICATED INVALID_CREDENTIALS");
		assertThat(wrongName.response().json()).isEqualTo(wrongPassword.response().json());
		assertThat(wrongPassword.hashes()).containsExactly("{argon2}$argon2id$v=19$m=7168,t=1,p=1");
		assertThat(wrongName.hashes()).isEqualTo(wrongPassword.hashes());
		assertThat(wrongPassword.statements()).anyMatch((statement) -> statement.contains("from users"));
		assertThat(wrongName.statements()).isEqualTo(wrongPassword.statements());
	}

	/** A log-in, with its hashes and statements. */
	private record Attempt(Api.Response response, List<String> hashes, List<String> statements) {
	}

	private Attempt attempt(String username, String password) {
		AtomicReference<Api.Response> response = new AtomicReference<>();
		AtomicReference<List<String>> computed = new AtomicReference<>();
		List<String> statements = this.sql
			.record(() -> computed.set(this.hashes.record(() -> response.set(login(this.api, username, password)))));
		return new Attempt(response.get(), computed.get(), statements);
	}

	@Test
	void fieldsBelowLoginBelongToTheNewSession() {
		Api bob = this.api.signUp();
		bob.createOwner("Bob's owner");
		this.ann.createDog(this.ann.createOwner("Ann's owner"), "Ann's dog");

		for (Api sender : java.util.List.of(this.api, this.api.withToken("nonsense"), bob)) {
			Api.Response response = sender
				.execute("mutation ($input: LoginInput!) { login(input: $input) { user { username "
						+ "owners { nodes { name user { username } dogs { nodes { name owner { name } } } } totalCount } } } }",
						Map.of("input", Map.of("username", this.name, "password", Api.PASSWORD)));

			assertThat(response.data().toString()).isEqualTo("{\"login\":{\"user\":{\"username\":\"" + this.name
					+ "\",\"owners\":{\"nodes\":[{\"name\":\"Ann's owner\",\"user\":{\"username\":\"" + this.name
					+ "\"},\"dogs\":{\"nodes\":[{\"name\":\"Ann's dog\",\"owner\":{\"name\":\"Ann's owner\"}}]}}],"
					+ "\"totalCount\":1}}}}");
		}
	}

	@Test
	void textThatIsNoUsernameIsNotLookedUp() {
		for (String username : List.of("nul\0", "deleted:" + UUID.randomUUID(), "", "x".repeat(100_000))) {
			assertThat(login(this.api, username, Api.PASSWORD).reasons()).as(username)
				.containsExactly("UNAUTHENTICATED INVALID_CREDENTIALS");
		}
	}

	@Test
	void passwordIsCaseSensitive() {
		assertThat(login(this.api, this.name, Api.PASSWORD.toUpperCase(java.util.Locale.ROOT)).codes())
			.containsExactly("UNAUTHENTICATED");
	}

	@Test
	void meIsNullWhenSignedOut() {
		assertThat(this.api.execute("{ me { id } }").data().toString()).isEqualTo("{\"me\":null}");
	}

	@Test
	void otherFieldsRequireAuthentication() {
		for (String document : List.of("{ myOwners { nodes { id } } }", "{ myDogs { nodes { id } } }",
				"mutation { logout { success } }")) {
			assertThat(this.api.execute(document).reasons()).containsExactly("UNAUTHENTICATED TOKEN_MISSING");
		}
	}

	@Test
	void logoutRefusesItsTokenAndNoOthers() {
		Api other = this.api.withToken(login(this.api, this.name, Api.PASSWORD).text("/login/accessToken"));

		assertThat(this.ann.execute("mutation { logout { success } }").data().toString())
			.isEqualTo("{\"logout\":{\"success\":true}}");

		assertThat(this.ann.execute("{ me { id } }").reasons()).containsExactly("UNAUTHENTICATED SESSION_ENDED");
		assertThat(this.ann.execute("{ myOwners { nodes { id } } }").reasons())
			.containsExactly("UNAUTHENTICATED SESSION_ENDED");
		assertThat(other.execute("{ me { username } }").text("/me/username")).isEqualTo(this.name);
	}

	@Test
	void fieldsAfterLogoutAreRefused() {
		String session = this.ann.execute("{ me { sessions { id } } }").text("/me/sessions/0/id");
		Api.Response revoked = this.ann
			.execute("mutation ($id: ID!) { revokeSession(input: { id: $id }) { revokedSessionId } "
					+ "createOwner(input: { name: \"Too late\" }) { owner { id } } }", Map.of("id", session));
		assertThat(revoked.reasons()).containsExactly("UNAUTHENTICATED SESSION_ENDED");

		Api again = this.api.withToken(login(this.api, this.name, Api.PASSWORD).text("/login/accessToken"));
		assertThat(again
			.execute("mutation { logout { success } createOwner(input: { name: \"Too late\" }) { owner { id } } }")
			.reasons()).containsExactly("UNAUTHENTICATED SESSION_ENDED");

		again = this.api.withToken(login(this.api, this.name, Api.PASSWORD).text("/login/accessToken"));
		assertThat(again.execute("{ myOwners { totalCount } }").data().toString())
			.isEqualTo("{\"myOwners\":{\"totalCount\":0}}");
	}

	@Test
	void loginSucceedsWithInvalidToken() {
		Api.Response response = login(this.api.withToken("nonsense"), this.name, Api.PASSWORD);

		assertThat(response.text("/login/user/username")).isEqualTo(this.name);
	}

}
