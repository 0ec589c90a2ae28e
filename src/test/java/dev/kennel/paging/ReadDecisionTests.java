package dev.kennel.paging;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.kennel.concurrency.EventLoops;
import dev.kennel.database.Gate;
import dev.kennel.database.pipeline.PipelinedClient;
import dev.kennel.database.pipeline.Replica;
import dev.kennel.database.pipeline.ReplicaSession;
import dev.kennel.database.pipeline.StoreFixture;
import dev.kennel.database.sql.SqlFailureClassifier;
import dev.kennel.identity.AccountId;
import dev.kennel.paging.ReadRouter.Decision;
import dev.kennel.paging.ReadRouter.Outcome;
import dev.kennel.test.TestDatabase;
import dev.kennel.test.TestMail;
import dev.kennel.test.TestStandby;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.beans.factory.ObjectProvider;

import static org.assertj.core.api.Assertions.assertThat;

/** The choice of a server while the replica is busy or the primary does not respond. */
@Timeout(120)
class ReadDecisionTests {

	private static final Duration MAX_WAIT = Duration.ofSeconds(2);

	private final EventLoops loops = new EventLoops();

	private final String url = String.valueOf(TestDatabase.create().get("spring.datasource.url"));

	private final TestStandby standby = new TestStandby(this.url);

	/** By which the replica knows its cluster. */
	private final PipelinedClient sampled = StoreFixture.connectWithin(this.loops, this.url, Duration.ofSeconds(10));

	private Gate gate;

	private PipelinedClient primary;

	private Replica replica;

	private ReadRouter router;

	@BeforeEach
	void start() throws IOException {
		this.standby.execute("CREATE TABLE public.change_versions (user_id uuid, version bigint)");
		this.standby.execute("CREATE TABLE public.changes (user_id uuid, version bigint, kind text, node_kind text, "
				+ "node_id uuid, changed_at timestamptz)");
		this.standby.execute("CREATE TABLE standby.change_versions AS TABLE public.change_versions");
		this.gate = new Gate(this.url);
		this.primary = StoreFixture.connectWithin(this.loops, this.gate.jdbcUrl(), Duration.ofSeconds(1));
		this.replica = StoreFixture.replica(this.loops, this.sampled, this.standby.url(), MAX_WAIT);
		this.router = new ReadRouter(this.primary, new ObjectProvider<>() {

			@Override
			public Replica getObject() {
				return ReadDecisionTests.this.replica;
			}

		}, this.loops);
		TestMail.await(this.replica::session, Objects::nonNull);
		assertThat(decide()).succeedsWithin(30, TimeUnit.SECONDS)
			.isEqualTo(new Decision(Outcome.REPLICA, this.replica.session()));
	}

	@AfterEach
	void stop() throws Exception {
		this.replica.close();
		this.primary.close();
		this.sampled.close();
		this.gate.close();
		this.loops.close();
	}

	private CompletableFuture<Decision> decide() {
		return this.router.decide(new AccountId(UUID.randomUUID()));
	}

	private void decideFour() {
		List<CompletableFuture<Decision>> four = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			four.add(decide());
		}
		assertThat(four).allSatisfy((decision) -> assertThat(decision).succeedsWithin(30, TimeUnit.SECONDS)
			.isEqualTo(Decision.primary(Outcome.BUSY)));
	}

	/** Has the replica owe the response to all lookups. */
	private Connection holdReplica() throws SQLException {
		Connection connection = DriverManager.getConnection(this.url, "postgres", "");
		connection.setAutoCommit(false);
		try (Statement statement = connection.createStatement()) {
			statement.execute("LOCK TABLE standby.change_versions IN ACCESS EXCLUSIVE MODE");
		}
		return connection;
	}

	@Test
	void primaryIsNotQueriedWhileLookupsOnTheReplicaAreRefused() throws SQLException {
		try (Connection held = holdReplica()) {
			decideFour();
			decideFour();
			this.gate.freeze();

			assertThat(decide()).isCompletedWithValue(Decision.primary(Outcome.BUSY));
			held.rollback();
		}
	}

	/** The account of the fifth query waits for a statement in flight. */
	@Test
	void queryWaitsForTheReplicaAtMostOnce() throws SQLException {
		ReplicaSession session = Objects.requireNonNull(this.replica.session());
		try (Connection held = holdReplica()) {
			List<CompletableFuture<Decision>> decisions = new ArrayList<>();
			for (int i = 0; i < 5; i++) {
				decisions.add(decide());
			}
			CompletableFuture<Object> never = session.withinMaxWait(new CompletableFuture<>());

			assertThat(never).failsWithin(30, TimeUnit.SECONDS);

			assertThat(decisions.getLast()).succeedsWithin(MAX_WAIT.dividedBy(2))
				.isEqualTo(Decision.primary(Outcome.BUSY));
			held.rollback();
		}
	}

	@Test
	void unavailablePrimaryFailsTheDecision() {
		this.gate.shut();

		CompletableFuture<Decision> decision = decide();

		assertThat(decision).failsWithin(30, TimeUnit.SECONDS);
		assertThat(SqlFailureClassifier.isUnavailable(decision.exceptionNow())).isTrue();
	}

}
