package dev.kennel.database.pipeline;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.kennel.concurrency.Deadline;
import dev.kennel.concurrency.DeadlineExceededException;
import dev.kennel.concurrency.EventLoops;
import dev.kennel.database.Gate;
import dev.kennel.database.sql.ResultRows;
import dev.kennel.database.sql.SqlFailureClassifier;
import dev.kennel.identity.AccountId;
import dev.kennel.test.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.dao.DataAccessException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

/** A client whose PostgreSQL is slow, goes down and comes back. */
@Timeout(120)
class PipelinedClientTests {

	private static final AccountId ANN = new AccountId(new UUID(0, 1));

	private static final AccountId BOB = new AccountId(new UUID(0, 2));

	private final EventLoops loops = new EventLoops();

	private Gate gate;

	private PipelinedClient client;

	@BeforeEach
	void start() throws IOException {
		this.gate = new Gate(String.valueOf(TestDatabase.create().get("spring.datasource.url")));
		this.client = StoreFixture.connect(this.loops, this.gate.jdbcUrl(), Duration.ofSeconds(2));
	}

	@AfterEach
	void stop() throws Exception {
		this.client.close();
		this.gate.close();
		this.loops.close();
	}

	private CompletableFuture<ResultRows> query(AccountId account, StatementLane lane, String sql,
			Object... parameters) {
		return this.client.query(account, lane, sql, new ArrayList<>(List.of(parameters)));
	}

	private long selectOne(AccountId account) throws SQLException {
		return number(query(account, StatementLane.SHORT, "SELECT $1::bigint", 1L));
	}

	@Test
	void concurrentStatementsReturnTheirOwnRows() throws SQLException {
		List<CompletableFuture<ResultRows>> results = new ArrayList<>();
		for (long i = 0; i < 500; i++) {
			results.add(query(new AccountId(new UUID(0, i % 50)), StatementLane.SHORT, "SELECT $1::bigint", i));
		}

		for (int i = 0; i < results.size(); i++) {
			ResultRows rows = PipelinedClient.await(results.get(i));
			assertThat(rows.next()).isTrue();
			assertThat(rows.number(1)).isEqualTo(i);
			assertThat(rows.next()).isFalse();
		}
	}

	@Test
	void failedStatementDoesNotFailOthers() throws SQLException {
		CompletableFuture<ResultRows> before = query(ANN, StatementLane.SHORT, "SELECT $1::bigint", 1L);
		CompletableFuture<ResultRows> failing = query(BOB, StatementLane.SHORT, "SELECT 1 / $1::bigint", 0L);
		CompletableFuture<ResultRows> after = query(ANN, StatementLane.SHORT, "SELECT $1::bigint", 2L);

		assertThat(catchThrowable(() -> PipelinedClient.await(failing)))
			.hasRootCauseMessage("ERROR: division by zero (22012)");
		assertThat(PipelinedClient.await(before).next()).isTrue();
		assertThat(PipelinedClient.await(after).next()).isTrue();
	}

	@Test
	void slowStatementIsEndedByItsStatementTimeout() throws SQLException {
		Throwable failure = Deadline.call(Duration.ofSeconds(2), () -> catchThrowable(
				() -> PipelinedClient.await(query(ANN, StatementLane.SHORT, "SELECT pg_sleep(60)"))));

		assertThat(SqlFailureClassifier.isDeadlineExceeded(failure)).isTrue();
		assertThat(SqlFailureClassifier.isUnavailable(failure)).isFalse();
		assertThat(selectOne(ANN)).isEqualTo(1);
	}

