package dev.kennel.account.password;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import javax.sql.DataSource;

import dev.kennel.identity.Client;
import dev.kennel.test.Api;
import dev.kennel.test.Instance;
import dev.kennel.test.KennelTest;
import dev.kennel.test.TestMail;
import dev.kennel.throttle.RateLimitedAction;
import dev.kennel.throttle.SmallBuckets;
import dev.kennel.throttle.TestClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@KennelTest
@ExtendWith(OutputCaptureExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BreachedPasswordsTests {

	/** Its hash is {@link #HASH}. */
	private static final String BREACHED = "five quacking zephyrs jolt";

	private static final String HASH = "9AE3F2DE2F46C240A716B74C74B50E0089DB340A";

	private final Api api;

	private final JdbcClient jdbc;

	private final DataSource dataSource;

	private final Environment environment;

	private Path folder;

	private Instance instance;

	@SuppressWarnings("NullAway.Init") // start() sets the other fields.
	BreachedPasswordsTests(Api api, JdbcClient jdbc, DataSource dataSource, Environment environment) {
		this.api = api;
		this.jdbc = jdbc;
		this.dataSource = dataSource;
		this.environment = environment;
	}

	@BeforeAll
	void start(@TempDir Path folder) throws IOException {
		this.folder = folder;
		Path file = Files.writeString(this.folder.resolve("pwnedpasswords.txt"),
				"0".repeat(40) + ":1\r\n" + HASH.toLowerCase(Locale.ROOT) + ":2\r\n" + "F".repeat(40) + ":3\r\n");
		this.instance = Instance.beside(this.environment,
				Map.of("kennel.auth.breached-passwords.location", file.toString()));
	}

	@AfterAll
	void stop() {
		this.instance.close();
	}

	private static String newName() {
		return "b" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);
	}

	private static Api.Response signup(Api client, String name, String password) {
		return client.execute("mutation ($input: SignupInput!) { signup(input: $input) { accessToken } }",
				Map.of("input", Map.of("username", name, "email", name + "@example.com", "password", password)));
	}

	private String row(String name) {
		return this.jdbc.sql("SELECT users::text FROM users WHERE username = ?")
			.param(name)
			.query(String.class)
			.optional()
			.orElse("none");
	}

	@Test
	void signUpWithABreachedPasswordIsRefused(CapturedOutput log) {
		String name = newName();

		Api.Response response = signup(this.instance.api(), name, BREACHED);

		assertThat(response.codes()).containsExactly("BAD_USER_INPUT");
		assertThat(response.violations()).containsExactly("input.password BREACHED");
		assertThat(response.json().at("/errors/0/extensions/violations/0/message").asString())
			.isEqualTo("This password is known from a data breach, and would be guessed.");
		assertThat(row(name)).isEqualTo("none");
		assertThat(signup(this.instance.api(), name, Api.PASSWORD).codes()).isEmpty();
		assertThat(log.getAll()).doesNotContain(BREACHED).doesNotContainIgnoringCase(HASH.substring(0, 8));
	}

	@Test
	void changeToABreachedPasswordIsRefused() {
		String name = newName();
		Api ann = this.instance.api()
			.withToken(signup(this.instance.api(), name, Api.PASSWORD).text("/signup/accessToken"));
		Api phone = ann.withToken(ann.login(name, Api.PASSWORD).text("/login/accessToken"));
		String before = row(name);

		assertThat(ann
			.execute("mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { user { id } } }",
					Map.of("input", Map.of("currentPassword", Api.PASSWORD, "newPassword", BREACHED)))
			.violations()).containsExactly("input.newPassword BREACHED");

		assertThat(row(name)).isEqualTo(before);
		assertThat(phone.execute("{ me { id } }").codes()).isEmpty();
	}

	@Test
	void resetToABreachedPasswordIsRefusedAndTheLinkStaysValid() {
		String name = newName();
		Api ann = this.instance.api()
			.withToken(signup(this.instance.api(), name, Api.PASSWORD).text("/signup/accessToken"));
		String before = row(name);
		this.instance.api().requestPasswordReset(name + "@example.com").data();
		String token = TestMail.awaitToken(name + "@example.com", 1);

		assertThat(reset(this.instance.api(), token, BREACHED).violations())
			.containsExactly("input.newPassword BREACHED");

		assertThat(row(name)).isEqualTo(before);
		assertThat(ann.execute("{ me { id } }").codes()).isEmpty();
		assertThat(reset(this.instance.api(), token, "five quacking zephyrs jolts").codes()).isEmpty();
	}

	private static Api.Response reset(Api client, String token, String password) {
		return client.execute("mutation ($input: ResetPasswordInput!) { resetPassword(input: $input) { success } }",
				Map.of("input", Map.of("token", token, "newPassword", password)));
	}

	/** Without the setting, and with a password that was set before. */
	@Test
	void passwordIsComparedOnlyWhenItIsSetAndOnlyIfConfigured() {
		String name = newName();

		assertThat(signup(this.api, name, BREACHED).codes()).isEmpty();
		assertThat(this.instance.api().login(name, BREACHED).codes()).isEmpty();
	}

	private BreachedPasswords at(Path location) {
		return new BreachedPasswords(new BreachedPasswordsProperties(location.toString()));
	}

	private Path ranges(String suffix) throws IOException {
		Path ranges = Files.createTempDirectory(this.folder, "ranges");
		for (String range : new String[] { "00000", "FFFFF" }) {
			Files.writeString(ranges.resolve(range + suffix), "0".repeat(35) + ":1");
		}
		return ranges;
	}

	@Test
	void passwordIsFoundInTheFileOfItsRange() throws IOException {
		for (String suffix : new String[] { ".txt", "" }) {
			Path ranges = ranges(suffix);
			Files.writeString(ranges.resolve(HASH.substring(0, 5) + suffix),
					"0".repeat(35) + ":1\r\n" + HASH.substring(5) + ":12\r\n" + "F".repeat(35) + ":1");
			assertThat(at(ranges).contains(BREACHED)).isTrue();

			Files.writeString(ranges.resolve(HASH.substring(0, 5) + suffix), "0".repeat(35) + ":1");
			assertThat(at(ranges).contains(BREACHED)).isFalse();
		}
	}

	/** A missing range is a fault of the operator, and its name reveals the hash. */
	@Test
	void missingRangeFailsWithoutNamingIt() throws IOException {
		BreachedPasswords breached = at(ranges(".txt"));

		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> breached.contains(BREACHED))
			.withMessageEndingWith(" can't be read: NoSuchFileException")
			.withNoCause()
			.withMessageNotContaining(HASH.substring(0, 5));
	}

	@Test
	void signUpFailsIfTheFileIsGoneAndNoPasswordIsLogged(CapturedOutput log) throws IOException {
		Path file = Files.writeString(this.folder.resolve("removed.txt"),
				"0".repeat(40) + ":1\n" + "F".repeat(40) + ":1\n");
		try (Instance other = Instance.beside(this.environment,
				Map.of("kennel.auth.breached-passwords.location", file.toString()))) {
			Files.delete(file);
			String name = newName();

			assertThat(signup(other.api(), name, Api.PASSWORD).codes()).containsExactly("INTERNAL_SERVER_ERROR");

			assertThat(row(name)).isEqualTo("none");
			assertReadsNoFileForWhatIsRefusedAnyway(other.api(), name);
			assertThat(log.getAll())
				.contains("The breached passwords in " + file + " can't be read: NoSuchFileException")
				.doesNotContain(Api.PASSWORD);
		}
	}

	/** The file of the range is a pipe without a writer. */
	@Test
	void unreadableListDelaysNoLogIn() throws IOException, InterruptedException {
		Path ranges = ranges(".txt");
		Path range = ranges.resolve(HASH.substring(0, 5) + ".txt");
		assertThat(new ProcessBuilder("mkfifo", range.toString()).start().waitFor()).isZero();
		String name = newName();
		assertThat(signup(this.api, name, Api.PASSWORD).codes()).isEmpty();
		try (Instance other = Instance.beside(this.environment, Map.of("kennel.auth.breached-passwords.location",
				ranges.toString(), "kennel.auth.throttle.concurrency", "1"))) {
			CompletableFuture<Api.Response> reading = CompletableFuture
				.supplyAsync(() -> signup(other.api(), newName(), BREACHED));
			try {
				TestMail.await(() -> isOnStack(SortedHashFile.class), (isReading) -> isReading);

				assertThat(other.api().login(name, Api.PASSWORD).codes()).isEmpty();

				assertThat(reading).isNotDone();
			}
			finally {
				Files.newOutputStream(range).close();
			}
			reading.join();
		}
	}

	private static boolean isOnStack(Class<?> type) {
		return Thread.getAllStackTraces()
			.values()
			.stream()
			.flatMap(Stream::of)
			.anyMatch((frame) -> frame.getClassName().equals(type.getName()));
	}

	/** The file is gone: to read it would be an INTERNAL_SERVER_ERROR. */
	private void assertReadsNoFileForWhatIsRefusedAnyway(Api client, String name) {
		assertThat(signup(client, name, "short").violations()).containsExactly("input.password LENGTH");
		assertThat(signup(client, "-", Api.PASSWORD).codes()).containsExactly("BAD_USER_INPUT");
		String address = TestClient.address();
		SmallBuckets.exhaust(this.dataSource, RateLimitedAction.SIGN_UP, "network",
				new Client(address, null, "test", null).network());
		assertThat(signup(client.from(address), name, Api.PASSWORD).codes()).containsExactly("RATE_LIMITED");
		assertThat(reset(client, "no token", Api.PASSWORD).violations()).containsExactly("input.token INVALID_TOKEN");
		assertThat(row(name)).isEqualTo("none");
	}

	private void assertInvalid(Path location, String reason) {
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class).isThrownBy(() -> at(location))
			.satisfies((failure) -> assertThat(failure.getReason()).isEqualTo(
					"It takes the file or the directory of SHA-1 hashes that haveibeenpwned-downloader has written, but "
							+ reason + "."));
	}

	@Test
	void unusableLocationIsInvalid() throws IOException {
		Path empty = Files.createTempDirectory(this.folder, "empty");
		assertInvalid(empty, "there is no " + empty.resolve("00000.txt"));
		Path interrupted = Files.createTempDirectory(this.folder, "interrupted");
		Files.writeString(interrupted.resolve("00000.txt"), "0".repeat(35) + ":1");
		assertInvalid(interrupted, "there is no " + interrupted.resolve("FFFFF.txt"));
		Path ranges = ranges(".txt");
		Files.writeString(ranges.resolve("FFFFF.txt"), "");
		assertInvalid(ranges, ranges.resolve("FFFFF.txt") + " is empty");
		Path ntlm = Files.writeString(this.folder.resolve("ntlm.txt"), "0".repeat(32) + ":1\n");
		assertInvalid(ntlm, ntlm + " has a line other than 40 hexadecimal digits, a colon and a number");
	}

	@Test
	void truncatedDownloadIsInvalid() throws IOException {
		String text = IntStream.range(0, 1_000)
			.mapToObj((line) -> "%05X".formatted(line * 0xFFFFF / 999) + "0".repeat(35) + ":1")
			.collect(Collectors.joining("\n"));
		Path file = this.folder.resolve("download.txt");
		Files.writeString(file, text);
		assertThat(at(file).contains(BREACHED)).isFalse();

		Files.writeString(file, text.substring(0, text.indexOf('\n', text.length() / 2) + 1));
		assertInvalid(file, file + " does not end with the range FFFFF");
		Files.writeString(file, text.substring(0, text.length() - 20));
		assertInvalid(file, file + " has a line other than 40 hexadecimal digits, a colon and a number");
		Files.writeString(file, text.substring(text.indexOf('\n') + 1));
		assertInvalid(file, file + " does not begin with the range 00000");
		Path ranges = ranges(".txt");
		Files.writeString(ranges.resolve("FFFFF.txt"), "0".repeat(35) + ":1\n" + "0".repeat(20));
		assertInvalid(ranges,
				ranges.resolve("FFFFF.txt") + " has a line other than 35 hexadecimal digits, a colon and a number");
	}

	@Test
	void missingLocationFailsTheStart(CapturedOutput log) {
		String location = this.folder.resolve("nowhere").toString();

		assertThatException().isThrownBy(
				() -> Instance.beside(this.environment, Map.of("kennel.auth.breached-passwords.location", location))
					.close());

		assertThat(log.getAll())
			.contains("Invalid value '" + location
					+ "' for configuration property 'kennel.auth.breached-passwords.location'")
			.contains("has written, but there is no " + location + ".");
	}

}
