package dev.kennel.database.pipeline;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.kennel.concurrency.EventLoops;
import dev.kennel.database.DatabaseUnavailableException;
import dev.kennel.database.Gate;
import dev.kennel.database.ResultRows;
import dev.kennel.test.TestDatabase;
import dev.kennel.test.TestMail;
import dev.kennel.test.TestStandby;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** A replica that is busy, freezes, is promoted, and is another server. */
@Timeout(120)
class ReplicaTests {

	private static final Duration MAX_WAIT = Duration.ofMillis(50);

	private final EventLoops loops = new EventLoops();

	private final String url = String.valueOf(TestDatabase.create().get("spring.datasource.url"));

	private final TestStandby standby = new TestStandby(this.url);

	private final PipelinedClient primary = StoreFixture.connect(this.loops, this.url, Duration.ofSeconds(60));

	private Gate gate;

	private Replica replica;

	@BeforeEach
	void start() throws IOException {
		this.gate = new Gate(this.url);
		this.replica = replica();
	}

	private Replica replica() {
		return StoreFixture.replica(this.loops, this.primary, TestStandby.url(this.gate.jdbcUrl()), MAX_WAIT);
	}

	@AfterEach
	void stop() throws Exception {
		this.replica.close();
		this.primary.close();
		this.gate.close();
		this.loops.close();
	}

	private ReplicaSession awaitSession() {
		TestMail.await(() -> this.replica.session() != null, (there) -> there);
		return Objects.requireNonNull(this.replica.session());
	}

	private void awaitNoSession() {
		TestMail.await(() -> this.replica.session() == null, (none) -> none);
	}

	private void awaitHeartbeats(int count) {
		long before = this.standby.heartbeats();
		TestMail.await(this.standby::heartbeats, (heartbeats) -> heartbeats >= before + count);
	}

	private static CompletableFuture<ResultRows> query(ReplicaSession session, String sql) {
		return session.query("test", StatementLane.SHORT, sql, List.of());
	}

	/** Has both connections for short statements wait. */
	private static List<CompletableFuture<ResultRows>> occupy(ReplicaSession session, int seconds) {
		return List.of(query(session, "SELECT pg_sleep(" + seconds + ")"),
				query(session, "SELECT pg_sleep(" + seconds + ")"));
	}

	private static Throwable failure(CompletableFuture<?> result) {
		assertThat(result).failsWithin(30, TimeUnit.SECONDS);
		return result.exceptionNow();
	}

	@Test
	void busyReplicaKeepsItsSession() throws SQLException {
		ReplicaSession session = awaitSession();
		List<CompletableFuture<ResultRows>> slow = occupy(session, 3);

		awaitHeartbeats(4);

		assertThat(slow).noneMatch(CompletableFuture::isDone);
		assertThat(this.replica.session()).isSameAs(session);
		for (CompletableFuture<ResultRows> statement : slow) {
			assertThat(statement).succeedsWithin(30, TimeUnit.SECONDS);
		}
		ResultRows rows = PipelinedClient.await(query(session, "SELECT 1::bigint"));
		rows.next();
		assertThat(rows.number(1)).isEqualTo(1);
	}

	@Test
	void lookupsOfABusyReplicaAreLimitedInTimeAndNumber() {
		ReplicaSession session = awaitSession();
		List<CompletableFuture<ResultRows>> slow = occupy(session, 3);
		List<CompletableFuture<ResultRows>> lookUps = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			lookUps.add(session.lookUp("SELECT 1::bigint", List.of()));
		}

		CompletableFuture<ResultRows> ninth = session.lookUp("SELECT 1::bigint", List.of());

		assertThat(ninth).isCompletedExceptionally();
		assertThat(failure(ninth)).isInstanceOf(TimeoutException.class);
		lookUps.forEach((lookUp) -> assertThat(failure(lookUp)).isInstanceOf(TimeoutException.class));
		assertThat(slow).noneMatch(CompletableFuture::isDone);
		assertThat(this.replica.session()).isSameAs(session);
		slow.forEach((statement) -> assertThat(statement).succeedsWithin(30, TimeUnit.SECONDS));
		TestMail.await(() -> session.lookUp("SELECT 1::bigint", List.of()).handle((rows, failure) -> failure == null),
				CompletableFuture::join);
	}

	@Test
	void frozenReplicaLosesItsSessionWithAllStatements() {
		ReplicaSession session = awaitSession();
		List<CompletableFuture<ResultRows>> slow = occupy(session, 60);

		this.gate.freeze();

		awaitNoSession();
		slow.forEach((statement) -> assertThat(failure(statement)).isInstanceOf(DatabaseUnavailableException.class));
		assertThat(failure(query(session, "SELECT 1"))).isInstanceOf(DatabaseUnavailableException.class);
		this.gate.thaw();
		assertThat(awaitSession()).isNotSameAs(session);
	}

	@Test
	void lostConnectionEndsTheSessionAndTheNextMayBeOfAnotherServer() {
		ReplicaSession session = awaitSession();
		this.standby.set("started", "second");
		awaitHeartbeats(2);
		assertThat(this.replica.session()).isSameAs(session);

		this.gate.cutConnections();

		awaitNoSession();
		assertThat(awaitSession()).isNotSameAs(session);
	}

	@Test
	void connectionsToSeveralServersHaveNoSession() {
		awaitSession();
		this.standby.execute("CREATE OR REPLACE FUNCTION standby.pg_postmaster_start_time() RETURNS text "
				+ "LANGUAGE sql AS 'SELECT nextval(''standby.heartbeats'')::text'");
		this.gate.cutConnections();
		awaitNoSession();

		awaitHeartbeats(12);

		assertThat(this.replica.session()).isNull();
	}

	@Test
	void promotedServerHasNoSession() {
		ReplicaSession session = awaitSession();

		this.standby.set("recovering", false);

		awaitNoSession();
		assertThat(failure(query(session, "SELECT 1"))).isInstanceOf(DatabaseUnavailableException.class);
		this.standby.set("recovering", true);
		assertThat(awaitSession()).isNotSameAs(session);
	}

	@Test
	void standbyOfAnotherClusterHasNoSession() {
		awaitSession();
		this.standby.set("system_identifier", 1);
		awaitNoSession();

		awaitHeartbeats(4);

		assertThat(this.replica.session()).isNull();
	}

	@Test
	void lagIsZeroOnceAllIsReplayed() {
		TestMail.await(this.replica::lag, (lag) -> lag.toMillis() > 1_000);

		this.standby.execute("UPDATE standby.server SET replayed = pg_current_wal_lsn() + 1000000");

		TestMail.await(this.replica::lag, Duration::isZero);
	}

}
