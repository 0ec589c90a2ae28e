package dev.kennel.database.pipeline;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;

import dev.kennel.database.BurstWarning;
import dev.kennel.database.sql.ResultRows;
import io.vertx.core.Future;
import io.vertx.pgclient.impl.PgConnectionImpl;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.core.NestedExceptionUtils;

/**
 * A physical standby of the database, for reads. It is available while it responds to
 * heartbeats, all connections lead to the same server, and none is lost; such a period is
 * a {@link ReplicaSession}. At the first doubt the session ends, with all statements in
 * flight: their callers read from the primary. No statement waits for a connection.
 *
 * <p>
 * Heartbeats have a connection of their own, so that a busy server stays available. A
 * server that is lost repeatedly has to respond for longer before its next session, which
 * prevents flapping.
 */
public final class Replica implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(Replica.class);

	private static final Duration HEARTBEAT = Duration.ofMillis(500);

	/** How long the response to a heartbeat may take. */
	private static final Duration SILENCE = Duration.ofSeconds(1);

	/**
	 * The missed heartbeats after which all connections are reopened: longer than the
	 * timeouts of one that is being opened.
	 */
	private static final int RECONNECT_PERIOD = 20;

	/**
	 * The missed heartbeats after which a replica that has not been available is logged.
	 */
	private static final int REPORTED_MISSED = 4;

	private static final PipelineProperties ONE_CONNECTION = new PipelineProperties(1, 0, 1);

	/**
	 * The replay position of the standby, -1 for a primary; and the system identifier,
	 * which a primary and its standbys share.
	 */
	private static final String REPLAYED = """
			SELECT CASE WHEN pg_is_in_recovery()
			  THEN coalesce(pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint, 0) ELSE -1 END,
			  system_identifier FROM pg_control_system()""";

	private static final String WRITTEN = """
			SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint, system_identifier FROM pg_control_system()""";

	/**
	 * Identifies the server and its start, and the backend process that has executed the
	 * statement.
	 */
	private static final String IDENTITY = """
			SELECT pg_is_in_recovery()::text, concat_ws(' ', pg_postmaster_start_time(), inet_server_addr(),
			  inet_server_port()), pg_backend_pid()""";

	/** For the statements of sessions. */
	private final PipelinedClient client;

	private final PipelinedClient heartbeats;

	private final PipelinedClient primary;

	private final Duration maxWait;

	private final ReplicaLag lag = new ReplicaLag(System::nanoTime);

	private final ReplicaBackoff backoff = new ReplicaBackoff(System::nanoTime);

	private final BurstWarning unavailable = new BurstWarning(logger,
			"The replica is not available, and the primary serves all reads: {}");

	/**
	 * Starts before the server, so that the first reads find a session; Spring's
	 * scheduled tasks begin after it.
	 */
	private final ScheduledExecutorService monitor = Executors
		.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("replica-monitor").factory());

	/** The server of all open connections. Guarded by this. */
	private @Nullable String server;

	/** How often all connections were closed. Guarded by this. */
	private int losses;

	private volatile @Nullable ReplicaSession session;

	/** The heartbeats missed in a row. Confined to the monitoring thread. */
	private int missed;

	/** The sample of the primary in flight. Confined to the monitoring thread. */
	private CompletableFuture<?> sample = CompletableFuture.completedFuture(null);

	/** The system identifier of the primary, once that has responded. */
	private volatile @Nullable Long cluster;

	/** Why the primary's position could not be read the last time, or null. */
	private volatile @Nullable String sampleFailure;

	/** The last connection that was refused, or null if all are open. */
	private volatile @Nullable Refusal refusal;

	/**
	 * The heartbeats in a row for which connections were not open. Confined to the
	 * monitoring thread.
	 */
	private int notOpen;

	/** Why it is not available, as it was logged last. Guarded by this. */
	private @Nullable String reported;

	private volatile boolean closed;

	/**
	 * Creates a replica.
	 * @param primary the client of the primary
	 * @param connections the number of connections for the statements of sessions
	 * @param maxWait how long a lookup may take
	 * @param connect creates a client of the replica
	 */
	Replica(PipelinedClient primary, PipelineProperties connections, Duration maxWait,
			BiFunction<PipelineProperties, ConnectionPolicy, PipelinedClient> connect) {
		this.primary = primary;
		this.maxWait = maxWait;
		ConnectionPolicy policy = new ConnectionPolicy(Duration.ZERO, this::requireSameStandby, this::connectionLost);
		this.client = connect.apply(connections, policy);
		this.heartbeats = connect.apply(ONE_CONNECTION, policy);
		var _ = this.monitor.scheduleWithFixedDelay(this::beat, 0, HEARTBEAT.toMillis(), TimeUnit.MILLISECONDS);
	}

	/**
	 * Returns the current session.
	 * @return the session, or null while the replica is not available
	 */
	public @Nullable ReplicaSession session() {
		return this.session;
	}

	/**
	 * Returns how far the replica is behind the primary.
	 * @return the time for which it has not replayed what the primary had written by
	 * then, within half a second; it grows while the replica is not available
	 */
	public Duration lag() {
		return this.lag.current();
	}

	/**
	 * What holds for a connection has to hold for all its statements. A pooler may send
	 * each of them to another server; the pid of the handshake, which names the session
	 * in a cancel request, is made up by it.
	 */
	private Future<PgConnectionImpl> requireSameStandby(PgConnectionImpl connection) {
		return connection.query(IDENTITY).execute().compose((RowSet<Row> rows) -> {
			Row row = rows.iterator().next();
			String reason;
			if (row.getInteger(2) != connection.processId()) {
				reason = "its address leads to a connection pooler";
			}
			else if (!"true".equals(row.getString(0))) {
				reason = "it is not a standby";
			}
			else {
				reason = isSameServer(row.getString(1)) ? null : "its address leads to several servers";
			}
			if (reason == null) {
				return Future.succeededFuture(connection);
			}
			this.refusal = new Refusal(reason, losses());
			connection.close();
			return Future.failedFuture(reason);
		});
	}

	private synchronized boolean isSameServer(String identity) {
		if (this.server == null) {
			this.server = identity;
		}
		return identity.equals(this.server);
	}

	private void beat() {
		try {
			int begunAfter = losses();
			samplePrimary();
			if (this.session == null && !connect()) {
				this.notOpen++;
				missed(whyNotOpen());
				return;
			}
			this.notOpen = 0;
			this.refusal = null;
			ResultRows row = this.heartbeats.query(this, StatementLane.SHORT, REPLAYED, List.of())
				.get(SILENCE.toMillis(), TimeUnit.MILLISECONDS);
			row.next();
			if (row.number(1) < 0) {
				missed("it is not a standby any longer");
				return;
			}
			Long ofPrimary = this.cluster;
			if (ofPrimary == null) {
				missed((this.sampleFailure != null) ? "the position of the primary can't be read: " + this.sampleFailure
						: "the primary has not responded yet");
				return;
			}
			if (ofPrimary != row.number(2)) {
				missed("it is not a standby of the primary");
				return;
			}
			ReplicaSession current = this.session;
			if (current != null && current.isConnectionSilent()) {
				missed("a connection does not respond");
				return;
			}
			this.lag.replayed(row.number(1));
			this.missed = 0;
			if (this.backoff.isOver()) {
				available(begunAfter);
			}
		}
		catch (TimeoutException ex) {
			missed("it has not responded within a second");
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		// Whatever the failure, heartbeats have to go on.
		catch (ExecutionException | SQLException | RuntimeException ex) {
			logger.debug("A heartbeat of the replica has failed", ex);
			missed(String.valueOf(ex.getMessage()));
		}
	}

	/** Returns the reason, or null if they may be open in a moment. */
	private @Nullable String whyNotOpen() {
		Refusal last = this.refusal;
		if (last != null && losses() - last.losses() <= 1) {
			return last.reason();
		}
		if (this.notOpen < REPORTED_MISSED) {
			return null;
		}
		String reason = this.client.connectFailure();
		return "its connections are not open" + ((reason != null) ? ": " + reason : "");
	}

	/** Opens the connections that are not open; returns whether all are by now. */
	private boolean connect() {
		boolean open = this.client.connect();
		return this.heartbeats.connect() && open;
	}

	/**
	 * The first missed heartbeat ends a session. Without a session, connections may still
	 * be opening: all are reopened only after {@link #RECONNECT_PERIOD} missed
	 * heartbeats, possibly to another server.
	 */
	private void missed(@Nullable String reason) {
		this.missed++;
		this.backoff.missed();
		if (this.session != null || this.missed % RECONNECT_PERIOD == 0) {
			lost(reason);
		}
		else if (reason != null && this.missed >= REPORTED_MISSED) {
			report(reason);
		}
	}

	/**
	 * Samples the primary's position, without waiting for it: without the primary, the
	 * lag is not known, and the replica may respond.
	 */
	private void samplePrimary() {
		if (this.sample.isDone()) {
			this.sample = this.primary.query(this, StatementLane.SHORT, WRITTEN, List.of())
				.thenAccept(this::sampled)
				.whenComplete((done, failure) -> {
					this.sampleFailure = (failure != null)
							? String.valueOf(NestedExceptionUtils.getMostSpecificCause(failure).getMessage()) : null;
					if (failure != null) {
						logger.debug("The position of the primary could not be read", failure);
					}
				});
		}
	}

	private void sampled(ResultRows row) {
		try {
			row.next();
			long found = row.number(2);
			Long before = this.cluster;
			if (before != null && before != found) {
				this.lag.clear();
			}
			this.lag.written(row.number(1));
			this.cluster = found;
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private synchronized int losses() {
		return this.losses;
	}

	/**
	 * Begins a session, unless the connections that have been checked for it are closed
	 * by now.
	 */
	private void available(int begunAfter) {
		synchronized (this) {
			if (this.session != null || this.closed || this.losses != begunAfter) {
				return;
			}
			this.session = new ReplicaSession(this.client, this.maxWait);
			this.backoff.begun();
			if (this.reported == null) {
				return;
			}
			this.reported = null;
		}
		logger.info("The replica is available again");
	}

	/**
	 * Without a session, nothing has been seen on the connection that others have to see.
	 */
	private void connectionLost() {
		if (this.session != null) {
			lost("a connection was closed");
		}
	}

	/**
	 * Ends the session, and closes all connections: those of the next session may lead to
	 * another server.
	 */
	private void lost(@Nullable String reason) {
		synchronized (this) {
			if (this.closed) {
				return;
			}
			ReplicaSession ended = this.session;
			this.session = null;
			// In this order: once a connection is closed, the next one may lead to
			// another server, on which the session must read nothing. No session begins
			// before all are closed.
			if (ended != null) {
				ended.end();
				this.backoff.ended();
			}
			this.server = null;
			this.losses++;
			this.client.abort();
			this.heartbeats.abort();
		}
		if (reason != null) {
			report(reason);
		}
	}

	/** Logs each reason once, as soon as the rate limit of the warning permits. */
	private void report(String reason) {
		synchronized (this) {
			if (this.session != null || reason.equals(this.reported)) {
				return;
			}
		}
		if (this.unavailable.log(reason)) {
			synchronized (this) {
				this.reported = reason;
			}
		}
	}

	@Override
	public void close() {
		this.closed = true;
		this.monitor.shutdownNow();
		ReplicaSession current = this.session;
		this.session = null;
		if (current != null) {
			current.end();
		}
		this.client.close();
		this.heartbeats.close();
	}

	/**
	 * A connection that was refused.
	 *
	 * @param reason why
	 * @param losses how often all connections had been closed before
	 */
	private record Refusal(String reason, int losses) {
	}

}
