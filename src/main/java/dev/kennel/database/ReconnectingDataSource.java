package dev.kennel.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.util.DriverDataSource;
import dev.kennel.database.sql.SqlFailureClassifier;

import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Opens the connections of a pool. During an outage, one call repeats the attempt ten
 * times a second. The pool itself doubles its pause after each failed attempt: after an
 * outage of five seconds, it would notice the database 2.5 seconds after its return.
 *
 * <p>
 * The first failure of an outage is thrown, so that the pool reports the cause. So are
 * failures before the first connection, at the start of the application, and refusals of
 * the role: the pool may have new credentials for the next attempt.
 */
final class ReconnectingDataSource extends DelegatingDataSource {

	private static final Duration INTERVAL = Duration.ofMillis(100);

	private volatile boolean connectedOnce;

	private volatile boolean outage;

	ReconnectingDataSource(DataSource driver) {
		super(driver);
	}

	/**
	 * Sets the data source of a pool that has not been started. A pool with a data source
	 * of its own keeps that.
	 * @param pool the pool, with all settings of the driver
	 */
	static void set(HikariDataSource pool) {
		if (pool.getDataSource() == null && pool.getJdbcUrl() != null) {
			pool.setDataSource(
					new ReconnectingDataSource(new DriverDataSource(pool.getJdbcUrl(), pool.getDriverClassName(),
							pool.getDataSourceProperties(), pool.getUsername(), pool.getPassword())));
		}
	}

	@Override
	public Connection getConnection() throws SQLException {
		return connect(super::getConnection);
	}

	@Override
	public Connection getConnection(String username, String password) throws SQLException {
		return connect(() -> super.getConnection(username, password));
	}

	private Connection connect(Attempt attempt) throws SQLException {
		while (true) {
			try {
				Connection connection = attempt.connect();
				this.connectedOnce = true;
				this.outage = false;
				return connection;
			}
			catch (SQLException ex) {
				boolean first = !this.outage;
				this.outage = true;
				if (first || !this.connectedOnce || !SqlFailureClassifier.isUnavailable(ex) || !pause()) {
					throw ex;
				}
			}
		}
	}

	/** Returns false if the thread is interrupted, since the pool is being closed. */
	private static boolean pause() {
		try {
			Thread.sleep(INTERVAL);
			return true;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	@FunctionalInterface
	private interface Attempt {

		Connection connect() throws SQLException;

	}

}