	/**
	 * The accounts share a connection, so a cancel request could hit the other account's
	 * statement.
	 */
	@Test
	void deadlineDoesNotAffectOtherAccounts() {
		List<CompletableFuture<ResultRows>> others = new ArrayList<>();
		List<CompletableFuture<ResultRows>> late = new ArrayList<>();
		Throwable failure = Deadline.call(Duration.ofMillis(300), () -> {
			others.add(query(BOB, StatementLane.SHORT, "SELECT pg_sleep(0.7)"));
			others.add(query(BOB, StatementLane.SHORT, "SELECT pg_sleep(0.7)"));
			late.add(query(ANN, StatementLane.SHORT, "SELECT pg_sleep(1.5)"));
			late.add(query(ANN, StatementLane.SHORT, "SELECT pg_sleep(1.5)"));
			return catchThrowable(() -> PipelinedClient.await(late.getFirst()));
		});

		assertThat(failure).isInstanceOf(DeadlineExceededException.class);
		others.forEach((result) -> assertThat(result).succeedsWithin(30, TimeUnit.SECONDS));
	}

	@Test
	void noStatementIsSentAfterTheDeadline() {
		assertThatExceptionOfType(DeadlineExceededException.class)
			.isThrownBy(() -> Deadline.call(Duration.ZERO, () -> query(ANN, StatementLane.SHORT, "SELECT 1")));
	}

	@Test
	void unresponsiveServerIsUnavailableAndIsReconnected() throws SQLException {
		assertThat(selectOne(ANN)).isEqualTo(1);
		this.gate.freeze();

		Throwable failure = Deadline.call(Duration.ofMillis(500),
				() -> catchThrowable(() -> PipelinedClient.await(query(ANN, StatementLane.SHORT, "SELECT 1"))));

		assertThat(SqlFailureClassifier.isUnavailable(failure)).isTrue();
		assertThat(SqlFailureClassifier.isDeadlineExceeded(failure)).as("which would say that it was only slow")
			.isFalse();
		this.gate.thaw();
		assertThat(selectOne(BOB)).isEqualTo(1);
	}

	@Test
	void clientIsUnavailableDuringAnOutageAndRecovers() throws Exception {
		assertThat(selectOne(ANN)).isEqualTo(1);
		this.gate.shut();

		List<CompletableFuture<ResultRows>> lost = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			lost.add(query(ANN, StatementLane.SHORT, "SELECT 1"));
		}
		for (CompletableFuture<ResultRows> statement : lost) {
			assertThat(SqlFailureClassifier.isUnavailable(catchThrowable(() -> PipelinedClient.await(statement))))
				.isTrue();
		}

