package dev.kennel.account.profile;

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
import dev.kennel.test.HashRecorder;
import dev.kennel.test.KennelTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.crypto.argon2.Argon2PasswordEncoder;

import static org.assertj.core.api.Assertions.assertThat;

@KennelTest
class SignupTests {

	private static final String SIGNUP = """
			mutation ($input: SignupInput!) {
			  signup(input: $input) { user { id username email } accessToken tokenType }
			}""";

	private final Api api;

	private final JdbcClient jdbc;

	private final HashRecorder hashes;

	SignupTests(Api api, JdbcClient jdbc, HashRecorder hashes) {
		this.hashes = hashes;
		this.api = api;
		this.jdbc = jdbc;
	}

	private static String newName() {
		return "U" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);
	}

	private Api.Response signup(String username, String email, String password) {
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
	void signupCreatesAccountAndSession() {
		String name = newName();

		Api.Response response = signup(name, name + "@Example.com", Api.PASSWORD);

		assertThat(response.text("/signup/user/username")).isEqualTo(name);
		assertThat(response.text("/signup/user/email")).isEqualTo(name + "@Example.com");
		assertThat(response.text("/signup/tokenType")).isEqualTo("Bearer");
		assertThat(this.api.withToken(response.text("/signup/accessToken")).execute("{ me { id } }").text("/me/id"))
			.isEqualTo(response.text("/signup/user/id"))
			.startsWith("usr_");
	}

	@Test
	void passwordIsStoredAsAnArgon2idHashOnly() {
		String name = newName();

		signup(name, name + "@example.com", Api.PASSWORD).data();

		assertThat(this.jdbc.sql("SELECT password_hash FROM users WHERE username = ?")
			.param(name)
			.query(String.class)
			.single()).startsWith("{argon2}$argon2id$v=19$m=7168,t=1,p=1$");
	}

	@Test
	void nameAndAddressAreUniqueIgnoringCase() {
		String name = newName();
		signup(name, name + "@example.com", Api.PASSWORD).data();
		int before = users();

		Api.Response response = signup(name.toLowerCase(java.util.Locale.ROOT),
				name.toUpperCase(java.util.Locale.ROOT) + "@EXAMPLE.COM", Api.PASSWORD);

		assertThat(response.codes()).containsExactly("CONFLICT");
		assertThat(response.violations()).containsExactly("input.username TAKEN", "input.email TAKEN");
		assertThat(response.json().at("/errors/0/message").asString())
			.isEqualTo("This username is taken. This email address is taken.");
		assertThat(signup(newName(), name + "@example.com", Api.PASSWORD).violations())
			.containsExactly("input.email TAKEN");
		assertThat(users()).isEqualTo(before);
	}

	@Test
	void oneOfTwentyConcurrentSignupsSucceeds() throws Exception {
		String name = newName();
		List<Callable<Api.Response>> attempts = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			String email = name + i + "@example.com";
			attempts.add(() -> signup(name, email, Api.PASSWORD));
		}

		Map<String, Integer> outcomes = new HashMap<>();
		try (ExecutorService executor = Executors.newFixedThreadPool(20)) {
			for (Future<Api.Response> attempt : executor.invokeAll(attempts)) {
				Api.Response response = attempt.get();
				outcomes.merge(response.codes().isEmpty() ? "made" : String.join(" ", response.codes()), 1,
						Integer::sum);
			}
		}

		assertThat(outcomes).isEqualTo(Map.of("made", 1, "CONFLICT", 19));
		assertThat(users(name.toLowerCase(java.util.Locale.ROOT))).isEqualTo(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "ab", "a b", "ab\u0000c", "äbc", "a@b", "abcdefghijklmnopqrstuvwxyz0123456" })
	void invalidUsernamesAreRefused(String username) {
		int before = users();

		Api.Response response = signup(username, "a@example.com", Api.PASSWORD);

		assertThat(response.codes()).containsExactly("BAD_USER_INPUT");
		assertThat(response.violations()).containsExactly("input.username FORMAT");
		assertThat(users()).isEqualTo(before);
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "", "a", "a@", "@example.com", "a@b", "a b@example.com", "a@@example.com", "a@example.com." })
	void invalidAddressesAreRefused(String email) {
		assertThat(signup(newName(), email, Api.PASSWORD).violations()).containsExactly("input.email FORMAT");
	}

	@ParameterizedTest
	@CsvSource({ "1234567, LENGTH", "'12345678', COMMON", "PASSWORD, COMMON", "'qwerty\u0000xyz', CHARACTERS" })
	void invalidPasswordsAreRefused(String password, String code) {
		assertThat(signup(newName(), "a@example.com", password.replace("\\u0000", "\0")).violations())
			.contains("input.password " + code);
	}

	@Test
	void passwordLengthIsEightTo128CodePoints() {
		assertThat(signup(newName(), newName() + "@example.com", "🐕".repeat(128)).codes()).isEmpty();
		assertThat(signup(newName(), newName() + "@example.com", "🐕".repeat(129)).violations())
			.containsExactly("input.password LENGTH");
		assertThat(signup(newName(), newName() + "@example.com", "🐕".repeat(7)).violations())
			.containsExactly("input.password LENGTH");
	}

	@ParameterizedTest
	@ValueSource(strings = { "\u200b", "\u200e", "\u202e", "\u2066", "\ufeff", "\u00ad", "\u2060", "\u00a0", "\u3000",
			"\u2003", "\u3164", "\u180e", "\udb40\udc20", "\udb40\udd00", "\u034f", "\u2800", "\t", "\0" })
	void addressesWithInvisibleCharactersOrSpacesAreRefused(String character) {
		String name = newName();
		for (String email : List.of("a" + character + "b@" + name + ".example", "ab@a" + character + name + ".example",
				"ab@" + name + ".exa" + character + "mple")) {
			Api.Response response = signup(name, email, Api.PASSWORD);

			assertThat(response.violations()).containsExactly("input.email FORMAT");
			assertThat(response.json().at("/errors/0/extensions/violations/0/message").asString())
				.isEqualTo("An email address has no spaces and no invisible characters.");
		}
		assertThat(users(name.toLowerCase(java.util.Locale.ROOT))).isZero();
	}

	@ParameterizedTest
	@CsvSource({ "bücher, xn--bcher-kva", "xn--bcher-kva, bücher", "BÜCHER, bücher", "ｂücher, xn--BCHER-KVA",
			"bu\u0308cher, bücher" })
	void internationalizedDomainIsOneMailboxInAllSpellings(String first, String second) {
		String name = newName();
		String made = signup(name, "ann@" + first.replace("\\u0308", "\u0308") + "." + name + ".example", Api.PASSWORD)
			.text("/signup/user/email");
		assertThat(made).isEqualTo("ann@bücher." + name.toLowerCase(java.util.Locale.ROOT) + ".example");
		int before = users();

		Api.Response response = signup(newName(), "Ann@" + second + "." + name + ".example", Api.PASSWORD);

		assertThat(response.codes()).containsExactly("CONFLICT");
		assertThat(response.violations()).containsExactly("input.email TAKEN");
		assertThat(users()).isEqualTo(before);
	}

	@Test
	void domainsThatDifferInTheDnsAreTwoMailboxes() {
		String name = newName();

		assertThat(signup(name + "1", "ann@faß." + name + ".example", Api.PASSWORD).codes()).isEmpty();
		assertThat(signup(name + "2", "ann@fass." + name + ".example", Api.PASSWORD).codes()).isEmpty();
	}

	@Test
	void addressLengthIsAtMost254CodePoints() {
		String name = newName();
		String domain = "@" + name + ".example";
		String longest = "𝐀".repeat(254 - domain.length()) + domain;

		assertThat(signup(name, longest, Api.PASSWORD).text("/signup/user/email")).isEqualTo(longest);
		assertThat(signup(newName(), "𝐀" + longest, Api.PASSWORD).violations()).containsExactly("input.email LENGTH");
	}

	private Api.Response login(String username, String password) {
		return this.api.execute("mutation ($input: LoginInput!) { login(input: $input) { tokenType } }",
				Map.of("input", Map.of("username", username, "password", password)));
	}

	/** Keyboards differ in the space characters and the normal forms that they enter. */
	@Test
	void passwordIsNormalizedWhenItIsSetAndWhenItIsVerified() {
		String set = "cafe\u0301\u00a0au\u3000lait";
		String name = newName();
		Api ann = this.api.withToken(signup(name, name + "@example.com", set).text("/signup/accessToken"));

		for (String same : List.of(set, "caf\u00e9 au lait", "cafe\u0301\u2003au\u00a0lait")) {
			assertThat(login(name, same).codes()).as(same).isEmpty();
		}
		assertThat(login(name, "cafe au lait").codes()).containsExactly("UNAUTHENTICATED");
		assertThat(login(name, "café au lait ").codes()).containsExactly("UNAUTHENTICATED");
		assertThat(login(name, "CAFÉ au lait").codes()).containsExactly("UNAUTHENTICATED");
		assertThat(ann
			.execute(
					"mutation ($input: ReauthenticateInput!) { reauthenticate(input: $input) { session { current } } }",
					Map.of("input", Map.of("password", "caf\u00e9\u2003au lait")))
			.codes()).isEmpty();
		assertThat(ann
			.execute(
					"mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { user { id } } }", Map
						.of("input",
								Map.of("currentPassword", "caf\u00e9 au\u3000lait", "newPassword",
										"th\u00e9\u00a0vert, merci")))
			.codes()).isEmpty();
		assertThat(login(name, "the\u0301 vert,\u1680merci").codes()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "\u200b", "\u202e", "\u00ad", "\ufe0f", "\ue000", "\t", "\u0378" })
	void passwordWithInvisibleOrUnassignedCharacterIsRefused(String character) {
		String name = newName();

		assertThat(signup(name, name + "@example.com", "correct" + character + "horse").violations())
			.containsExactly("input.password CHARACTERS");
		assertThat(users(name.toLowerCase(java.util.Locale.ROOT))).isZero();
	}

	/** Earlier versions hashed passwords in normal form C, with their spaces. */
	@Test
	void hashOfAnUnnormalizedPasswordMatchesAndIsUpgradedAtLogIn() {
		String name = newName();
		Api ann = this.api.withToken(signup(name, name + "@example.com", Api.PASSWORD).text("/signup/accessToken"));
		// With the service's parameters: it is outdated for its spaces alone.
		String hash = "{argon2}" + new Argon2PasswordEncoder(16, 32, 1, 7_168, 1).encode("très\u00a0secret");
		this.jdbc.sql("UPDATE users SET password_hash = ? WHERE username = ?").params(hash, name).update();

		assertThat(login(name, "tres\u00a0secret").codes()).containsExactly("UNAUTHENTICATED");
		assertThat(login(name, "très secret").codes()).containsExactly("UNAUTHENTICATED");
		assertThat(ann
			.execute(
					"mutation ($input: ReauthenticateInput!) { reauthenticate(input: $input) { session { current } } }",
					Map.of("input", Map.of("password", "tre\u0300s\u00a0secret")))
			.codes()).isEmpty();
		assertThat(login(name, "tre\u0300s\u00a0secret").codes()).isEmpty();
		assertThat(login(name, "très secret").codes()).isEmpty();
	}

	/** The form of the password alone determines the number of hashes. */
	@Test
	void unnormalizedPasswordCostsTheSameWithAndWithoutAccount() {
		String name = newName();
		signup(name, name + "@example.com", Api.PASSWORD).data();

		List<String> known = this.hashes.record(() -> login(name, "a\u00a0guess"));

		assertThat(known).hasSize(2);
		assertThat(this.hashes.record(() -> login("x" + name.substring(1), "a\u00a0guess"))).isEqualTo(known);
		assertThat(this.hashes.record(() -> login(name, "a guess"))).hasSize(1);
	}

	@Test
	void allViolationsAreReportedAtOnce() {
		assertThat(signup("a", "b", "c").violations()).containsExactly("input.email FORMAT", "input.password LENGTH",
				"input.username FORMAT");
	}

}
