package dev.kennel.database;

import java.nio.file.Path;
import java.util.Base64;

import dev.kennel.KennelApplication;
import dev.kennel.test.Api;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.SpringApplication;
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
				Gate gate = new Gate(server.getJdbcUrl())) {
			try (ConfigurableApplicationContext context = SpringApplication.run(KennelApplication.class,
					"--server.port=0", "--spring.datasource.url=" + gate.jdbcUrl(),
					"--spring.datasource.username=" + server.getUsername(),
					"--spring.datasource.password=" + server.getPassword(), "--kennel.auth.keys[0].id=test",
					"--kennel.auth.keys[0].secret=" + Base64.getEncoder().encodeToString(new byte[32]),
					"--spring.datasource.hikari.connection-timeout=500")) {
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
				assertThat(ann.execute("{ myOwners { nodes { id } } }").texts("/myOwners/nodes", "id"))
					.containsExactly(owner);
				assertThat(ann.createOwner("Bob")).startsWith("own_");
			}
		}
	}

}
