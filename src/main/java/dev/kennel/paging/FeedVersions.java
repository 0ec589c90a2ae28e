package dev.kennel.paging;

import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.kennel.concurrency.Deadline;
import dev.kennel.database.sql.ResultRows;
import org.jspecify.annotations.Nullable;

/**
 * Reads the newest entries of accounts' change feeds on one server. Few statements are in
 * flight: while they are, further accounts wait, and are read together by the next one.
 * So the number of statements is bounded by their duration, not by the number of queries.
 */
final class FeedVersions {

	private static final int MAX_IN_FLIGHT = 4;

	/** A statement that several operations await has none of their deadlines. */
	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	/** The maximum number of accounts in a statement. */
	private static final int MAX_BATCH = 64;

	/**
	 * The statements with 1, 2, 4 … accounts. With an array of any length, PostgreSQL
	 * would plan each execution anew, which takes several times as long as the execution.
	 */
	private static final List<String> STATEMENTS = IntStream.iterate(1, (size) -> size <= MAX_BATCH, (size) -> 2 * size)
		.mapToObj(FeedVersions::statement)
		.toList();

	private final BiFunction<String, List<Object>, CompletableFuture<ResultRows>> server;

	/** The accounts of the next statement. Guarded by this. */
	private SequencedMap<UUID, CompletableFuture<FeedVersion>> waiting = new LinkedHashMap<>();

	/** Guarded by this. */
	private int inFlight;

	/**
	 * Creates a reader.
	 * @param server executes a statement on the server
	 */
	FeedVersions(BiFunction<String, List<Object>, CompletableFuture<ResultRows>> server) {
		this.server = server;
	}

	/**
	 * Reads the newest entry of an account, by a statement that begins after this call.
	 */
	CompletableFuture<FeedVersion> read(UUID account) {
		CompletableFuture<FeedVersion> version;
		Map<UUID, CompletableFuture<FeedVersion>> batch = Map.of();
		synchronized (this) {
			version = this.waiting.computeIfAbsent(account, (key) -> new CompletableFuture<>());
			if (this.inFlight < MAX_IN_FLIGHT) {
				this.inFlight++;
				batch = takeWaiting();
			}
		}
		send(batch);
		return version;
	}

	private Map<UUID, CompletableFuture<FeedVersion>> takeWaiting() {
		if (this.waiting.size() <= MAX_BATCH) {
			Map<UUID, CompletableFuture<FeedVersion>> batch = this.waiting;
			this.waiting = new LinkedHashMap<>();
			return batch;
		}
		Map<UUID, CompletableFuture<FeedVersion>> batch = new LinkedHashMap<>();
		while (batch.size() < MAX_BATCH) {
			Map.Entry<UUID, CompletableFuture<FeedVersion>> first = Objects
				.requireNonNull(this.waiting.pollFirstEntry());
			batch.put(first.getKey(), first.getValue());
		}
		return batch;
	}

	/** Sends a batch, and the next ones as long as the results are there at once. */
	private void send(Map<UUID, CompletableFuture<FeedVersion>> batch) {
		Map<UUID, CompletableFuture<FeedVersion>> current = batch;
		while (!current.isEmpty()) {
			Map<UUID, CompletableFuture<FeedVersion>> sent = current;
			CompletableFuture<ResultRows> rows = execute(sent);
			if (!rows.isDone()) {
				var _ = rows.whenComplete((result, failure) -> {
					send(next());
					complete(sent, result, failure);
				});
				return;
			}
			// A loop: thousands of accounts may wait while the server refuses lookups.
			current = next();
			var _ = rows.whenComplete((result, failure) -> complete(sent, result, failure));
		}
	}

	private CompletableFuture<ResultRows> execute(Map<UUID, CompletableFuture<FeedVersion>> batch) {
		Deadline deadline = Deadline.begin(TIMEOUT);
		CompletableFuture<ResultRows> rows;
		try {
			rows = deadline.call(() -> execute(batch.keySet()));
		}
		// Whatever the failure, the next statement has to be sent.
		catch (RuntimeException | Error ex) {
			rows = CompletableFuture.failedFuture(ex);
		}
		return rows.whenComplete((result, failure) -> deadline.close());
	}

	private static String statement(int size) {
		return """
				SELECT latest.user_id, latest.version, changes.kind, changes.node_kind, changes.node_id, changes.changed_at
				FROM change_versions AS latest
				LEFT JOIN changes ON changes.user_id = latest.user_id AND changes.version = latest.version
				WHERE latest.user_id IN ("""
				+ IntStream.rangeClosed(1, size)
					.mapToObj((number) -> "$" + number)
					.collect(Collectors.joining(", ", "", ")"));
	}

	/** Fills up the accounts to a power of two with the first of them. */
	private CompletableFuture<ResultRows> execute(Set<UUID> accounts) {
		List<Object> parameters = new ArrayList<>(accounts);
		int statement = Integer.SIZE - Integer.numberOfLeadingZeros(accounts.size() - 1);
		while (parameters.size() < 1 << statement) {
			parameters.add(parameters.getFirst());
		}
		return this.server.apply(STATEMENTS.get(statement), parameters);
	}

	/** Returns the accounts of the next statement, or none. */
	private synchronized Map<UUID, CompletableFuture<FeedVersion>> next() {
		if (this.waiting.isEmpty()) {
			this.inFlight--;
			return Map.of();
		}
		return takeWaiting();
	}

	private static void complete(Map<UUID, CompletableFuture<FeedVersion>> batch, @Nullable ResultRows rows,
			@Nullable Throwable failure) {
		if (rows == null) {
			Throwable reason = (failure != null) ? failure : new IllegalStateException("No result");
			batch.values().forEach((version) -> version.completeExceptionally(reason));
			return;
		}
		Map<UUID, FeedVersion> found = HashMap.newHashMap(batch.size());
		try {
			while (rows.next()) {
				found.put(rows.uuid(1), FeedVersion.of(rows));
			}
		}
		catch (SQLException | RuntimeException ex) {
			batch.values().forEach((version) -> version.completeExceptionally(ex));
			return;
		}
		batch.forEach((account, version) -> version.complete(found.getOrDefault(account, FeedVersion.NONE)));
	}

	/**
	 * The version of an account, and the entry with which it came: after a failover to a
	 * standby that had lagged behind, another write may have the same version.
	 *
	 * @param version the version; 0 before the first write
	 * @param kind the kind of the change; null if the entry is not kept any longer
	 * @param nodeKind the kind of the changed node
	 * @param nodeId the changed node
	 * @param at the time of the change
	 */
	record FeedVersion(long version, @Nullable String kind, @Nullable String nodeKind, @Nullable UUID nodeId,
			@Nullable OffsetDateTime at) {

		static final FeedVersion NONE = new FeedVersion(0, null, null, null, null);

		static FeedVersion of(ResultRows row) throws SQLException {
			return new FeedVersion(row.number(2), row.text(3), row.text(4), row.uuidOrNull(5), row.moment(6));
		}

	}

}
