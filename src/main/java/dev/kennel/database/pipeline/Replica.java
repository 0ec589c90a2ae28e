package dev.kennel.database.pipeline;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

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
 */
public final class Replica implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(Replica.class);

	private static final BurstWarning AWAY = new BurstWarning(logger,
			"The replica is not available, and the primary serves all reads: {}");

	private static final Duration HEARTBEAT = Duration.ofMillis(500);

	/** The missed heartbeats after which connections begin anew. */
	private static final int MAX_MISSED = 4;

	/** How long a heartbeat, or any other short statement, may take. */
	static final Duration SILENCE = Duration.ofSeconds(1);

	/** Where the standby has arrived in the WAL; -1 if it is none. */
	private static final String REPLAYED = """
			SELECT CASE WHEN pg_is_in_recovery()
			  THEN coalesce(pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint, 0) ELSE -1 END""";

	private static final String WRITTEN = "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint";

	/** What tells servers, and the starts of one server, apart. */
	private static final String IDENTITY = """
			SELECT pg_is_in_recovery()::text, concat_ws(' ', pg_postmaster_start_time(), inet_server_addr(),
			  inet_server_port())""";

	private final PipelinedClient client;

	private final PipelinedClient primary;

	private final ReplicaLag lag = new ReplicaLag(System::nanoTime);

	private final ScheduledExecutorService monitor = Executors
		.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("replica-monitor").factory());

	/** The server of all open connections. Guarded by this. */
	private @Nullable String server;

	private volatile @Nullable ReplicaSession session;

	/** The heartbeats missed in a row. Confined to the monitoring thread. */
	private int missed;

	/** Whether its absence was logged. Guarded by this. */
	private boolean reported;

	private volatile boolean closed;

	/**
	 * Creates a replica.
	 * @param primary the client of the primary
	 * @param connect creates the client of the replica, with the given policy
	 */
	Replica(PipelinedClient primary, Function<ConnectionPolicy, PipelinedClient> connect) {
		this.primary = primary;
		this.client = connect
			.apply(new ConnectionPolicy(Duration.ZERO, this::requireSameStandby, this::connectionLost));
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
			String refusal = !"true".equals(row.getString(0)) ? "This is not a standby"
					: (isSameServer(row.getString(1)) ? null : "This is not the server of the other connections");
			if (refusal == null) {
				return Future.succeededFuture(connection);
			}
			connection.close();
			return Future.failedFuture(refusal);
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
			sampleWritten();
			if (this.session == null && !this.client.connect()) {
				missed("its connections are not open");
				return;
			}
			long replayed = number(REPLAYED, this.client);
			if (replayed < 0) {
				missed("it is not a standby any longer");
				return;
			}
			this.lag.replayed(replayed);
			this.missed = 0;
			available();
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

	/**
	 * The first missed heartbeat ends a session. Without one, connections are still being
	 * opened; now and then they begin anew, maybe to another server.
	 */
	private void missed(String reason) {
		this.missed++;
		if (this.session != null || this.missed % MAX_MISSED == 0) {
			lost(reason);
		}
	}

	/** Without the primary, the lag is not known, and the replica may respond. */
	private void sampleWritten() throws InterruptedException {
		try {
			this.lag.written(number(WRITTEN, this.primary));
		}
		catch (ExecutionException | TimeoutException | SQLException | RuntimeException ex) {
			logger.debug("The primary's position in the WAL could not be read", ex);
		}
	}

	private long number(String sql, PipelinedClient from)
			throws InterruptedException, ExecutionException, TimeoutException, SQLException {
		ResultRows rows = from.query(this, StatementLane.SHORT, sql, List.of())
			.get(SILENCE.toMillis(), TimeUnit.MILLISECONDS);
		rows.next();
		return rows.number(1);
	}

	private synchronized void available() {
		if (this.session == null && !this.closed) {
			this.session = new ReplicaSession(this.client, this::lost);
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
			this.server = null;
			if (!this.reported) {
				this.reported = true;
				AWAY.log(reason);
			}
		}
		this.client.abort();
		if (ended != null) {
			ended.end();
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
	}

}
