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

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
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

/** A service whose database goes down and comes back, on the same port. */
class DatabaseOutageTests {

	private static final String CREATE_OWNER = "mutation { createOwner(input: {name: \"Bob\"}) { owner { id } } }";

	@TempDir
	private Path temporary;

	@Test
	void serviceIsUnavailableDuringAnOutageAndRecovers() throws Exception {
		try (EmbeddedPostgresServer server = EmbeddedPostgresServer.start(this.temporary.resolve("data"));
				Gate gate = new Gate(server.jdbcUrl())) {
			try (ConfigurableApplicationContext context = SpringApplication.run(KennelApplication.class,
					"--server.port=0", "--spring.datasource.url=" + gate.jdbcUrl(),
					"--spring.datasource.username=" + server.username(),
					"--spring.datasource.password=" + server.password(), "--kennel.auth.keys[0].id=test",
					"--kennel.auth.keys[0].secret=" + Base64.getEncoder()
						.encodeToString("a secret of tests, 256 bits long".getBytes(StandardCharsets.US_ASCII)),
					// Longer than the pool's pause between two attempts after such an
					// outage.
					"--spring.datasource.hikari.connection-timeout=3000")) {
				Api ann = Api.at(context.getEnvironment().getRequiredProperty("local.server.port", Integer.class))
					.signUp();
				String owner = ann.createOwner("Ann");

				gate.shut();
				assertThat(ann.execute("{ myOwners { nodes { id } } }").codes()).containsExactly("UNAVAILABLE");
				assertThat(ann.execute(CREATE_OWNER).codes()).containsExactly("UNAVAILABLE");
				// Operations that need no database still succeed.
				assertThat(ann.execute("{ __typename }").data().toString()).isEqualTo("{\"__typename\":\"Query\"}");

				gate.open();
				assertThat(executeOnceAvailable(ann, "{ myOwners { nodes { id } } }").texts("/myOwners/nodes", "id"))
					.containsExactly(owner);
				assertThat(executeOnceAvailable(ann, CREATE_OWNER).text("/createOwner/owner/id")).startsWith("own_");
			}
		}
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void writesReachThePrimaryAfterAReadOnlyServerRefusedOne(CapturedOutput output) throws Exception {
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
				// The connection was terminated.
			}
			int from = output.getAll().length();
			for (int write = 0; write < 5; write++) {
				assertThat(ann.execute(CREATE_OWNER).codes()).containsExactly("UNAVAILABLE");
			}
			assertThat(ann.execute("{ myOwners { nodes { id } } }").texts("/myOwners/nodes", "id"))
				.containsExactly(owner);
			assertThat(output.getAll().substring(from)).doesNotContain("\tat ").doesNotContain("Z ERROR ");

			try (Statement statement = postgres.createStatement()) {
				statement.execute("SET default_transaction_read_only = off");
				statement.execute("ALTER DATABASE " + name + " RESET default_transaction_read_only");
			}
			// Each refused write closes its connection at least, so that none refuses
			// two.
			int connections = context.getBean(DataSource.class).unwrap(HikariDataSource.class).getMaximumPoolSize();
			Api.Response written = ann.execute(CREATE_OWNER);
			for (int refused = 0; refused < connections && !written.codes().isEmpty(); refused++) {
				assertThat(written.codes()).containsExactly("UNAVAILABLE");
				written = ann.execute(CREATE_OWNER);
			}
			assertThat(written.text("/createOwner/owner/id")).startsWith("own_");
		}
	}

	/**
	 * Lists and writes use separate connections. After an outage, the pool for writes
	 * retries after a pause that is as long as the connection timeout: either may end
	 * first.
	 */
	private static Api.Response executeOnceAvailable(Api api, String document) {
		Api.Response response = api.execute(document);
		for (int request = 1; request < 10 && response.codes().equals(List.of("UNAVAILABLE")); request++) {
			response = api.execute(document);
		}
		return response;
	}

}
