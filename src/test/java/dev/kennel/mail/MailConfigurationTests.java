package dev.kennel.mail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

import dev.kennel.test.Api;
import dev.kennel.test.Instance;
import dev.kennel.test.TestDatabase;
import dev.kennel.test.TestMail;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/** The transport of mails by the settings: each mail contains a secret. */
@ExtendWith(OutputCaptureExtension.class)
class MailConfigurationTests {

	private static final String NOT_SENT = "Mails are not sent: set spring.mail.host to send them, or "
			+ "kennel.mail.directory to write them to files.";

	private final Map<String, @Nullable String> settings = new HashMap<>(TestDatabase.create());

	private final String name = "u" + UUID.randomUUID().toString().replace("-", "").substring(0, 24);

	private final String address = this.name + "@example.com";

	@TempDir
	private Path temporary;

	private Path data() {
		return this.temporary.resolve("data");
	}

	private Instance start(Map<String, @Nullable String> more) {
		Map<String, @Nullable String> all = new HashMap<>(this.settings);
		all.put("kennel.data-dir", data().toString());
		all.putAll(more);
		return Instance.start(all);
	}

	private static Map<String, @Nullable String> withoutServer() {
		Map<String, @Nullable String> settings = new HashMap<>();
		settings.put("spring.mail.host", null);
		settings.put("spring.mail.port", null);
		return settings;
	}

	private void signUpAndRequestMail(Instance instance) {
		Api api = instance.api();
		api.signUp(this.name);
		assertThat(api
			.execute(
					"mutation ($input: RequestPasswordResetInput!) { requestPasswordReset(input: $input) { success } }",
					Map.of("input", Map.of("email", this.address)))
			.data()
			.toString()).isEqualTo("{\"requestPasswordReset\":{\"success\":true}}");
	}

	private static List<Path> mails(Path directory) {
		try (Stream<Path> files = Files.exists(directory) ? Files.list(directory) : Stream.empty()) {
			return files.filter((file) -> file.toString().endsWith(".eml")).toList();
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

	private void assertOneMailIn(Path directory) throws IOException {
		List<Path> mails = TestMail.await(() -> mails(directory), (found) -> !found.isEmpty());
		assertThat(mails).hasSize(1);
		assertThat(Files.readString(mails.getFirst())).contains("\nTo: " + this.address + "\n",
				"/reset-password#token=");
	}

	@Test
	void mailIsQueuedWithoutMailServerOnAnExternalDatabase(CapturedOutput log) {
		try (Instance instance = start(withoutServer())) {
			assertThat(log.getAll().lines().filter((line) -> line.contains(NOT_SENT))).singleElement()
				.satisfies((line) -> assertThat(line).contains(" WARN "));
			signUpAndRequestMail(instance);
			JdbcClient jdbc = instance.get(JdbcClient.class);
			TestMail.await(() -> jdbc.sql("SELECT count(*)::int FROM mail_orders WHERE consecutive_failures = 1")
				.query(Integer.class)
				.single(), (failed) -> failed == 1);
			assertThat(log).contains(
					"A mail of the kind password-reset could not be sent, and will be tried again: MailNotConfiguredException");
			assertThat(data()).doesNotExist();
			assertThat(TestMail.to(this.address)).isEmpty();
			jdbc.sql("UPDATE mail_orders SET execution_time = now()").update();
		}
		Path directory = this.temporary.resolve("mails");
		try (Instance instance = start(Map.of("kennel.mail.directory", directory.toString()))) {
			assertThat(TestMail.awaitToken(this.address, 1)).isNotEmpty();
			// The job is removed after the mail has been sent.
			JdbcClient jdbc = instance.get(JdbcClient.class);
			TestMail.await(() -> jdbc.sql("SELECT count(*)::int FROM mail_orders").query(Integer.class).single(),
					(jobs) -> jobs == 0);
		}
		// The server takes precedence.
		assertThat(directory).doesNotExist();
	}

	@Test
	void mailIsWrittenToConfiguredDirectory(CapturedOutput log) throws IOException {
		Path directory = this.temporary.resolve("mails");
		Map<String, @Nullable String> settings = withoutServer();
		settings.put("kennel.mail.directory", directory.toString());
		try (Instance instance = start(settings)) {
			signUpAndRequestMail(instance);
			assertOneMailIn(directory);
			assertThat(data()).doesNotExist();
			assertThat(log).doesNotContain(NOT_SENT);
		}
	}

	@Test
	void mailIsWrittenBesideEmbeddedDatabase(CapturedOutput log) throws IOException {
		Map<String, @Nullable String> settings = withoutServer();
		settings.put("spring.datasource.url", null);
		settings.put("kennel.mail.directory", "");
		try (Instance instance = start(settings)) {
			signUpAndRequestMail(instance);
			assertOneMailIn(data().resolve("mail"));
			assertThat(log).doesNotContain(NOT_SENT);
		}
	}

}
