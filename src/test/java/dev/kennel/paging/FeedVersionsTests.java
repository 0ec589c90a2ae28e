package dev.kennel.paging;

import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import dev.kennel.concurrency.Futures;
import dev.kennel.database.pipeline.PipelinedClient;
import dev.kennel.database.pipeline.StatementLane;
import dev.kennel.database.pipeline.StoreFixture;
import dev.kennel.database.sql.ResultRows;
import dev.kennel.paging.FeedVersions.FeedVersion;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class FeedVersionsTests {

	private static final OffsetDateTime NOON = OffsetDateTime.parse("2026-11-29T12:00:00Z");

	private static final PipelinedClient CLIENT = StoreFixture.connect(DogRows.URL);

	/** The accounts of each statement. */
	private final List<List<Object>> statements = new ArrayList<>();

	/** The statements in flight, if the test holds them. */
	private final List<Runnable> held = new ArrayList<>();

	private final FeedVersions versions = new FeedVersions((sql, parameters) -> {
		this.statements.add(parameters);
		return CLIENT.query("test", StatementLane.SHORT, sql, parameters);
	});

	private final FeedVersions heldVersions = new FeedVersions((sql, parameters) -> {
		this.statements.add(parameters);
		CompletableFuture<ResultRows> rows = new CompletableFuture<>();
		this.held.add(() -> rows.complete(Futures.join(CLIENT.query("test", StatementLane.SHORT, sql, parameters))));
		return rows;
	});

	private static void setVersion(UUID account, long version) {
		DogRows.JDBC.update("INSERT INTO change_versions (user_id, version, counted) VALUES (?, ?, ?)", account,
				version, version);
	}

	private static void addEntry(UUID account, long version, UUID node, OffsetDateTime at) {
		DogRows.JDBC.update("INSERT INTO changes (user_id, version, kind, node_kind, node_id, changed_at) "
				+ "VALUES (?, ?, 'CREATED', 'OWNER', ?, ?)", account, version, node, at);
	}

	private static UUID account(long version) {
		UUID account = DogRows.newAccount().value();
		setVersion(account, version);
		return account;
	}

	@Test
	void versionHasItsEntry() {
		UUID account = account(2);
		UUID node = UUID.randomUUID();
		addEntry(account, 1, UUID.randomUUID(), NOON);
		addEntry(account, 2, node, NOON.plusSeconds(1));

		assertThat(Futures.join(this.versions.read(account)))
			.isEqualTo(new FeedVersion(2, "CREATED", "OWNER", node, NOON.plusSeconds(1)));
	}

	@Test
	void accountWithoutWritesHasNoVersion() {
		assertThat(Futures.join(this.versions.read(UUID.randomUUID()))).isEqualTo(FeedVersion.NONE);
	}

	@Test
	void deletedEntryIsNull() {
		assertThat(Futures.join(this.versions.read(account(7)))).isEqualTo(new FeedVersion(7, null, null, null, null));
	}

	/** As on a standby whose history has lost writes of the primary's. */
	@Test
	void sameVersionWithAnotherEntryDiffers() {
		UUID here = account(1);
		UUID there = account(1);
		UUID node = UUID.randomUUID();
		addEntry(here, 1, node, NOON);
		addEntry(there, 1, node, NOON.plusNanos(1_000_000));

		assertThat(Futures.join(this.versions.read(here))).isNotEqualTo(Futures.join(this.versions.read(there)));
	}

	@Test
	void waitingAccountsAreReadByTheNextStatementTogether() {
		List<UUID> accounts = Stream.of(1, 2, 3, 4, 5, 6).map(FeedVersionsTests::account).toList();
		List<CompletableFuture<FeedVersion>> read = new ArrayList<>();
		accounts.forEach((account) -> read.add(this.heldVersions.read(account)));
		read.add(this.heldVersions.read(accounts.getFirst()));
		assertThat(this.statements).hasSize(4);

		this.held.getFirst().run();

		assertThat(this.statements).hasSize(5);
		assertThat(this.statements.getLast()).as("filled up to a power of two")
			.containsExactly(accounts.get(4), accounts.get(5), accounts.getFirst(), accounts.get(4));
		assertThat(read.getFirst()).isDone();
		assertThat(read.getLast()).isNotDone();
		for (int i = 1; i < 5; i++) {
			this.held.get(i).run();
		}
		assertThat(read).extracting((version) -> version.resultNow().version())
			.containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 1L);
		assertThat(this.statements).hasSize(5);
	}

	@Test
	void statementHasAtMost64Accounts() {
		List<UUID> accounts = Stream.generate(UUID::randomUUID).limit(4 + 64 + 1).toList();
		List<CompletableFuture<FeedVersion>> read = new ArrayList<>();
		accounts.forEach((account) -> read.add(this.heldVersions.read(account)));

		for (int i = 0; i < 6; i++) {
			this.held.get(i).run();
		}

		assertThat(this.statements).extracting(List::size).containsExactly(1, 1, 1, 1, 64, 1);
		assertThat(read).extracting(CompletableFuture::resultNow).containsOnly(FeedVersion.NONE);
	}

	@Test
	void statementIsPlannedOnce() throws SQLException {
		UUID account = account(3);
		for (int i = 0; i < 5; i++) {
			Futures.join(this.versions.read(account));
		}
		long before = genericPlans();

		for (int i = 0; i < 10; i++) {
			Futures.join(this.versions.read(account));
		}

		assertThat(genericPlans() - before).isEqualTo(10);
	}

	/** On the connection that is chosen while all are unused. */
	private static long genericPlans() throws SQLException {
		ResultRows rows = Futures.join(CLIENT.query("test", StatementLane.SHORT,
				"SELECT sum(generic_plans)::bigint FROM pg_prepared_statements WHERE statement LIKE '%IN ($1)'",
				List.of()));
		rows.next();
		return rows.number(1);
	}

	/** As those of a replica that refuses lookups, with thousands of accounts waiting. */
	@Test
	void immediateFailuresDoNotOverflowTheStack() throws InterruptedException {
		CompletableFuture<ResultRows> inFlight = new CompletableFuture<>();
		int[] sent = new int[1];
		FeedVersions refusing = new FeedVersions((sql, parameters) -> (sent[0]++ < 4) ? inFlight.copy()
				: CompletableFuture.failedFuture(new IllegalStateException("On purpose")));
		List<CompletableFuture<FeedVersion>> read = Stream.generate(UUID::randomUUID)
			.limit(64 * 2_000)
			.map(refusing::read)
			.toList();

		Thread thread = Thread.ofPlatform()
			.stackSize(256 * 1024)
			.start(() -> inFlight.completeExceptionally(new IllegalStateException("On purpose")));

		thread.join();
		assertThat(read).allMatch(CompletableFuture::isCompletedExceptionally);
		assertThat(sent[0]).isEqualTo(4 + 2_000);
	}

	@Test
	void failureAffectsItsStatementOnly() {
		int[] attempts = new int[1];
		FeedVersions failing = new FeedVersions((sql, parameters) -> {
			if (attempts[0]++ == 0) {
				throw new IllegalStateException("On purpose");
			}
			return CLIENT.query("test", StatementLane.SHORT, sql, parameters);
		});
		UUID account = account(3);

		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> Futures.join(failing.read(account)));
		assertThat(Futures.join(failing.read(account)).version()).isEqualTo(3);
	}

}
