package dev.kennel.database.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

import dev.kennel.test.JavaProcess;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class EmbeddedPostgresServerTests {

	@TempDir
	private Path temporary;

	private static String query(EmbeddedPostgresServer server, String sql) throws SQLException {
		try (Connection connection = DriverManager.getConnection(server.jdbcUrl(), server.username(),
				server.password()); ResultSet rows = connection.createStatement().executeQuery(sql)) {
			rows.next();
			return rows.getString(1);
		}
	}

	private static void update(EmbeddedPostgresServer server, String sql) throws SQLException {
		try (Connection connection = DriverManager.getConnection(server.jdbcUrl(), server.username(),
				server.password())) {
			connection.createStatement().execute(sql);
		}
	}

	private static ProcessHandle postmaster(Path data) throws IOException {
		List<String> lines = Files.readAllLines(data.resolve("postgresql/18/postmaster.pid"));
		return ProcessHandle.of(Long.parseLong(lines.getFirst())).orElseThrow();
	}

	@Test
	void serverIsDurableRequiresPasswordsAndKeepsItsData() throws Exception {
		Path data = this.temporary.resolve("a/kennel data");
		try (EmbeddedPostgresServer server = EmbeddedPostgresServer.start(data)) {
			assertThat(query(server, "SHOW fsync")).isEqualTo("on");
			assertThat(query(server, "SHOW synchronous_commit")).isEqualTo("on");
			assertThat(query(server, "SHOW full_page_writes")).isEqualTo("on");
			assertThat(query(server, "SHOW server_version_num")).startsWith("18");
			assertThat(query(server, "SELECT current_user")).isEqualTo("kennel");
			assertThat(query(server, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user")).isEqualTo("f");
			String ofSuperuser = Files.readString(superuserPassword(data)).strip();
			assertThat(Files.readString(password(data)).strip()).isEqualTo(server.password()).isNotEqualTo(ofSuperuser);
			assertRefused(server.jdbcUrl(), "postgres", "");
			assertRefused(server.jdbcUrl(), "postgres", server.password());
			assertRefused(server.jdbcUrl(), "kennel", "guess");
			assertRefused(server.jdbcUrl(), "kennel", ofSuperuser);
			superuser(server, ofSuperuser).close();
			assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data))).isEqualTo("rwx------");
			assertThat(
					PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("postgresql/password"))))
				.isEqualTo("rw-------");
			update(server, "CREATE TABLE kept AS SELECT 42 AS answer");

			assertThatThrownBy(() -> EmbeddedPostgresServer.start(data)).isInstanceOf(DataDirectoryInUseException.class)
				.hasMessageContaining(data.toString());
			assertThat(query(server, "SELECT answer FROM kept")).isEqualTo("42");
		}
		try (EmbeddedPostgresServer server = EmbeddedPostgresServer.start(data)) {
			assertThat(query(server, "SELECT answer FROM kept")).isEqualTo("42");
		}
	}

	/**
	 * Starts a server in a separate process, which is killed once it has written
	 * something.
	 */
	private static void startAndKill(Path data) throws Exception {
		Process process = JavaProcess.start(Holder.class, data.toString());
		try (BufferedReader output = process.inputReader()) {
			assertThat(output.lines().anyMatch("stored"::equals)).isTrue();
		}
		finally {
			process.destroyForcibly().waitFor();
		}
	}

	/** The main class of the process that {@link #startAndKill} kills. */
	static final class Holder {

		private Holder() {
		}

		public static void main(String[] arguments) throws Exception {
			EmbeddedPostgresServer server = EmbeddedPostgresServer.start(Path.of(arguments[0]));
			update(server, "CREATE TABLE kept AS SELECT 42 AS answer");
			System.out.println("stored");
			Thread.currentThread().join();
		}

	}

	@Test
	void serverLeftBehindByAKilledProcessIsReplaced() throws Exception {
		Path data = this.temporary.resolve("left");
		startAndKill(data);
		ProcessHandle left = postmaster(data);
		assertThat(left.isAlive()).isTrue();

		try (EmbeddedPostgresServer next = EmbeddedPostgresServer.start(data)) {
			assertThat(left.isAlive()).isFalse();
			assertThat(postmaster(data).pid()).isNotEqualTo(left.pid());
			assertThat(query(next, "SELECT answer FROM kept")).isEqualTo("42");
		}
	}

	@Test
	void serverKilledWithItsProcessIsRecovered() throws Exception {
		Path data = this.temporary.resolve("killed");
		startAndKill(data);
		ProcessHandle killed = postmaster(data);
		killed.destroyForcibly();
		killed.onExit().join();
		// The process id in the file now belongs to a process that is no PostgreSQL.
		Path pidFile = data.resolve("postgresql/18/postmaster.pid");
		Files.writeString(pidFile,
				Files.readString(pidFile).replaceFirst("^\\d+", String.valueOf(ProcessHandle.current().pid())));

		try (EmbeddedPostgresServer next = EmbeddedPostgresServer.start(data)) {
			assertThat(query(next, "SELECT answer FROM kept")).isEqualTo("42");
		}
		assertThat(ProcessHandle.current().isAlive()).isTrue();
	}

	@Test
	void deadServerIsRestartedOnTheSamePort() throws Exception {
		Path data = this.temporary.resolve("dies");
		try (EmbeddedPostgresServer server = EmbeddedPostgresServer.start(data)) {
			String url = server.jdbcUrl();
			update(server, "CREATE TABLE kept AS SELECT 42 AS answer");

			postmaster(data).destroyForcibly();

			Awaitility.await()
				.atMost(Duration.ofMinutes(1))
				.ignoreExceptions()
				.until(() -> query(server, "SELECT answer FROM kept").equals("42"));
			assertThat(server.jdbcUrl()).isEqualTo(url);
		}
		assertThat(data.resolve("postgresql/18/postmaster.pid")).doesNotExist();
	}

	private static Path password(Path data) {
		return data.resolve("postgresql/password");
	}

	private static Path superuserPassword(Path data) {
		return data.resolve("postgresql/superuser-password");
	}

	private static void assertRefused(String url, String role, String password) {
		assertThatThrownBy(() -> DriverManager.getConnection(url, role, password).close())
			.isInstanceOf(SQLException.class)
			.hasMessageContaining("password");
	}

	private static Connection superuser(EmbeddedPostgresServer server, String password) throws SQLException {
		return DriverManager.getConnection(server.jdbcUrl(), "postgres", password);
	}

	private static void setSuperuserPassword(EmbeddedPostgresServer server, Path data, String password)
			throws Exception {
		try (Connection connection = superuser(server, Files.readString(superuserPassword(data)).strip())) {
			connection.createStatement().execute("ALTER ROLE postgres PASSWORD '" + password + "'");
		}
	}

	/** Also before the role and the database are created. */
	@Test
	void passwordIsRequiredFromTheFirstStart() throws Exception {
		Path data = this.temporary.resolve("first");
		Files.createDirectories(data.resolve("postgresql"));
		try (EmbeddedPostgres server = EmbeddedPostgresServer.initialize(data)) {
			String url = "jdbc:postgresql://localhost:" + server.getPort() + "/postgres";
			for (String role : List.of("postgres", "kennel")) {
				assertRefused(url, role, "");
				assertRefused(url, role, "guess");
			}
			assertThat(Files.readAllLines(data.resolve("postgresql/18/pg_hba.conf")).stream().skip(1))
				.containsExactly("host all all 127.0.0.1/32 scram-sha-256", "host all all ::1/128 scram-sha-256");
			try (Connection connection = DriverManager.getConnection(url, "postgres",
					Files.readString(superuserPassword(data)).strip());
					ResultSet roles = connection.createStatement()
						.executeQuery("SELECT rolname, left(rolpassword, 14) FROM pg_authid WHERE rolcanlogin")) {
				assertThat(roles.next()).isTrue();
				assertThat(roles.getString(1)).isEqualTo("postgres");
				assertThat(roles.getString(2)).isEqualTo("SCRAM-SHA-256$");
				assertThat(roles.next()).isFalse();
			}
		}
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(superuserPassword(data))))
			.isEqualTo("rw-------");
	}

	/**
	 * An earlier version used one password for both roles. A process that replaces it may
	 * be killed before the new one is set, or after.
	 */
	@Test
	void dataOfAnEarlierVersionIsKeptAndTheSuperuserGetsItsOwnPassword() throws Exception {
		Path data = this.temporary.resolve("earlier");
		Path next = data.resolve("postgresql/superuser-password.next");
		String nextPassword = "0123456789abcdef".repeat(4);
		String shared;
		try (EmbeddedPostgresServer server = EmbeddedPostgresServer.start(data)) {
			update(server, "CREATE TABLE kept AS SELECT 42 AS answer");
			shared = server.password();
			setSuperuserPassword(server, data, shared);
		}
		Files.delete(superuserPassword(data));
		String first = assertSeparated(data, shared);
		assertThat(first).isNotEqualTo(nextPassword);

		Files.move(superuserPassword(data), next);
		assertThat(assertSeparated(data, shared)).isEqualTo(first);

		try (EmbeddedPostgresServer server = EmbeddedPostgresServer.start(data)) {
			setSuperuserPassword(server, data, shared);
		}
		Files.delete(superuserPassword(data));
		Files.writeString(next, nextPassword + "\n");
		assertThat(assertSeparated(data, shared)).isEqualTo(nextPassword);
		assertThat(next).doesNotExist();
	}

	private static String assertSeparated(Path data, String shared) throws Exception {
		try (EmbeddedPostgresServer server = EmbeddedPostgresServer.start(data)) {
			String ownPassword = Files.readString(superuserPassword(data)).strip();
			assertThat(query(server, "SELECT answer FROM kept")).isEqualTo("42");
			assertThat(server.password()).isEqualTo(shared).isNotEqualTo(ownPassword);
			assertRefused(server.jdbcUrl(), "postgres", shared);
			superuser(server, ownPassword).close();
			return ownPassword;
		}
	}

	@Test
	void killedFirstStartIsRepeated() throws Exception {
		Path data = this.temporary.resolve("unfinished");
		Files.createDirectories(data.resolve("postgresql/18/base"));
		Files.writeString(data.resolve("postgresql/18/postgresql.conf"), "");
		Files.writeString(data.resolve("postgresql/18.unfinished"), "");

		try (EmbeddedPostgresServer server = EmbeddedPostgresServer.start(data)) {
			assertThat(query(server, "SELECT 1")).isEqualTo("1");
			assertRefused(server.jdbcUrl(), "postgres", "");
		}
		assertThat(data.resolve("postgresql/18.unfinished")).doesNotExist();
	}

}
