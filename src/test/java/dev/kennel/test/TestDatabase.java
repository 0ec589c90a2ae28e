package dev.kennel.test;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

/** The PostgreSQL of a test run. It is not durable, and as fast as that allows. */
public final class TestDatabase {

	private static final EmbeddedPostgres SERVER = start();

	private TestDatabase() {
	}

	private static EmbeddedPostgres start() {
		try {
			EmbeddedPostgres server = EmbeddedPostgres.builder().setLocaleConfig("locale", "C").start();
			stopAfterThisProcess(server);
			return server;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Stops the server at the end of this process. A process that is killed, as PIT's
	 * are, executes no shutdown hook; a shell that reads from it sees the end of its
	 * input in any case.
	 */
	private static void stopAfterThisProcess(EmbeddedPostgres server) throws IOException, SQLException {
		if (File.separatorChar != '/') {
			return;
		}
		try (Connection connection = server.getPostgresDatabase().getConnection();
				ResultSet row = connection.createStatement().executeQuery("SHOW data_directory")) {
			row.next();
			new ProcessBuilder("sh", "-c", """
					trap '' INT TERM HUP
					read -r end
					if [ -e "$0/postmaster.pid" ]; then
					  postmaster=$(head -n 1 "$0/postmaster.pid")
					  kill -INT "$postmaster"
					  while kill -0 "$postmaster" 2>/dev/null; do sleep 0.1; done
					  rm -rf "$0"
					fi
					""", row.getString(1)).redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.redirectError(ProcessBuilder.Redirect.DISCARD)
				.start();
		}
	}

	/**
	 * Creates an empty database.
	 * @return the properties by which an instance of the service uses it; several
	 * instances may share one
	 */
	public static Map<String, String> create() {
		String name = "test_" + UUID.randomUUID().toString().replace("-", "");
		try (Connection connection = SERVER.getPostgresDatabase().getConnection();
				Statement statement = connection.createStatement()) {
			statement.execute("CREATE DATABASE " + name);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
		return Map.ofEntries(
				Map.entry("spring.datasource.url", "jdbc:postgresql://localhost:" + SERVER.getPort() + "/" + name),
				Map.entry("spring.datasource.username", "postgres"), Map.entry("spring.datasource.password", ""),
				Map.entry("kennel.auth.keys[0].id", "test"),
				Map.entry("kennel.auth.keys[0].secret",
						Base64.getEncoder()
							.encodeToString("a secret of tests, 256 bits long"
								.getBytes(java.nio.charset.StandardCharsets.US_ASCII))),
				// Hashes need not be strong here, and all tests share an address unless
				// they set another.
				Map.entry("kennel.auth.argon2.memory", "7MB"), Map.entry("kennel.auth.argon2.iterations", "1"),
				Map.entry("kennel.auth.throttle.attempts-by-address", "1000"),
				Map.entry("kennel.auth.throttle.sign-ups-by-network", "100000"),
				Map.entry("kennel.auth.throttle.mails-by-network", "100000"),
				Map.entry("kennel.auth.throttle.mails-by-account", "100"),
				// The same on all machines.
				Map.entry("kennel.auth.throttle.concurrency", "2"), Map.entry("kennel.server.drain-delay", "0s"),
				Map.entry("server.forward-headers-strategy", "native"),
				Map.entry("kennel.server.trusted-proxies", "127.0.0.1"), Map.entry("spring.mail.host", "localhost"),
				Map.entry("spring.mail.port", String.valueOf(TestMail.port())));
	}

}
