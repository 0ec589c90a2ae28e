package dev.kennel.paging;

import java.util.Map;

import dev.kennel.test.Api;
import dev.kennel.test.Instance;
import dev.kennel.test.KennelTest;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.core.env.Environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/** Without a standby. With one: clients/replica. */
@KennelTest
class ReadRouterTests {

	private final Api api;

	private final Environment environment;

	private final MeterRegistry meters;

	ReadRouterTests(Api api, Environment environment, MeterRegistry meters) {
		this.api = api;
		this.environment = environment;
		this.meters = meters;
	}

	private static double queries(MeterRegistry meters, String outcome) {
		return meters.get("kennel.database.replica.queries").tag("outcome", outcome).functionCounter().count();
	}

	@Test
	void withoutReplicaNothingIsMeasured() {
		assertThat(this.meters.find("kennel.database.replica.queries").functionCounters()).isEmpty();
		assertThat(this.meters.find("kennel.database.replica.up").gauges()).isEmpty();
	}

	/** The URL of the primary: it is none. */
	@Test
	void serverThatIsNoStandbyServesNothing() {
		Api ann = this.api.signUp();
		ann.createOwner("Ann");

		try (Instance instance = Instance.beside(this.environment,
				Map.of("kennel.database.replica.url", this.environment.getRequiredProperty("spring.datasource.url")))) {
			Api there = instance.api().withToken(ann.token());
			assertThat(there.execute("{ myOwners { nodes { name } } }").texts("/myOwners/nodes", "name"))
				.containsExactly("Ann");
			assertThat(there.execute("{ me { username } }").codes()).isEmpty();
			there.createOwner("Bob");

			MeterRegistry registry = instance.get(MeterRegistry.class);
			assertThat(queries(registry, "unavailable")).isEqualTo(1);
			assertThat(queries(registry, "replica")).isZero();
			assertThat(registry.get("kennel.database.replica.up").gauge().value()).isZero();
		}
	}

	@Test
	void urlThatIsNotPostgresFailsTheStart() {
		Map<String, String> settings = Map.of("kennel.database.replica.url", "jdbc:mysql://localhost/kennel");

		assertThatException().isThrownBy(() -> Instance.beside(this.environment, Map.copyOf(settings)))
			.havingRootCause()
			.withMessage("kennel.database.replica.url is no URL of PostgreSQL's JDBC driver");
	}

}