		CompletableFuture<ResultRows> waiting = query(ANN, StatementLane.SHORT, "SELECT 1");
		this.gate.open();
		assertThat(waiting).succeedsWithin(30, TimeUnit.SECONDS);
	}

	/**
	 * The server has no TLS, which the client asks for on a connection of its own and
	 * then abandons.
	 */
	@Test
	void connectionOfARefusedTlsRequestIsClosed() throws Exception {
		assertThat(selectOne(ANN)).isEqualTo(1);
		for (int loss = 0; loss < 5; loss++) {
			this.gate.cutConnections();
			while (backends().size() < 2) {
				// A connection was lost just now.
			}
		}

		assertThat(this.gate.openConnections()).isEqualTo(2);
	}

	/** It may lead to another server than those that are opened later. */
	@Test
	void openingConnectionIsNotUsedAfterAnAbort() throws SQLException {
		try (Connection lock = DriverManager.getConnection(this.gate.jdbcUrl(), "postgres", "");
				Statement statement = lock.createStatement()) {
			statement.execute("SELECT pg_advisory_lock(1)");
			PipelinedClient opening = StoreFixture.connect(this.loops, this.gate.jdbcUrl(), Duration.ofSeconds(10),
					List.of("SELECT pg_advisory_lock_shared(1)", "SELECT pg_advisory_unlock_shared(1)"));
			try {
				Set<Long> opened = new HashSet<>();
				while (opened.size() < 2) {
					try (ResultSet rows = statement
						.executeQuery("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")) {
						while (rows.next()) {
							opened.add(rows.getLong(1));
						}
					}
				}
				CompletableFuture<ResultRows> waiting = opening.query(ANN, StatementLane.SHORT,
						"SELECT pg_backend_pid()::bigint", List.of());

				opening.abort();
				statement.execute("SELECT pg_advisory_unlock(1)");

				assertThat(number(waiting)).isNotIn(opened);
			}
			finally {
				opening.close();
			}
		}
	}

	@Test
	void handshakeWithoutResponseClosesItsConnection() throws IOException {
		try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
				PipelinedClient connecting = StoreFixture.connect(this.loops,
						"jdbc:postgresql://127.0.0.1:" + silent.getLocalPort() + "/kennel", Duration.ofSeconds(10));
				Socket first = silent.accept()) {
			first.setSoTimeout(30_000);

			assertThat(first.getInputStream().readAllBytes()).as("the request for TLS").hasSize(8);
			assertThat(connecting.connect()).isFalse();
		}
	}

	@Test
	void idleConnectionsAreEvicted() {
		Set<Long> before = backends();

		this.client.evict();

		assertThat(backends()).hasSize(2).doesNotContainAnyElementsOf(before);
	}

	@Test
	void evictionKeepsStatementsInFlight() throws SQLException {
		CompletableFuture<ResultRows> slow = query(ANN, StatementLane.SHORT,
				"SELECT pg_backend_pid()::bigint FROM pg_sleep(0.5)");

		this.client.evict();

		assertThat(number(slow)).isPositive();
	}

	/** Returns the backends of two concurrent statements, without those that are lost. */
	private Set<Long> backends() {
		return Stream.of(ANN, BOB)
			.map((account) -> query(account, StatementLane.SHORT, "SELECT pg_backend_pid()::bigint FROM pg_sleep(0.2)"))
			.toList()
			.stream()
			.flatMap((statement) -> {
				try {
					return Stream.of(number(statement));
				}
				catch (SQLException | DataAccessException ex) {
					return Stream.empty();
				}
			})
			.collect(Collectors.toSet());
	}

	private static long number(CompletableFuture<ResultRows> result) throws SQLException {
		ResultRows rows = PipelinedClient.await(result);
		assertThat(rows.next()).isTrue();
		return rows.number(1);
	}

	/** Those in the queue of the bulkhead are sent by the loss of those in flight. */
	@Test
	void statementsCompleteWhenConnectionsAreLost() {
		for (int loss = 0; loss < 50; loss++) {
			while (catchThrowable(() -> selectOne(ANN)) != null) {
				// The connection was lost just now.
			}
			List<CompletableFuture<?>> sent = new ArrayList<>();
			for (int i = 0; i < 60; i++) {
				sent.add(query(ANN, StatementLane.SHORT, "SELECT 1"));
			}
			this.gate.cutConnections();

			assertThat(
					CompletableFuture.allOf(sent.toArray(CompletableFuture<?>[]::new)).handle((none, failure) -> true))
				.as("loss %d", loss)
				.succeedsWithin(20, TimeUnit.SECONDS);
		}
	}

	@Test
	void scansDoNotBlockShortStatements() throws SQLException {
		List<CompletableFuture<ResultRows>> scans = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			scans.add(query(ANN, StatementLane.SCAN, "SELECT pg_sleep(1.5)"));
		}

		assertThat(selectOne(BOB)).isEqualTo(1);
		assertThat(selectOne(ANN)).isEqualTo(1);
		assertThat(query(BOB, StatementLane.SCAN, "SELECT 1")).as("the half that one account can't have")
			.succeedsWithin(30, TimeUnit.SECONDS);
		assertThat(scans.getLast()).isNotDone();
	}

	@Test
	void accountIsLimitedToItsPermits() throws SQLException {
		List<CompletableFuture<ResultRows>> slow = new ArrayList<>();
		for (int i = 0; i < 9; i++) {
			slow.add(query(ANN, StatementLane.SHORT, "SELECT pg_sleep(0.3)"));
		}
		CompletableFuture<ResultRows> ninth = slow.getLast();

		assertThat(selectOne(BOB)).as("waits for the eight before it").isEqualTo(1);
		assertThat(ninth).isNotDone();
		assertThat(ninth).succeedsWithin(30, TimeUnit.SECONDS);
	}

}
