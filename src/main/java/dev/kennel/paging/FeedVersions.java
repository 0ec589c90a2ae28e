package dev.kennel.paging;

import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;

import dev.kennel.concurrency.Deadline;
import dev.kennel.database.ResultRows;
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

	private static final String NEWEST = """
			SELECT latest.user_id, latest.version, changes.kind, changes.node_kind, changes.node_id, changes.changed_at
			FROM change_versions AS latest
			LEFT JOIN changes ON changes.user_id = latest.user_id AND changes.version = latest.version
			WHERE latest.user_id = ANY ($1)""";

	private final BiFunction<String, List<Object>, CompletableFuture<ResultRows>> server;

	/** The accounts of the next statement. Guarded by this. */
	private Map<UUID, CompletableFuture<FeedVersion>> waiting = new LinkedHashMap<>();

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
		if (!batch.isEmpty()) {
			send(batch);
		}
		return version;
	}

	private Map<UUID, CompletableFuture<FeedVersion>> takeWaiting() {
		Map<UUID, CompletableFuture<FeedVersion>> batch = this.waiting;
		this.waiting = new LinkedHashMap<>();
		return batch;
	}

	private void send(Map<UUID, CompletableFuture<FeedVersion>> batch) {
		Deadline deadline = Deadline.begin(TIMEOUT);
		CompletableFuture<ResultRows> rows;
		try {
			rows = deadline
				.call(() -> this.server.apply(NEWEST, List.of((Object) batch.keySet().toArray(UUID[]::new))));
		}
		// Whatever the failure, the next statement has to be sent.
		catch (RuntimeException | Error ex) {
			rows = CompletableFuture.failedFuture(ex);
		}
		var _ = rows.whenComplete((result, failure) -> {
			deadline.close();
			sendNext();
			complete(batch, result, failure);
		});
	}

	private void sendNext() {
		Map<UUID, CompletableFuture<FeedVersion>> next;
		synchronized (this) {
			if (this.waiting.isEmpty()) {
				this.inFlight--;
				return;
			}
			next = takeWaiting();
		}
		send(next);
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
