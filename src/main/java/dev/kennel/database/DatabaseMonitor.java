package dev.kennel.database;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;
import org.springframework.core.env.Environment;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.stereotype.Component;

/**
 * Knows whether the database answers, by a connection of its own: the pool may be busy,
 * and waiting for it would take a service out of its balancer that has much to do.
 * Callers wait for nothing. A database that is started anew, or a switch to another one,
 * takes some seconds, which do not count.
 */
@Component
public class DatabaseMonitor implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(DatabaseMonitor.class);

	private static final Duration INTERVAL = Duration.ofSeconds(2);

	/** So many looks have to fail one after another. One that succeeds is enough. */
	private static final int FAILURES = 3;

	private static final Duration STOP = Duration.ofSeconds(5);

	private final ConnectionSettings connectionSettings;

	/**
	 * The version of the newest migration, or null if all were run at the start.
	 */
	private final @Nullable String expected;

	private volatile int failures;

	private volatile boolean migrated;

	private volatile boolean running;

	private @Nullable Thread thread;

	DatabaseMonitor(ConnectionSettings connectionSettings, Environment settings) {
		this.connectionSettings = connectionSettings;
		this.expected = MigratedElsewhere.is(settings) ? newestMigration() : null;
		this.migrated = this.expected == null;
	}

	/** The highest version among the migrations of this service. */
	static String newestMigration() {
		try {
			int newest = 0;
			for (Resource file : new PathMatchingResourcePatternResolver()
				.getResources("classpath:db/migration/V*__*.sql")) {
				String name = String.valueOf(file.getFilename());
				newest = Math.max(newest, Integer.parseInt(name.substring(1, name.indexOf("__"))));
			}
			return String.valueOf(newest);
		}
		catch (IOException ex) {
			throw new IllegalStateException("The migrations can't be listed", ex);
		}
	}

	/**
	 * Returns whether the database answers.
	 * @return false if three looks, two seconds apart, have failed one after another
	 */
	public boolean isUp() {
		return this.failures < FAILURES;
	}

	/**
	 * Returns whether the database has the tables of this version.
	 * @return whether its newest migration has been run, by this process or another
	 */
	public boolean isMigrated() {
		return this.migrated;
	}

	@Override
	public void start() {
		this.running = true;
		this.thread = Thread.ofPlatform().daemon().name("database-monitor").start(this::watch);
	}

	@Override
	public void stop() {
		this.running = false;
		Thread watching = this.thread;
		if (watching != null) {
			watching.interrupt();
			try {
				watching.join(STOP);
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

	/** Until the last request has been responded to. */
	@Override
	public int getPhase() {
		return DEFAULT_PHASE - 4096;
	}

	private void watch() {
		while (this.running) {
			try (Connection connection = connect()) {
				while (this.running) {
					look(connection);
					this.failures = 0;
					pause();
				}
			}
			catch (SQLException ex) {
				this.failures = Math.min(FAILURES, this.failures + 1);
				logger.debug("The database does not answer", ex);
				pause();
			}
		}
	}

	private Connection connect() throws SQLException {
		return DirectConnection.open(this.connectionSettings, "kennel-monitor", INTERVAL);
	}

	private void look(Connection connection) throws SQLException {
		String version = this.expected;
		if (version != null && !this.migrated) {
			this.migrated = isMigrated(connection, version);
			return;
		}
		try (PreparedStatement statement = connection.prepareStatement("SELECT 1")) {
			statement.execute();
		}
	}

	/** Before the first migration, there is no table either. */
	private static boolean isMigrated(Connection connection, String version) throws SQLException {
		try (PreparedStatement exists = connection
			.prepareStatement("SELECT to_regclass('flyway_schema_history') IS NOT NULL");
				ResultSet row = exists.executeQuery()) {
			if (!row.next() || !row.getBoolean(1)) {
				return false;
			}
		}
		try (PreparedStatement statement = connection
			.prepareStatement("SELECT EXISTS (SELECT FROM flyway_schema_history WHERE success AND version = ?)")) {
			statement.setString(1, version);
			try (ResultSet row = statement.executeQuery()) {
				return row.next() && row.getBoolean(1);
			}
		}
	}

	private static void pause() {
		try {
			Thread.sleep(INTERVAL);
		}
		catch (InterruptedException ex) {
			// The thread is being stopped, which "running" says.
			Thread.currentThread().interrupt();
		}
	}

}
