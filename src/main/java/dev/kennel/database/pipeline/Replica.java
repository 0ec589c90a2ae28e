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
import dev.kennel.database.ResultRows;
import io.vertx.core.Future;
import io.vertx.pgclient.impl.PgConnectionImpl;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A physical standby of the database, for reads. It is available while it responds to
 * heartbeats, all connections lead to the same server, and none is lost; such a period is
 * a {@link ReplicaSession}. At the first doubt the session ends, with all statements in
 * flight: their callers read from the primary. No statement waits for a connection.
 *
 * <p>
 * Heartbeats have a connection of their own: a server that has much to do responds to
 * them, and its session goes on. A server that is lost again and again has to respond for
 * a while before it gets another session, so that its load does not move to and fro.
 */
public final class Replica implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(Replica.class);

	private static final BurstWarning AWAY = new BurstWarning(logger,
			"The replica is not available, and the primary serves all reads: {}");

	private static final Duration HEARTBEAT = Duration.ofMillis(500);

	/** How long the response to a heartbeat may take. */
	private static final Duration SILENCE = Duration.ofSeconds(1);

	/**
	 * The missed heartbeats after which connections begin anew: longer than the timeouts
	 * of one that is being opened.
	 */
	private static final int MAX_MISSED = 20;

	/**
	 * The missed heartbeats after which a replica that has not been available is logged.
	 */
	private static final int REPORTED_MISSED = 4;

	private static final PipelineProperties ONE_CONNECTION = new PipelineProperties(1, 0, 1);

	/**
	 * Where the standby has arrived in the WAL, -1 if it is none; and what all servers
	 * have in common that are copies of one another.
	 */
	private static final String REPLAYED = """
			SELECT CASE WHEN pg_is_in_recovery()
			  THEN coalesce(pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint, 0) ELSE -1 END,
			  system_identifier FROM pg_control_system()""";

	private static final String WRITTEN = """
			SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint, system_identifier FROM pg_control_system()""";

	/** What tells servers, and the starts of one server, apart. */
	private static final String IDENTITY = """
			SELECT pg_is_in_recovery()::text, concat_ws(' ', pg_postmaster_start_time(), inet_server_addr(),
			  inet_server_port())""";

	/** For the statements of sessions. */
	private final PipelinedClient client;

	private final PipelinedClient heartbeats;

	private final PipelinedClient primary;

	private final Duration maxWait;

	private final ReplicaLag lag = new ReplicaLag(System::nanoTime);

	private final ReplicaBackoff backoff = new ReplicaBackoff(System::nanoTime);

	private final ScheduledExecutorService monitor = Executors
		.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("replica-monitor").factory());

	/** The server of all open connections. Guarded by this. */
	private @Nullable String server;

	private volatile @Nullable ReplicaSession session;

	/** The heartbeats missed in a row. Confined to the monitoring thread. */
	private int missed;

	/** The sample of the primary in flight. Confined to the monitoring thread. */
	private CompletableFuture<?> sample = CompletableFuture.completedFuture(null);

	/** The system identifier of the primary, once that has responded. */
	private volatile @Nullable Long cluster;

	/** Why the last connection was refused, or null. */
	private volatile @Nullable String refusal;

	/** Whether its absence was logged. Guarded by this. */
	private boolean reported;

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

	private Future<PgConnectionImpl> requireSameStandby(PgConnectionImpl connection) {
		return connection.query(IDENTITY).execute().compose((RowSet<Row> rows) -> {
			Row row = rows.iterator().next();
			String reason = !"true".equals(row.getString(0)) ? "it is not a standby"
					: (isSameServer(row.getString(1)) ? null : "its address leads to several servers");
			this.refusal = reason;
			if (reason == null) {
				return Future.succeededFuture(connection);
			}
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
			samplePrimary();
			if (this.session == null && !connect()) {
				String reason = this.refusal;
				missed((reason != null) ? reason : "its connections are not open");
				return;
			}
			ResultRows row = this.heartbeats.query(this, StatementLane.SHORT, REPLAYED, List.of())
				.get(SILENCE.toMillis(), TimeUnit.MILLISECONDS);
			row.next();
			if (row.number(1) < 0) {
				missed("it is not a standby any longer");
				return;
			}
			Long ofPrimary = this.cluster;
			if (ofPrimary == null) {
				return;
			}
			if (ofPrimary != row.number(2)) {
				missed("it is not a standby of the primary");
				return;
			}
			this.lag.replayed(row.number(1));
			this.missed = 0;
			if (this.backoff.isOver()) {
				available();
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

	/** Opens the connections that are not open; returns whether all are by now. */
	private boolean connect() {
		boolean open = this.client.connect();
		return this.heartbeats.connect() && open;
	}

	/**
	 * The first missed heartbeat ends a session. Without one, connections are still being
	 * opened; now and then they begin anew, maybe to another server.
	 */
	private void missed(String reason) {
		this.missed++;
		this.backoff.missed();
		if (this.session != null || this.missed % MAX_MISSED == 0) {
			lost(reason);
		}
		else if (this.missed >= REPORTED_MISSED) {
			report(reason);
		}
	}

	/**
	 * Samples the primary's position, without waiting for it: without the primary, the
	 * lag is not known, and the replica may respond.
	 */
	private void samplePrimary() {
		if (this.sample.isDone()) {
			this.sample = this.primary.query(this, StatementLane.SHORT, WRITTEN, List.of()).thenAccept((row) -> {
				try {
					row.next();
					this.lag.written(row.number(1));
					this.cluster = row.number(2);
				}
				catch (SQLException ex) {
					throw new IllegalStateException(ex);
				}
			});
		}
	}

	private synchronized void available() {
		if (this.session == null && !this.closed) {
			this.session = new ReplicaSession(this.client, this.maxWait);
			this.backoff.begun();
			if (this.reported) {
				logger.info("The replica is available again");
			}
			this.reported = false;
		}
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
	private void lost(String reason) {
		ReplicaSession ended;
		synchronized (this) {
			if (this.closed) {
				return;
			}
			ended = this.session;
			this.session = null;
			if (ended != null) {
				this.backoff.ended();
			}
			// Before the connections are closed: each later one is checked anew.
			this.server = null;
			report(reason);
		}
		this.client.abort();
		this.heartbeats.abort();
		if (ended != null) {
			ended.end();
		}
	}

	private synchronized void report(String reason) {
		if (!this.reported) {
			this.reported = true;
			AWAY.log(reason);
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

}
