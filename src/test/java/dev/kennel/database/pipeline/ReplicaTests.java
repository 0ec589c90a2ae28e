package dev.kennel.database.pipeline;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.kennel.concurrency.EventLoops;
import dev.kennel.database.Gate;
import dev.kennel.database.sql.DatabaseUnavailableException;
import dev.kennel.database.sql.ResultRows;
import dev.kennel.test.TestDatabase;
import dev.kennel.test.TestMail;
import dev.kennel.test.TestStandby;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/** A replica that is busy, freezes, is promoted, and is another server. */
@Timeout(120)
class ReplicaTests {

	private static final Duration MAX_WAIT = Duration.ofMillis(50);

	private final EventLoops loops = new EventLoops();

	private final String url = String.valueOf(TestDatabase.create().get("spring.datasource.url"));

	private final TestStandby standby = new TestStandby(this.url);

	private final PipelinedClient primary = StoreFixture.connect(this.loops, this.url, Duration.ofSeconds(60));

	private final Logger logger = (Logger) LoggerFactory.getLogger(Replica.class);

	private final List<String> logged = new CopyOnWriteArrayList<>();

	private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {

		@Override
		protected void append(ILoggingEvent event) {
			ReplicaTests.this.logged.add(event.getFormattedMessage());
		}

	};

	private Gate gate;

	private Replica replica;

	@BeforeEach
	void start() throws IOException {
		this.appender.start();
		this.logger.addAppender(this.appender);
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
		this.logger.detachAppender(this.appender);
	}

	private void awaitReason(String reason) {
		TestMail.await(() -> List.copyOf(this.logged),
				(messages) -> messages.stream()
					.anyMatch((message) -> message
						.startsWith("The replica is not available, and the primary serves all reads: " + reason)));
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
		List<CompletableFuture<ResultRows>> lookups = new ArrayList<>();
		List<CompletableFuture<Thread>> threads = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			lookups.add(session.lookUp("SELECT 1::bigint", List.of()));
			threads.add(lookups.getLast().handle((rows, failure) -> Thread.currentThread()));
		}

		CompletableFuture<ResultRows> ninth = session.lookUp("SELECT 1::bigint", List.of());

		assertThat(ninth).isCompletedExceptionally();
		assertThat(failure(ninth)).isInstanceOf(TimeoutException.class);
		lookups.forEach((lookup) -> assertThat(failure(lookup)).isInstanceOf(TimeoutException.class));
		assertThat(threads).as("not the thread of all timeouts")
			.extracting(CompletableFuture::join)
			.allMatch((thread) -> thread.isVirtual() || thread == Thread.currentThread());
		assertThat(slow).noneMatch(CompletableFuture::isDone);
		assertThat(this.replica.session()).isSameAs(session);
		slow.forEach((statement) -> assertThat(statement).succeedsWithin(30, TimeUnit.SECONDS));
		TestMail.await(() -> session.lookUp("SELECT 1::bigint", List.of()).handle((rows, failure) -> failure == null),
				CompletableFuture::join);
	}

	/**
	 * Others are read from the primary, instead of waiting for it until their deadlines.
	 */
	@Test
	void singleUnresponsiveConnectionEndsTheSession() {
		ReplicaSession session = awaitSession();
		CompletableFuture<ResultRows> slow = query(session, "SELECT pg_sleep(60)");
		CompletableFuture<ResultRows> other = query(session, "SELECT pg_sleep(0.5)");
		for (int i = 0; i < 4; i++) {
			// Half of them behind each.
			var _ = session.lookUp("SELECT 1::bigint", List.of());
		}
		assertThat(other).succeedsWithin(30, TimeUnit.SECONDS);

		TestMail.await(() -> session.lookUp("SELECT 1::bigint", List.of()).handle((rows, failure) -> session),
				(lookup) -> this.replica.session() != session);

		assertThat(failure(slow)).isInstanceOf(DatabaseUnavailableException.class);
		awaitReason("a connection does not respond");
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

	/**
	 * The first connection that is closed may be replaced by one to another server at
	 * once.
	 */
	@Test
	void sessionHasEndedBeforeItsConnectionsAreClosed() {
		ReplicaSession session = awaitSession();
		List<CompletableFuture<ResultRows>> next = occupy(session, 60).stream()
			.map((slow) -> slow.exceptionallyCompose((failure) -> query(session, "SELECT 1")))
			.toList();

		this.gate.freeze();

		next.forEach((later) -> assertThat(failure(later)).hasMessage("The replica is not available any longer"));
		this.gate.thaw();
	}

	@Test
	void sessionAfterALostConnectionNeedsASecondOfHeartbeats() {
		awaitSession();
		long cutAt = System.nanoTime();

		this.gate.cutConnections();

		awaitNoSession();
		awaitSession();
		assertThat(Duration.ofNanos(System.nanoTime() - cutAt)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
	}

	@Test
	void lostConnectionEndsTheSessionAndTheNextMayUseAnotherServer() {
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

	/** It makes up the pid that a client learns, and may balance statements. */
	@Test
	void connectionPoolerHasNoSession() {
		awaitSession();
		this.standby.set("pid", 1);
		this.gate.cutConnections();
		awaitNoSession();

		awaitReason("its address leads to a connection pooler");

		assertThat(this.replica.session()).isNull();
	}

	@Test
	void unreadablePositionOfThePrimaryIsLogged() {
		this.standby.execute("CREATE SCHEMA broken");
		this.standby.execute("CREATE FUNCTION broken.pg_current_wal_lsn() RETURNS pg_lsn LANGUAGE plpgsql "
				+ "AS 'BEGIN RAISE EXCEPTION ''No position''; END'");
		PipelinedClient broken = StoreFixture.connect(this.loops, this.url + "?currentSchema=broken,pg_catalog,public",
				Duration.ofSeconds(60));
		try (broken; Replica other = StoreFixture.replica(this.loops, broken, this.standby.url(), MAX_WAIT)) {
			awaitReason("the position of the primary can't be read: ERROR: No position (P0001)");

			assertThat(other.session()).isNull();
		}
	}

	@Test
	void refusedConnectionIsLoggedWithItsReason() {
		String url = this.standby.url().replaceFirst("/\\w+\\?", "/absent?");
		try (Replica other = StoreFixture.replica(this.loops, this.primary, url, MAX_WAIT)) {
			awaitReason("its connections are not open: FATAL: database \"absent\" does not exist (3D000)");

			assertThat(other.session()).isNull();
		}
	}

	@Test
	void changedReasonIsLogged() {
		awaitSession();
		this.standby.set("recovering", false);
		awaitReason("it is not a standby any longer");
		this.standby.set("system_identifier", 1);

		this.standby.set("recovering", true);

		awaitReason("it is not a standby of the primary");
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
	void lagIsZeroOnceEverythingIsReplayed() {
		TestMail.await(this.replica::lag, (lag) -> lag.toMillis() > 1_000);

		this.standby.execute("UPDATE standby.server SET replayed = pg_current_wal_lsn() + 1000000");

		TestMail.await(this.replica::lag, Duration::isZero);
	}

}
