package dev.kennel.paging;

import java.io.IOException;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

import javax.sql.DataSource;

import dev.kennel.database.Gate;
import dev.kennel.test.Api;
import dev.kennel.test.HeldRow;
import dev.kennel.test.Instance;
import dev.kennel.test.KennelTest;
import dev.kennel.test.TestMail;
import dev.kennel.test.TestStandby;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import org.springframework.core.env.Environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/** An instance that reads from a standby, beside one that does not. */
@KennelTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReadRouterTests {

	private static final String OWNERS = "{ myOwners { nodes { name } } }";

	private static final String OWNERS_WITH_IDS = "{ myOwners { nodes { id } } }";

	private final Api api;

	private final Environment environment;

	private final DataSource dataSource;

	private final MeterRegistry metersWithoutReplica;

	private final String database;

	private final TestStandby standby;

	private Instance instance;

	private MeterRegistry meters;

	/** An account whose one owner has its name, on the instance without a replica. */
	private Api ann;

	/** The same, on the instance with one. */
	private Api there;

	private String name = "";

	ReadRouterTests(Api api, Environment environment, DataSource dataSource, MeterRegistry meters) {
		this.api = api;
		this.environment = environment;
		this.dataSource = dataSource;
		this.metersWithoutReplica = meters;
		this.database = environment.getRequiredProperty("spring.datasource.url");
		this.standby = new TestStandby(this.database);
	}

	@BeforeAll
	void start() {
		this.standby.replay();
		this.instance = Instance.beside(this.environment,
				Map.of("kennel.database.replica.url", this.standby.url(), "kennel.database.replica.max-wait", "2s"));
		this.meters = this.instance.get(MeterRegistry.class);
	}

	@AfterAll
	void stop() {
		this.instance.close();
		this.standby.execute("DROP SCHEMA standby CASCADE");
	}

	@BeforeEach
	void signUp() {
		this.name = "Ann " + UUID.randomUUID();
		this.ann = this.api.signUp();
		this.ann.createOwner(this.name);
		this.there = this.instance.api().withToken(this.ann.token());
		this.standby.replay();
		awaitUp(1);
	}

	private void awaitUp(int expected) {
		TestMail.await(() -> this.meters.get("kennel.database.replica.up").gauge().value(), (up) -> up == expected);
	}

	/** Has each server tell other names of the owners. */
	private void renameOnStandby() {
		this.standby.execute("UPDATE standby.owners SET name = 'Of the standby' WHERE name = ?", this.name);
	}

	private static double queries(MeterRegistry meters, String outcome) {
		return meters.get("kennel.database.replica.queries").tag("outcome", outcome).functionCounter().count();
	}

	/** Returns the outcomes of queries while something is done. */
	private Map<String, Integer> outcomes(Runnable action) {
		Map<String, Integer> outcomes = new TreeMap<>();
		for (String outcome : new String[] { "replica", "behind", "busy", "unavailable", "failed" }) {
			outcomes.put(outcome, -(int) queries(this.meters, outcome));
		}
		action.run();
		outcomes.replaceAll((outcome, before) -> (int) queries(this.meters, outcome) + before);
		outcomes.values().removeIf((count) -> count == 0);
		return outcomes;
	}

	private void assertOwners(String... names) {
		assertThat(this.there.execute(OWNERS).texts("/myOwners/nodes", "name")).containsExactlyInAnyOrder(names);
	}

	@Test
	void accountIsReadFromACaughtUpReplica() {
		renameOnStandby();

		assertThat(outcomes(() -> assertOwners("Of the standby"))).isEqualTo(Map.of("replica", 1));
	}

	@Test
	void writeOfAnotherInstanceIsVisibleBeforeItIsReplicated() {
		renameOnStandby();
		this.ann.createOwner("Bob");

		assertThat(outcomes(() -> assertOwners(this.name, "Bob"))).isEqualTo(Map.of("behind", 1));
		this.there.createOwner("Cid");
		assertThat(outcomes(() -> assertOwners(this.name, "Bob", "Cid"))).isEqualTo(Map.of("behind", 1));

		this.standby.replay();
		renameOnStandby();
		assertThat(outcomes(() -> assertOwners("Of the standby", "Bob", "Cid"))).isEqualTo(Map.of("replica", 1));
	}

	/** As after a failover that has lost a write, and another one with its version. */
	@Test
	void accountWithADivergedHistoryIsReadFromThePrimary() {
		renameOnStandby();
		this.standby.execute("UPDATE standby.changes SET node_id = gen_random_uuid() "
				+ "WHERE node_id IN (SELECT id FROM public.owners WHERE name = ?)", this.name);

		assertThat(outcomes(() -> assertOwners(this.name))).isEqualTo(Map.of("behind", 1));
	}

	@Test
	void accountWithoutWritesIsReadFromTheReplica() {
		Api bob = this.instance.api().withToken(this.api.signUp().token());

		assertThat(outcomes(() -> assertThat(bob.execute(OWNERS).texts("/myOwners/nodes", "name")).isEmpty()))
			.isEqualTo(Map.of("replica", 1));
	}

	@Test
	void queryWithFailedStatementsIsExecutedOnThePrimaryAndCountedOnce() {
		renameOnStandby();
		this.standby.execute("ALTER TABLE standby.owners RENAME COLUMN name TO title");
		this.standby.execute("ALTER TABLE standby.dogs RENAME COLUMN name TO title");

		Map<String, Integer> outcomes = outcomes(() -> {
			Api.Response response = this.there
				.execute("{ a: myOwners { nodes { name } } b: myOwners(first: 2) { nodes { name } } "
						+ "c: myDogs { nodes { name } } d: myDogs(last: 3) { nodes { name } } }");
			assertThat(response.texts("/a/nodes", "name")).containsExactly(this.name);
			assertThat(response.texts("/b/nodes", "name")).containsExactly(this.name);
		});

		assertThat(outcomes).isEqualTo(Map.of("failed", 1));
		assertThat(outcomes(() -> assertThat(
				this.there.execute("{ myOwners { totalCount } }").data().at("/myOwners/totalCount").asInt())
			.isEqualTo(1))).isEqualTo(Map.of("replica", 1));
	}

	@Test
	void queryDelayedByABusyReplicaIsReadFromThePrimary() throws SQLException {
		renameOnStandby();
		try (HeldRow held = new HeldRow(this.dataSource, "SELECT 1 FROM users WHERE username = ?", "nobody")) {
			held.execute("LOCK TABLE standby.change_versions IN ACCESS EXCLUSIVE MODE");

			assertThat(outcomes(() -> assertOwners(this.name))).isEqualTo(Map.of("busy", 1));
			assertThat(this.meters.get("kennel.database.replica.up").gauge().value()).isEqualTo(1);
			held.commit();
		}

		assertThat(outcomes(() -> assertOwners("Of the standby"))).isEqualTo(Map.of("replica", 1));
	}

	/** By the standby's own timeout, for example, which is not the query's deadline. */
	@Test
	void queryWithACancelledStatementIsExecutedOnThePrimary() {
		this.standby.execute("ALTER TABLE standby.owners RENAME TO owners_table");
		this.standby.execute("CREATE FUNCTION standby.cancelled() RETURNS boolean LANGUAGE plpgsql "
				+ "AS 'BEGIN RAISE EXCEPTION USING ERRCODE = ''57014''; END'");
		this.standby
			.execute("CREATE VIEW standby.owners AS SELECT * FROM standby.owners_table WHERE standby.cancelled()");
		try {
			assertThat(outcomes(() -> assertOwners(this.name))).isEqualTo(Map.of("failed", 1));
		}
		finally {
			this.standby.execute("DROP VIEW standby.owners");
			this.standby.execute("DROP FUNCTION standby.cancelled");
			this.standby.execute("ALTER TABLE standby.owners_table RENAME TO owners");
		}
	}

	@Test
	void queryFailsIfItsDeadlineExpiresOnTheReplica() throws SQLException {
		try (HeldRow held = new HeldRow(this.dataSource, "SELECT 1 FROM users WHERE username = ?", "nobody")) {
			held.execute("LOCK TABLE standby.owners IN ACCESS EXCLUSIVE MODE");

			assertThat(outcomes(() -> assertThat(this.there.execute(OWNERS).codes()).containsExactly("TIMEOUT")))
				.isEqualTo(Map.of("failed", 1));
		}
	}

	/** The owner of a dog is gone, as if both were removed between two statements. */
	@Test
	void queryWithReadSkewIsNotCountedAsReadFromTheReplica() {
		String owner = this.ann.execute(OWNERS_WITH_IDS).text("/myOwners/nodes/0/id");
		this.ann.createDog(owner, "Rex");
		this.standby.replay();
		this.standby.execute("DELETE FROM standby.owners WHERE name = ?", this.name);

		assertThat(outcomes(() -> assertThat(
				this.there.execute("{ myDogs { nodes { owner { name } } } }").text("/myDogs/nodes/0/owner/name"))
			.isEqualTo(this.name))).isEqualTo(Map.of("failed", 1));
	}

	@Test
	void queryFailsIfThePrimaryIsUnavailable() throws IOException {
		Gate gate = new Gate(this.database);
		try (gate;
				Instance beside = Instance.beside(this.environment,
						Map.of("spring.datasource.url", gate.jdbcUrl(), "spring.datasource.hikari.connection-timeout",
								"1000", "kennel.database.replica.url", this.standby.url(),
								"kennel.database.replica.max-wait", "2s"))) {
			MeterRegistry registry = beside.get(MeterRegistry.class);
			TestMail.await(() -> registry.get("kennel.database.replica.up").gauge().value(), (up) -> up == 1);
			Api client = beside.api().withToken(this.ann.token());
			assertThat(client.execute(OWNERS).texts("/myOwners/nodes", "name")).containsExactly(this.name);

			gate.shut();

			assertThat(client.execute(OWNERS).codes()).containsExactly("UNAVAILABLE");
			for (String outcome : new String[] { "behind", "busy", "unavailable", "failed" }) {
				assertThat(queries(registry, outcome)).isZero();
			}
			assertThat(queries(registry, "replica")).isEqualTo(1);
		}
	}

	@Test
	void maximumWaitAboveFiveSecondsFailsTheStart() {
		Map<String, String> settings = Map.of("kennel.database.replica.max-wait", "5001ms");

		assertThatException().isThrownBy(() -> Instance.beside(this.environment, Map.copyOf(settings)))
			.havingRootCause()
			.withMessageContaining("kennel.database.replica");
	}

	@Test
	void promotedReplicaServesNoQuery() {
		renameOnStandby();
		this.standby.set("recovering", false);
		awaitUp(0);

		assertThat(outcomes(() -> assertOwners(this.name))).isEqualTo(Map.of("unavailable", 1));

		this.standby.set("recovering", true);
		awaitUp(1);
		assertThat(outcomes(() -> assertOwners("Of the standby"))).isEqualTo(Map.of("replica", 1));
	}

	@Test
	void mutationsUsersAndIncrementalQueriesAreReadFromThePrimary() {
		renameOnStandby();

		assertThat(outcomes(() -> {
			assertThat(this.there
				.execute("mutation { createOwner(input: {name: \"Bob\"}) { owner { name dogs { totalCount } } } }")
				.codes()).isEmpty();
			assertThat(this.there.execute("{ me { username } myChangesCursor }").codes()).isEmpty();
			assertThat(this.there
				.execute("query ($part: Boolean!) { myOwners { nodes @stream(if: $part) { name } } }",
						Map.of("part", false))
				.texts("/myOwners/nodes", "name")).containsExactlyInAnyOrder(this.name, "Bob");
		})).isEmpty();
	}

	@Test
	void noMetricsWithoutAReplica() {
		assertThat(this.metersWithoutReplica.find("kennel.database.replica.queries").functionCounters()).isEmpty();
		assertThat(this.metersWithoutReplica.find("kennel.database.replica.up").gauges()).isEmpty();
	}

	/** The URL of the primary: it is none. */
	@Test
	void serverThatIsNoStandbyServesNoQuery() {
		try (Instance beside = Instance.beside(this.environment,
				Map.of("kennel.database.replica.url", this.database))) {
			Api client = beside.api().withToken(this.ann.token());
			assertThat(client.execute(OWNERS).texts("/myOwners/nodes", "name")).containsExactly(this.name);
			assertThat(client.execute("{ me { username } }").codes()).isEmpty();
			client.createOwner("Bob");

			MeterRegistry registry = beside.get(MeterRegistry.class);
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
