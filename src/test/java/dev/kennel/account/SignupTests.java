package dev.kennel.account;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

@KennelTest
class SignupTests {

	private static final String SIGNUP = """
			mutation ($input: SignupInput!) {
			  signup(input: $input) { user { id username email } accessToken tokenType }
			}""";

	private final Api api;

	private final JdbcClient jdbc;

	SignupTests(Api api, JdbcClient jdbc) {
		this.api = api;
		this.jdbc = jdbc;
	}

	private static String newName() {
		return "U" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);
	}

	private Api.Answer signup(String username, String email, String password) {
		return this.api.execute(SIGNUP,
				Map.of("input", Map.of("username", username, "email", email, "password", password)));
	}

	private int users(String like) {
		return this.jdbc.sql("SELECT count(*)::int FROM users WHERE username_key LIKE ?")
			.param(like)
			.query(Integer.class)
			.single();
	}

	private int users() {
		return users("%");
	}

	@Test
	void anAccountIsMadeAndLoggedIn() {
		String name = newName();

		Api.Answer answer = signup(name, name + "@Example.com", Api.PASSWORD);

		assertThat(answer.text("/signup/user/username")).isEqualTo(name);
		assertThat(answer.text("/signup/user/email")).isEqualTo(name + "@Example.com");
		assertThat(answer.text("/signup/tokenType")).isEqualTo("Bearer");
		assertThat(this.api.withToken(answer.text("/signup/accessToken")).execute("{ me { id } }").text("/me/id"))
			.isEqualTo(answer.text("/signup/user/id"))
			.startsWith("usr_");
	}

	@Test
	void thePasswordIsKeptAsAnArgon2idHashOnly() {
		String name = newName();

		signup(name, name + "@example.com", Api.PASSWORD).data();

		assertThat(this.jdbc.sql("SELECT password_hash FROM users WHERE username = ?")
			.param(name)
			.query(String.class)
			.single()).startsWith("{argon2}$argon2id$v=19$m=7168,t=1,p=1$");
	}

	@Test
	void nameAndAddressAreUniqueWhateverTheCase() {
		String name = newName();
		signup(name, name + "@example.com", Api.PASSWORD).data();
		int before = users();

		Api.Answer answer = signup(name.toLowerCase(java.util.Locale.ROOT),
				name.toUpperCase(java.util.Locale.ROOT) + "@EXAMPLE.COM", Api.PASSWORD);

		assertThat(answer.codes()).containsExactly("CONFLICT");
		assertThat(answer.violations()).containsExactly("input.username TAKEN", "input.email TAKEN");
		assertThat(answer.json().at("/errors/0/message").asString())
			.isEqualTo("This username is taken. This email address is taken.");
		assertThat(users()).isEqualTo(before);
	}

	@Test
	void ofTwentyAtOnceOneGetsTheName() throws Exception {
		String name = newName();
		List<Callable<Api.Answer>> attempts = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			String email = name + i + "@example.com";
			attempts.add(() -> signup(name, email, Api.PASSWORD));
		}

		Map<String, Integer> outcomes = new HashMap<>();
		try (ExecutorService executor = Executors.newFixedThreadPool(20)) {
			for (Future<Api.Answer> attempt : executor.invokeAll(attempts)) {
				Api.Answer answer = attempt.get();
				outcomes.merge(answer.codes().isEmpty() ? "made" : String.join(" ", answer.codes()), 1, Integer::sum);
			}
		}

		assertThat(outcomes).isEqualTo(Map.of("made", 1, "CONFLICT", 19));
		assertThat(users(name.toLowerCase(java.util.Locale.ROOT))).isEqualTo(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "ab", "a b", "ab\u0000c", "äbc", "a@b", "abcdefghijklmnopqrstuvwxyz0123456" })
	void otherUsernamesAreRefused(String username) {
		int before = users();

		Api.Answer answer = signup(username, "a@example.com", Api.PASSWORD);

		assertThat(answer.codes()).containsExactly("BAD_USER_INPUT");
		assertThat(answer.violations()).containsExactly("input.username FORMAT");
		assertThat(users()).isEqualTo(before);
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "", "a", "a@", "@example.com", "a@b", "a b@example.com", "a@@example.com", "a@example.com." })
	void otherAddressesAreRefused(String email) {
		assertThat(signup(newName(), email, Api.PASSWORD).violations()).containsExactly("input.email FORMAT");
	}

	@ParameterizedTest
	@CsvSource({ "1234567, LENGTH", "'12345678', COMMON", "PASSWORD, COMMON", "'qwerty\u0000xyz', CHARACTERS" })
	void otherPasswordsAreRefused(String password, String code) {
		assertThat(signup(newName(), "a@example.com", password.replace("\\u0000", "\0")).violations())
			.contains("input.password " + code);
	}

	@Test
	void passwordsHaveEightTo128CharactersNotUtf16Units() {
		assertThat(signup(newName(), newName() + "@example.com", "🐕".repeat(128)).codes()).isEmpty();
		assertThat(signup(newName(), newName() + "@example.com", "🐕".repeat(129)).violations())
			.containsExactly("input.password LENGTH");
		assertThat(signup(newName(), newName() + "@example.com", "🐕".repeat(7)).violations())
			.containsExactly("input.password LENGTH");
	}

	@Test
	void allFaultsAreToldAtOnce() {
		assertThat(signup("a", "b", "c").violations()).containsExactly("input.email FORMAT", "input.password LENGTH",
				"input.username FORMAT");
	}

}
