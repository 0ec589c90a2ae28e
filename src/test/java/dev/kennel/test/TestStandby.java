package dev.kennel.test;

import java.util.List;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * A schema that looks like a physical standby of the database that it is in: its tables
 * are as the database's were when {@link #replay} was called, and functions of PostgreSQL
 * that describe a server return what the test has set. With real standbys:
 * clients/replica.
 */
public final class TestStandby {

	private static final List<String> TABLES = List.of("change_versions", "changes", "owners", "dogs");

	private final String url;

	private final JdbcClient jdbc;

	/**
	 * Creates the schema.
	 * @param url the database, of the role {@code postgres}
	 */
	public TestStandby(String url) {
		this.url = url;
		this.jdbc = JdbcClient.create(new DriverManagerDataSource(url, "postgres", ""));
		execute("CREATE SCHEMA standby");
		execute("CREATE TABLE standby.server AS SELECT true AS recovering, 'first' AS started, "
				+ "pg_current_wal_lsn() AS replayed, system_identifier, NULL::int AS pid FROM pg_control_system()");
		function("pg_is_in_recovery", "boolean", "recovering");
		function("pg_postmaster_start_time", "text", "started");
		function("pg_backend_pid", "int", "coalesce(pid, pg_catalog.pg_backend_pid())");
		execute("CREATE SEQUENCE standby.heartbeats");
		function("pg_last_wal_replay_lsn", "pg_lsn",
				"(ARRAY[replayed])[1 + (0 * nextval(''standby.heartbeats''))::int]");
		execute("CREATE FUNCTION standby.pg_control_system() RETURNS TABLE (system_identifier bigint) LANGUAGE sql "
				+ "AS 'SELECT system_identifier FROM standby.server'");
	}

	private void function(String name, String type, String column) {
		execute("CREATE FUNCTION standby." + name + "() RETURNS " + type + " LANGUAGE sql AS 'SELECT " + column
				+ " FROM standby.server'");
	}

	/**
	 * Returns the URL of the standby.
	 * @return the JDBC URL of the schema
	 */
	public String url() {
		return url(this.url);
	}

	/**
	 * Returns the URL of the standby of a database.
	 * @param database the JDBC URL of the database
	 * @return the JDBC URL of its schema
	 */
	public static String url(String database) {
		return database + "?currentSchema=standby,pg_catalog,public";
	}

	/**
	 * Executes a statement, with {@code standby.} before the names of its tables.
	 * @param sql the SQL
	 * @param parameters the parameters
	 */
	public void execute(String sql, Object... parameters) {
		this.jdbc.sql(sql).params(List.of(parameters)).update();
	}

	/**
	 * Sets what the functions of the server return: {@code recovering}, {@code started},
	 * {@code system_identifier} or {@code pid}, by default that of the process.
	 * @param column the column
	 * @param value its value
	 */
	public void set(String column, Object value) {
		execute("UPDATE standby.server SET " + column + " = ?", value);
	}

	/**
	 * Returns the number of heartbeats.
	 * @return how often the position in the WAL was read
	 */
	public long heartbeats() {
		return this.jdbc.sql("SELECT last_value FROM standby.heartbeats").query(Long.class).single();
	}

	/** Replays what the database has written by now. */
	public void replay() {
		for (String table : TABLES) {
			execute("DROP TABLE IF EXISTS standby." + table);
			execute("CREATE TABLE standby." + table + " AS TABLE public." + table);
		}
		// Further than this statement itself.
		execute("UPDATE standby.server SET replayed = pg_current_wal_lsn() + 1000000");
	}

}
