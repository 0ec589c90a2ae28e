package dev.kennel.database;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * The result of a check at startup: whether a URL leads to a connection pooler in
 * transaction mode, such as PgBouncer. It assigns each transaction to any of its
 * connections to PostgreSQL, so that the state of a session (prepared statements, LISTEN,
 * settings, advisory locks) is lost, or seen by another client.
 *
 * @param keepsSessions whether all statements of a connection are executed in one session
 * @param timeouts whether the role or the database has a {@code statement_timeout} and an
 * {@code idle_in_transaction_session_timeout}
 * @param schema the database, and the schema in which tables are created
 * @see <a href="https://www.pgbouncer.org/features.html">PgBouncer: features by pooling
 * mode</a>
 */
public record PoolerCheck(boolean keepsSessions, boolean timeouts, String schema) {

	private static final String APPLICATION_NAME = "kennel-start";

	/**
	 * How long a statement of the check may take. A pooler that keeps sessions may have
	 * none left for the second connection.
	 */
	private static final Duration TIMEOUT = Duration.ofSeconds(5);

	/**
	 * One round is enough unless other clients take the pooler's connections meanwhile.
	 */
	private static final int ROUNDS = 5;

	private static final Pattern SEARCH_PATH_OPTION = Pattern
		.compile("(?:^|\\s)(?:-c\\s*|--)search[_-]path=((?:\\\\.|\\S)*)");

	/**
	 * Connects, and checks the session.
	 * @param settings the connection settings
	 * @return the result
	 * @throws SQLException if the database can't be used, or its pooler keeps no
	 * transactions either
	 * @throws UnsupportedPoolerException if the pooler has dropped the schema of the URL
	 */
	public static PoolerCheck of(ConnectionSettings settings) throws SQLException {
		try (Connection connection = connect(settings)) {
			Session session = Session.of(connection);
			requireSearchPath(settings.driverSettings(), session.searchPath());
			// The pid of the handshake names the session in a cancel request. A pooler
			// that shares sessions has to make up one for each client.
			boolean kept = connection.unwrap(PGConnection.class).getBackendPID() == session.pid()
					|| keepsSessions(settings, connection);
			if (!kept) {
				// In statement mode, PgBouncer refuses a transaction.
				connection.setAutoCommit(false);
				Session.of(connection);
				connection.commit();
			}
			return new PoolerCheck(kept, session.timeouts(), session.schema());
		}
	}

	/**
	 * Returns false if two statements of a connection are executed in different sessions,
	 * or those of two connections in the same session. Two statements of each connection
	 * follow one another, so that it makes no difference whether the pooler reuses the
	 * last of its connections or the one that has been idle for longest.
	 */
	private static boolean keepsSessions(ConnectionSettings settings, Connection one) throws SQLException {
		try (Connection other = connect(settings)) {
			Session first = Session.of(one);
			Session second = Session.of(other);
			for (int round = 0; round < ROUNDS; round++) {
				if (first.isSame(second) || !first.isSame(Session.of(one)) || !second.isSame(Session.of(other))
						|| !second.isSame(Session.of(other)) || !first.isSame(Session.of(one))) {
					return false;
				}
			}
			return true;
		}
		catch (SQLException ex) {
			// A pooler that shares sessions has one for the second connection, since the
			// first is idle.
			Session.of(one);
			return true;
		}
	}

	private static Connection connect(ConnectionSettings settings) throws SQLException {
		Properties properties = settings.properties();
		properties.remove("socketFactory", WatchdogSocketFactory.class.getName());
		properties.setProperty("ApplicationName", APPLICATION_NAME);
		properties.setProperty(TransactionPooling.PREPARE_THRESHOLD, "0");
		properties.setProperty("socketTimeout", String.valueOf(TIMEOUT.toSeconds()));
		return DriverManager.getConnection(settings.url(), properties);
	}

	/** A pooler can be configured to ignore parameters of a connection. */
	private static void requireSearchPath(Properties driverSettings, String actual) {
		String requested = searchPath(driverSettings);
		if (requested != null && !requested.replace(" ", "").equals(actual.replace(" ", ""))) {
			throw new UnsupportedPoolerException(
					"The URL of the database selects the schema " + requested
							+ ", and the connection has the search_path " + actual
							+ ": a connection pooler has dropped it (ignore_startup_parameters), and tables would be "
							+ "created in another schema",
					"Take the schema out of spring.datasource.url, and set it for the role: ALTER ROLE … SET search_path = "
							+ requested + ".");
		}
	}

	/** Returns the {@code search_path} that the settings of the driver select. */
	static @Nullable String searchPath(Properties driverSettings) {
		String schema = driverSettings.getProperty("currentSchema");
		if (schema != null) {
			return schema;
		}
		Matcher options = SEARCH_PATH_OPTION.matcher(driverSettings.getProperty("options", ""));
		String last = null;
		while (options.find()) {
			last = options.group(1).replaceAll("\\\\(.)", "$1");
		}
		return last;
	}

	/**
	 * A session of PostgreSQL.
	 *
	 * @param pid the process of its server, which another server may have as well
	 * @param serverStart when its server was started
	 */
	private record Session(int pid, String serverStart, String searchPath, boolean timeouts, String schema) {

		static Session of(Connection connection) throws SQLException {
			try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery("""
					SELECT pg_catalog.pg_backend_pid(), pg_catalog.pg_postmaster_start_time()::text, \
					pg_catalog.current_setting('search_path'), \
					pg_catalog.current_setting('statement_timeout') <> '0' \
					AND pg_catalog.current_setting('idle_in_transaction_session_timeout') <> '0', \
					concat_ws('.', pg_catalog.current_database(), pg_catalog.current_schema())""")) {
				row.next();
				return new Session(row.getInt(1), row.getString(2), row.getString(3), row.getBoolean(4),
						row.getString(5));
			}
		}

		boolean isSame(Session other) {
			return this.pid == other.pid && this.serverStart.equals(other.serverStart);
		}

	}

}
