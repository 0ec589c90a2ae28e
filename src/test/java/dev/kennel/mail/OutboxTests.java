package dev.kennel.mail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import javax.sql.DataSource;

import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import dev.kennel.test.TestMail;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.mail.MailSendException;
import org.springframework.transaction.support.TransactionOperations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

@KennelTest
class OutboxTests {

	private final DataSource dataSource;

	private final JdbcClient jdbc;

	private final Outbox running;

	private final TransactionOperations transaction;

	OutboxTests(DataSource dataSource, JdbcClient jdbc, Outbox running, TransactionOperations transaction, Api api) {
		this.dataSource = dataSource;
		this.jdbc = jdbc;
		this.running = running;
		this.transaction = transaction;
	}

	private static MailTemplate template(String kind) {
		return new MailTemplate() {

			@Override
			public String kind() {
				return kind;
			}

			@Override
			public @Nullable MailMessage write(String subject) {
				return subject.equals("nothing") ? null : new MailMessage(subject, "Hello", "Text\n");
			}

		};
	}

	/**
	 * Returns an outbox with its own table, which the running service does not poll.
	 */
	private Outbox outbox(MailTransport transport) {
		this.jdbc.sql("CREATE TABLE IF NOT EXISTS test_orders (LIKE mail_orders INCLUDING ALL)").update();
		return new Outbox(List.of(template("test")), transport,
				new OutboxRepository(this.dataSource, Clock.systemUTC(), "test_orders"));
	}

	private int jobs() {
		return this.jdbc.sql("SELECT count(*)::int FROM test_orders").query(Integer.class).single();
	}

	@Test
	void mailIsSentOnlyAfterCommitAndSurvivesRestart() {
		List<String> sent = new java.util.concurrent.CopyOnWriteArrayList<>();
		Outbox stopped = outbox((mail) -> sent.add(mail.to()));
		this.transaction.executeWithoutResult((status) -> {
			stopped.enqueue("test", "never@example.com");
			status.setRollbackOnly();
		});
		this.transaction.executeWithoutResult((status) -> stopped.enqueue("test", "a@example.com"));
		stopped.enqueue("test", "nothing");
		assertThat(jobs()).isEqualTo(2);

		Outbox restarted = outbox((mail) -> sent.add(mail.to()));
		restarted.start();
		try {
			TestMail.await(this::jobs, (jobs) -> jobs == 0);
			assertThat(sent).containsExactly("a@example.com");
		}
		finally {
			restarted.stop();
		}
	}

	@Test
	void refusedMailIsRetried() {
		AtomicInteger attempts = new AtomicInteger();
		Outbox outbox = outbox((mail) -> {
			if (attempts.incrementAndGet() == 1) {
				throw new MailSendException("On purpose: " + mail.to());
			}
		});
		outbox.start();
		try {
			outbox.enqueue("test", "b@example.com");
			TestMail.await(() -> this.jdbc
				.sql("SELECT count(*)::int FROM test_orders WHERE consecutive_failures = 1 "
						+ "AND execution_time > last_failure + interval '4 seconds'")
				.query(Integer.class)
				.single(), (failed) -> failed == 1);
			assertThat(attempts).hasValue(1);
			this.jdbc.sql("UPDATE test_orders SET execution_time = now()").update();

			TestMail.await(this::jobs, (jobs) -> jobs == 0);
			assertThat(attempts).hasValue(2);
		}
		finally {
			outbox.stop();
		}
	}

	@Test
	void unknownKindIsRejected() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.running.enqueue("unknown", "x"));
	}

	@Test
	void mailFilesAreReadableByOwnerOnly(@TempDir Path directory) throws IOException {
		Path folder = directory.resolve("mail");

		new FileMailTransport(folder, "kennel@localhost", Clock.systemUTC()).deliver(new MailMessage("a@example.com",
				"Subject", "Hello\n\nhttp://localhost:8080/reset-password#token=" + new UUID(1, 2) + "\n"));

		List<Path> files = files(folder);
		assertThat(files).hasSize(1);
		assertThat(Files.getPosixFilePermissions(files.getFirst()).toString()).isEqualTo("[OWNER_READ, OWNER_WRITE]");
		assertThat(files.getFirst().toString()).endsWith(".eml");
		assertThat(Files.readString(files.getFirst())).matches("""
				(?s)Date: .*
				From: kennel@localhost
				To: a@example.com
				Subject: Subject
				MIME-Version: 1.0
				Content-Type: text/plain; charset=UTF-8
				Content-Transfer-Encoding: 8bit

				Hello

				http://localhost:8080/reset-password#token=.*
				""");
	}

	private static List<Path> files(Path folder) {
		try (Stream<Path> files = Files.list(folder)) {
			return files.toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Test
	void toStringOmitsContent() {
		assertThat(new MailMessage("a@example.com", "b", "c").toString()).isEqualTo("MailMessage[]");
		assertThat(new MailJob("test", "a@example.com").toString()).isEqualTo("MailJob[kind=test]");
	}

}
