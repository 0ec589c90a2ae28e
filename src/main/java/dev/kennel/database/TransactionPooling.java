package dev.kennel.database;

import com.zaxxer.hikari.HikariDataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.util.StringUtils;

/**
 * Configures the pool for a connection pooler that does not keep sessions: statements are
 * not prepared on the server, and settings of a session are refused.
 */
final class TransactionPooling {

	private static final Logger logger = LoggerFactory.getLogger(TransactionPooling.class);

	/** The number of executions after which the driver prepares a statement; 0: never. */
	static final String PREPARE_THRESHOLD = "prepareThreshold";

	private TransactionPooling() {
	}

	/**
	 * Configures a pool, and logs what an operator has to set.
	 * @param pool the pool, which has no connection yet
	 * @param settings the connection settings of the pool
	 * @param timeouts whether the role has timeouts, or needs none
	 * @throws UnsupportedPoolerException if a setting needs a session
	 */
	static void configure(HikariDataSource pool, ConnectionSettings settings, boolean timeouts) {
		requireUnset("spring.datasource.hikari.schema", pool.getSchema());
		requireUnset("spring.datasource.hikari.connection-init-sql", pool.getConnectionInitSql());
		requireUnset("spring.datasource.hikari.transaction-isolation", pool.getTransactionIsolation());
		if (!settings.driverSettings().getProperty(PREPARE_THRESHOLD, "0").equals("0")) {
			throw new UnsupportedPoolerException(
					"spring.datasource.url prepares statements (prepareThreshold) in sessions that its connection pooler does "
							+ "not keep",
					"Take prepareThreshold out of the URL: behind such a pooler, Kennel sets it to 0.");
		}
		pool.addDataSourceProperty(PREPARE_THRESHOLD, "0");
		StringBuilder message = new StringBuilder(
				"PostgreSQL is behind a connection pooler that does not keep sessions: "
						+ "statements are not prepared, and lists are not pipelined.");
		if (!settings.hasDirectUrl()) {
			message.append(
					" Set kennel.notifications.url to PostgreSQL itself: without it, instances poll for changes, and do not "
							+ "migrate the database.");
		}
		if (!timeouts) {
			message.append(
					" Set statement_timeout and idle_in_transaction_session_timeout for the role (ALTER ROLE): Kennel can't.");
		}
		if (settings.hasDirectUrl() && timeouts) {
			logger.info("{}", message);
		}
		else {
			logger.warn("{}", message);
		}
	}

	private static void requireUnset(String name, @Nullable String value) {
		if (StringUtils.hasText(value)) {
			throw new UnsupportedPoolerException(
					name + " applies to sessions, which the connection pooler does not keep",
					"Remove it, and set what it sets for the role: ALTER ROLE … SET ….");
		}
	}

}
