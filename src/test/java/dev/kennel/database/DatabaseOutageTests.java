package dev.kennel.database;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.kennel.KennelApplication;
import dev.kennel.test.Api;
import dev.kennel.test.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A service whose database goes away and comes back, behind a port that stays the same.
 */
class DatabaseOutageTests {

	@TempDir
	private Path temporary;

	@Test
	void withoutTheDatabaseItAnswersUnavailableAndRecoversByItself() throws Exception {
		try (EmbeddedPostgresServer server = EmbeddedPostgresServer.start(this.temporary.resolve("data"));
				Gate gate = new Gate(server.jdbcUrl())) {
			try (ConfigurableApplicationContext context = SpringApplication.run(KennelApplication.class,
					"--server.port=0", "--spring.datasource.url=" + gate.jdbcUrl(),
					"--spring.datasource.username=" + server.username(),
					"--spring.datasource.password=" + server.password(), "--kennel.auth.keys[0].id=test",
					"--kennel.auth.keys[0].secret=" + Base64.getEncoder()
						.encodeToString("a secret of tests, 256 bits long".getBytes(StandardCharsets.US_ASCII)),
					// Longer than the pool pauses between two attempts after so long an
					// outage.
					"--spring.datasource.hikari.connection-timeout=3000")) {
				Api ann = Api.at(context.getEnvironment().getRequiredProperty("local.server.port", Integer.class))
					.signUp();
				String owner = ann.createOwner("Ann");

				gate.shut();
				assertThat(ann.execute("{ myOwners { nodes { id } } }").codes()).containsExactly("UNAVAILABLE");
				assertThat(ann.execute("mutation { createOwner(input: {name: \"Bob\"}) { owner { id } } }").codes())
					.containsExactly("UNAVAILABLE");
				// What needs no database goes on.
				assertThat(ann.execute("{ __typename }").data().toString()).isEqualTo("{\"__typename\":\"Query\"}");

				gate.open();
				assertThat(answerOnceItIsBack(ann, "{ myOwners { nodes { id } } }").texts("/myOwners/nodes", "id"))
					.containsExactly(owner);
				assertThat(answerOnceItIsBack(ann, "mutation { createOwner(input: {name: \"Bob\"}) { owner { id } } }")
					.text("/createOwner/owner/id")).startsWith("own_");
			}
		}
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void afterReadOnlyServerRefusedWriteTheNextOneFindsThePrimary(CapturedOutput output) throws Exception {
		Map<String, String> database = TestDatabase.create();
		String name = URI
			.create(Objects.requireNonNull(database.get("spring.datasource.url")).substring("jdbc:".length()))
			.getPath()
			.substring(1);
		List<String> arguments = new ArrayList<>(List.of("--server.port=0"));
		database.forEach((property, value) -> arguments.add("--" + property + "=" + value));
		try (ConfigurableApplicationContext context = SpringApplication.run(KennelApplication.class,
				arguments.toArray(String[]::new));
				Connection postgres = DriverManager.getConnection(database.get("spring.datasource.url"), "postgres",
						"")) {
			Api ann = Api.at(context.getEnvironment().getRequiredProperty("local.server.port", Integer.class)).signUp();
			String owner = ann.createOwner("Ann");
			try (Statement statement = postgres.createStatement()) {
				statement.execute("ALTER DATABASE " + name + " SET default_transaction_read_only = on");
				statement.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name
						+ "' AND pid <> pg_backend_pid()");
			}
			// Fills the pool with connections to the read-only server.
			while (ann.execute("{ me { username } }").codes().equals(List.of("UNAVAILABLE"))) {
				// A connection that was terminated.
			}
			int from = output.getAll().length();
			for (int write = 0; write < 5; write++) {
				assertThat(ann.execute("mutation { createOwner(input: {name: \"Bob\"}) { owner { id } } }").codes())
					.containsExactly("UNAVAILABLE");
			}
			assertThat(ann.execute("{ myOwners { nodes { id } } }").texts("/myOwners/nodes", "id"))
				.containsExactly(owner);
			assertThat(output.getAll().substring(from)).doesNotContain("\tat ").doesNotContain("Z ERROR ");

			try (Statement statement = postgres.createStatement()) {
				statement.execute("SET default_transaction_read_only = off");
				statement.execute("ALTER DATABASE " + name + " RESET default_transaction_read_only");
			}
			assertThat(ann.execute("mutation { createOwner(input: {name: \"Bob\"}) { owner { id } } }").codes())
				.isIn(List.of(), List.of("UNAVAILABLE"));
			assertThat(ann.createOwner("Cid")).startsWith("own_");
		}
	}

	/**
	 * Lists and writes have connections of their own. The pool of those that write tries
	 * again after a pause, which after an outage is as long as a request waits: which of
	 * the two ends first is open.
	 */
	private static Api.Answer answerOnceItIsBack(Api api, String document) {
		Api.Answer answer = api.execute(document);
		for (int request = 1; request < 10 && answer.codes().equals(List.of("UNAVAILABLE")); request++) {
			answer = api.execute(document);
		}
		return answer;
	}

}
