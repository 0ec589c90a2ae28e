package dev.kennel.database;

import java.time.Duration;

import com.zaxxer.hikari.HikariDataSource;

import org.springframework.util.StringUtils;

/**
 * PostgreSQL's own {@code statement_timeout} and
 * {@code idle_in_transaction_session_timeout} for the connections of the pool. Kennel
 * cancels statements at the deadline by itself; an instance that is frozen, or cut off
 * without the connection being reset, can't, and its transactions would hold their locks
 * for ever.
 *
 * <p>
 * The timeouts are set by a statement, not by the startup parameter {@code options}:
 * PgBouncer refuses to connect with parameters that it does not know.
 *
 * @see <a href=
 * "https://www.postgresql.org/docs/current/runtime-config-client.html">PostgreSQL: client
 * connection defaults</a>
 */
final class ServerTimeouts {

	private ServerTimeouts() {
	}

	/**
	 * Has each new connection of a pool set the timeouts.
	 * @param pool the pool, which has made no connection yet
	 * @param deadline how long operations may take
	 * @param slack how much longer PostgreSQL waits; zero sets nothing
	 */
	static void set(HikariDataSource pool, Duration deadline, Duration slack) {
		if (slack.isZero()) {
			return;
		}
		String own = pool.getConnectionInitSql();
		// What is set otherwise stays: in the URL ("client"), by the pool's own
		// connection-init-sql ("session"), or in the configuration of the server, the
		// database or the role.
		String sql = """
				SELECT pg_catalog.set_config(name, '%d', false) FROM pg_catalog.pg_settings \
				WHERE name IN ('statement_timeout', 'idle_in_transaction_session_timeout') \
				AND setting = '0' AND source NOT IN ('client', 'session')""".formatted(deadline.plus(slack).toMillis());
		pool.setConnectionInitSql(StringUtils.hasText(own) ? own + ";\n" + sql : sql);
	}

}
