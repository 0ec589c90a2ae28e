package dev.kennel.database;

import java.time.Duration;

import com.zaxxer.hikari.HikariDataSource;

import org.springframework.util.StringUtils;

/**
 * PostgreSQL's own {@code statement_timeout} and
 * {@code idle_in_transaction_session_timeout} for the connections of the pool. Kennel
 * itself cancels statements at the deadline; an instance that is frozen, or cut off
 * without a reset of the connection, can't, and its transactions would hold their locks
 * forever.
 *
 * <p>
 * The timeouts are set by a statement, not by the startup parameter {@code options}:
 * PgBouncer refuses to connect with parameters that it does not know. Behind a pooler
 * that does not keep sessions, they are not set: only the role can have them.
 *
 * @see <a href=
 * "https://www.postgresql.org/docs/current/runtime-config-client.html">PostgreSQL: client
 * connection defaults</a>
 */
final class ServerTimeouts {

	private ServerTimeouts() {
	}

	/**
	 * Configures a pool to set the timeouts on each new connection.
	 * @param pool the pool, which has no connection yet
	 * @param deadline the deadline of operations
	 * @param slack how much longer PostgreSQL waits; zero sets nothing
	 */
	static void set(HikariDataSource pool, Duration deadline, Duration slack) {
		if (slack.isZero()) {
			return;
		}
		String initSql = pool.getConnectionInitSql();
		// Other settings of the timeouts take precedence: in the URL ("client"), in the
		// pool's own connection-init-sql ("session"), or in the configuration of the
		// server, the database or the role.
		String sql = """
				SELECT pg_catalog.set_config(name, '%d', false) FROM pg_catalog.pg_settings \
				WHERE name IN ('statement_timeout', 'idle_in_transaction_session_timeout') \
				AND setting = '0' AND source NOT IN ('client', 'session')""".formatted(deadline.plus(slack).toMillis());
		pool.setConnectionInitSql(StringUtils.hasText(initSql) ? initSql + ";\n" + sql : sql);
	}

}
