package dev.kennel.database.monitor;

import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;

import dev.kennel.database.ConnectionEviction;
import dev.kennel.database.ConnectionSettings;
import dev.kennel.database.DirectConnection;
import dev.kennel.database.migration.ExternalMigrations;
import dev.kennel.database.migration.SchemaVersion;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * Monitors whether the database responds, by a connection of its own: the pool may be
 * busy, and waiting for it would take a busy instance out of its load balancer. Callers
 * never wait. A restart or a failover of the database takes some seconds, which do not
 * count. The thread starts before the server, whose readiness it decides, and keeps the
 * connection between checks: it is no task of Spring's scheduler.
 */
@Component
public class DatabaseMonitor implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(DatabaseMonitor.class);

	private static final Duration INTERVAL = Duration.ofSeconds(2);

	/** The pause after a failure, so that the return of the database is noticed soon. */
	private static final Duration RETRY_INTERVAL = Duration.ofMillis(250);

	/**
	 * How long checks have to fail: with the interval between two checks, the database
	 * has not responded for six seconds.
	 */
	private static final Duration OUTAGE_THRESHOLD = Duration.ofSeconds(4);

	/** The default deadline of an operation, and the grace period of its statement. */
	private static final Duration AFTERMATH = Duration.ofSeconds(15);

	/**
	 * A user sees the waits of own connections, unless granted {@code pg_read_all_stats}.
	 *
	 * @see <a href=
	 * "https://www.postgresql.org/docs/current/monitoring-stats.html#WAIT-EVENT-IPC-TABLE">PostgreSQL:
	 * wait events</a>
	 */
	private static final String COMMIT_WAITS = """
			SELECT CASE WHEN current_setting('synchronous_standby_names') = '' THEN false ELSE EXISTS (
				SELECT FROM pg_stat_activity
				WHERE wait_event = 'SyncRep' AND clock_timestamp() - state_change > interval '1 s') END""";

	private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

	private final ConnectionSettings connectionSettings;

	/**
	 * The version of the newest migration, or null if the migrations were executed at the
	 * start.
	 */
	private final @Nullable String expectedVersion;

	private final ConnectionEviction eviction;

	/** When checks began to fail, in {@link System#nanoTime}; 0 while they succeed. */
	private volatile long failingSince;

	/** When an outage has ended; 0 if there was none. */
	private volatile long respondingSince;

	/** Whether a commit was waiting for a synchronous standby at the last check. */
	private volatile boolean commitsWait;

	/** Whether the failure was logged. Confined to the monitoring thread. */
	private boolean reported;

	private volatile boolean migrated;

	private volatile boolean running;

	private @Nullable Thread thread;

	DatabaseMonitor(ConnectionSettings connectionSettings, ConnectionEviction eviction, Environment settings) {
		this.connectionSettings = connectionSettings;
		this.eviction = eviction;
		this.expectedVersion = ExternalMigrations.isSet(settings) ? SchemaVersion.newest() : null;
		this.migrated = this.expectedVersion == null;
	}

	/**
	 * Returns whether the database responds.
	 * @return false if it has not responded for six seconds
	 */
	public boolean isUp() {
		long since = this.failingSince;
		return since == 0 || System.nanoTime() - since < OUTAGE_THRESHOLD.toNanos();
	}

	/**
	 * Returns whether an operation whose deadline expires now may have waited for a
	 * database that did not respond.
	 * @return true from some four seconds after the last response until 15 seconds after
	 * the next one
	 */
	public boolean hasJustFailed() {
		long since = this.respondingSince;
		return this.failingSince != 0 || (since != 0 && System.nanoTime() - since < AFTERMATH.toNanos());
	}

	/**
	 * Returns whether a commit was waiting for a synchronous standby at the last check.
	 * @return true some four seconds after the last confirmation
	 */
	public boolean isStandbyAwaited() {
		return this.commitsWait;
	}

	/**
	 * Returns whether the database has the schema of this version.
	 * @return whether the newest migration has been executed, by this process or another
	 */
	public boolean isMigrated() {
		return this.migrated;
	}

	@Override
	public void start() {
		this.running = true;
		this.thread = Thread.ofPlatform().daemon().name("database-monitor").start(this::monitor);
	}

	@Override
	public void stop() {
		this.running = false;
		Thread current = this.thread;
		if (current != null) {
			current.interrupt();
			try {
				current.join(STOP_TIMEOUT);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	/** Stops after the last request has been responded to. */
	@Override
	public int getPhase() {
		return DEFAULT_PHASE - 4096;
	}

	private void monitor() {
		while (this.running) {
			boolean connected = false;
			try (Connection connection = connect()) {
				connected = true;
				while (this.running) {
					check(connection);
					succeeded();
					pause(INTERVAL);
				}
			}
			catch (SQLException ex) {
				if (connected && ex.getCause() instanceof SocketTimeoutException) {
					// A lost connection of the pool is found out at once, a silent one is
					// not.
					this.eviction.evict();
				}
				failed(ex);
				pause(RETRY_INTERVAL);
			}
		}
	}

	private void succeeded() {
		long since = this.failingSince;
		if (since != 0 && this.reported) {
			logger.info("The database responds again, after {} s",
					Duration.ofNanos(System.nanoTime() - since).toSeconds());
			this.respondingSince = System.nanoTime() | 1;
		}
		this.failingSince = 0;
		this.reported = false;
	}

	/** A single failure may concern only the connection of the monitor. */
	private void failed(SQLException failure) {
		if (this.failingSince == 0) {
			// Zero stands for no failure, and the clock may return it.
			this.failingSince = System.nanoTime() | 1;
		}
		else if (!this.reported && this.running) {
			logger.warn("The database does not respond: {}", failure.getMessage());
			this.reported = true;
		}
	}

	private Connection connect() throws SQLException {
		return DirectConnection.open(this.connectionSettings, "kennel-monitor", INTERVAL);
	}

	private void check(Connection connection) throws SQLException {
		String version = this.expectedVersion;
		if (version != null && !this.migrated) {
			this.migrated = SchemaVersion.isReached(connection, version);
			return;
		}
		try (PreparedStatement statement = connection.prepareStatement(COMMIT_WAITS);
				ResultSet row = statement.executeQuery()) {
			this.commitsWait = row.next() && row.getBoolean(1);
		}
	}

	private static void pause(Duration time) {
		try {
			Thread.sleep(time);
		}
		catch (InterruptedException ex) {
			// The loop ends, since the thread is being stopped.
			Thread.currentThread().interrupt();
		}
	}

}
