package dev.kennel.database.embedded;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.postgresql.util.PSQLState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An embedded PostgreSQL with its data in a directory, for a newcomer's machine and for
 * small installations. It is durable: acknowledged writes survive a crash of the process
 * and of the machine. It listens on the loopback interface only, and from the first start
 * on accepts no connection without a password. The passwords of Kennel's role and of the
 * superuser are generated on the first start and never leave the directory. The superuser
 * only creates the role and the database; Kennel does not use it afterwards.
 *
 * <p>
 * One process holds the directory at a time. A server that a killed process left behind
 * is stopped and restarted.
 */
public final class EmbeddedPostgresServer implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(EmbeddedPostgresServer.class);

	private static final String DATABASE = "kennel";

	private static final String ROLE = "kennel";

	private static final String SUPERUSER = "postgres";

	private static final String SUPERUSER_DATABASE = "postgres";

	private static final int ANY_PORT = 0;

	private static final String ACCESS_RULES = """
			# Written by Kennel at every start.
			host all all 127.0.0.1/32 scram-sha-256
			host all all ::1/128 scram-sha-256
			""";

	private final Path directory;

	private final FileChannel lockFile;

	private final String password;

	private final Object lifecycle = new Object();

	private final LongAdder restarts = new LongAdder();

	// Guarded by lifecycle.
	private EmbeddedPostgres server;

	// Guarded by lifecycle.
	private boolean closed;

	private EmbeddedPostgresServer(Path directory, FileChannel lockFile, EmbeddedPostgres server, String password) {
		this.directory = directory;
		this.lockFile = lockFile;
		this.server = server;
		this.password = password;
	}

	/**
	 * Starts the server, and creates its data on the first start.
	 * @param folder the directory, which is created if it does not exist
	 * @return the running server
	 * @throws DataDirectoryInUseException if another process holds the directory
	 * @throws UncheckedIOException if the directory can't be written or the server does
	 * not start
	 */
	public static EmbeddedPostgresServer start(Path folder) {
		try {
			Path home = PrivateFiles.createDirectories(folder.toAbsolutePath().normalize());
			FileChannel lockFile = lock(home);
			try {
				EmbeddedPostgresServer server = start(home, lockFile);
				server.watch();
				return server;
			}
			catch (IOException | RuntimeException ex) {
				lockFile.close();
				throw ex;
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException("The embedded PostgreSQL in " + folder + " did not start", ex);
		}
	}

	private static EmbeddedPostgresServer start(Path home, FileChannel lockFile) throws IOException {
		Path postgres = PrivateFiles.createDirectories(home.resolve("postgresql"));
		Path data = data(home);
		Path unfinished = postgres.resolve("18.unfinished");
		Postmaster.stopLeftover(data);
		removeUnfinished(data, unfinished);
		String password = PrivateFiles.readOrCreate(postgres.resolve("password"), EmbeddedPostgresServer::newPassword);
		EmbeddedPostgres server = Files.exists(unfinished) ? create(home, password)
				: launch(home, ROLE, password, ANY_PORT);
		try {
			Files.deleteIfExists(unfinished);
			separatePasswords(server, home, password);
		}
		catch (SQLException | IOException ex) {
			server.close();
			throw new IOException("Could not set up the database", ex);
		}
		return new EmbeddedPostgresServer(home, lockFile, server, password);
	}

	/** Creates the data, the role and the database. */
	private static EmbeddedPostgres create(Path home, String password) throws IOException {
		EmbeddedPostgres server = initialize(home);
		try (Connection connection = superuser(server, Files.readString(superuserPassword(home)).strip());
				Statement statement = connection.createStatement()) {
			// Passwords are hexadecimal, so they need no escaping.
			statement.execute("CREATE ROLE " + ROLE + " LOGIN PASSWORD '" + password + "'");
			statement.execute("CREATE DATABASE " + DATABASE + " OWNER " + ROLE);
		}
		catch (SQLException ex) {
			server.close();
			throw new IOException("Could not make the database", ex);
		}
		return server;
	}

	/**
	 * Creates the data and starts the server, with the superuser and its password as the
	 * only role.
	 */
	static EmbeddedPostgres initialize(Path home) throws IOException {
		String password = PrivateFiles.readOrCreate(superuserPassword(home), EmbeddedPostgresServer::newPassword);
		return launch(home, SUPERUSER, password, ANY_PORT);
	}

	private static EmbeddedPostgres launch(Path home, String role, String password, int port) throws IOException {
		Path binaries = PrivateFiles.createDirectories(home.resolve("postgresql/binaries"));
		// By default, the library's working directory is one that every user of the
		// machine can write.
		System.setProperty("ot.epg.working-dir", binaries.toString());
		return EmbeddedPostgres.builder()
			.setDataDirectory(data(home))
			.setCleanDataDirectory(false)
			.setOverrideWorkingDirectory(binaries.toFile())
			.setRegisterShutdownHook(false)
			.setPort(port)
			.setPGStartupWait(Duration.ofMinutes(2))
			.setLocaleConfig("locale", "C")
			// Passed to initdb after the library's own "-A trust"; the last option
			// counts.
			.setLocaleConfig("auth", "scram-sha-256")
			.setLocaleConfig("pwfile", superuserPassword(home).toString())
			.setDataDirectoryCustomizer(EmbeddedPostgresServer::writeAccessRules)
			// The library's defaults are not durable. These are.
			.setServerConfig("fsync", "on")
			.setServerConfig("synchronous_commit", "on")
			.setServerConfig("full_page_writes", "on")
			.setServerConfig("max_connections", "100")
			.setServerConfig("listen_addresses", "localhost")
			.setServerConfig("unix_socket_directories", "")
			// Kennel logs failed statements: the server's messages quote user input.
			.setServerConfig("log_min_messages", "log")
			.setConnectConfig("user", role)
			.setConnectConfig("password", password)
			.start();
	}

	/** Executed before the server starts. */
	private static void writeAccessRules(File data) {
		try {
			Files.writeString(data.toPath().resolve("pg_hba.conf"), ACCESS_RULES);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Initdb reads the file, too. */
	private static Path superuserPassword(Path home) {
		return home.resolve("postgresql/superuser-password");
	}

	private static Path data(Path home) {
		return home.resolve("postgresql/18");
	}

	/**
	 * Restarts the server on the same port when it dies, for instance for lack of memory.
	 */
	@SuppressWarnings("FutureReturnValueIgnored") // Nothing waits for the end of the
													// server.
	private void watch() throws IOException {
		ProcessHandle postmaster = Postmaster.find(data(this.directory))
			.orElseThrow(() -> new IOException("The server has no postmaster.pid"));
		postmaster.onExit().thenRunAsync(this::restart, (task) -> Thread.ofPlatform().name("postgresql").start(task));
	}

	/** Returns how often the server has died and was restarted. */
	public long restarts() {
		return this.restarts.sum();
	}

	private void restart() {
		synchronized (this.lifecycle) {
			if (this.closed) {
				return;
			}
			logger.warn("The embedded PostgreSQL has stopped. Restarting it");
			this.restarts.increment();
			try {
				int port = this.server.getPort();
				this.server.close();
				Postmaster.stopLeftover(data(this.directory));
				this.server = launch(this.directory, ROLE, this.password, port);
				watch();
			}
			catch (IOException | RuntimeException ex) {
				logger.error("The embedded PostgreSQL could not be restarted. Restart Kennel", ex);
			}
		}
	}

	private static FileChannel lock(Path home) throws IOException {
		FileChannel channel = FileChannel.open(home.resolve("kennel.lock"), StandardOpenOption.CREATE,
				StandardOpenOption.WRITE);
		FileLock lock;
		try {
			lock = channel.tryLock();
		}
		catch (OverlappingFileLockException ex) {
			lock = null;
		}
		if (lock == null) {
			channel.close();
			throw new DataDirectoryInUseException(home);
		}
		return channel;
	}

	/**
	 * Deletes the incomplete data of a process that was killed during its first start.
	 * Only the marker set before the data was created says so: without it, nothing is
	 * ever deleted.
	 */
	private static void removeUnfinished(Path data, Path marker) throws IOException {
		if (Files.exists(marker) && Files.exists(data)) {
			deleteRecursively(data);
		}
		if (!Files.exists(data) && !Files.exists(marker)) {
			PrivateFiles.createFile(marker);
		}
	}

	private static void deleteRecursively(Path directory) throws IOException {
		try (var files = Files.walk(directory)) {
			for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
				Files.delete(file);
			}
		}
	}

	private static String newPassword() {
		byte[] random = new byte[32];
		new SecureRandom().nextBytes(random);
		return HexFormat.of().formatHex(random);
	}

	/**
	 * Sets a password of its own for the superuser, if an earlier version of Kennel has
	 * set that of the role. The new password is written to a file before it is set: if
	 * the process is killed in between, one of the two is valid, and the next start tries
	 * both.
	 */
	private static void separatePasswords(EmbeddedPostgres server, Path home, String shared)
			throws SQLException, IOException {
		Path file = superuserPassword(home);
		if (Files.exists(file)) {
			return;
		}
		Path next = file.resolveSibling("superuser-password.next");
		String ownPassword = PrivateFiles.readOrCreate(next, EmbeddedPostgresServer::newPassword);
		if (!isPassword(server, ownPassword)) {
			try (Connection connection = superuser(server, shared);
					Statement statement = connection.createStatement()) {
				statement.execute("ALTER ROLE " + SUPERUSER + " PASSWORD '" + ownPassword + "'");
			}
		}
		Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
	}

	private static boolean isPassword(EmbeddedPostgres server, String password) throws SQLException {
		try {
			superuser(server, password).close();
			return true;
		}
		catch (SQLException ex) {
			if (PSQLState.INVALID_PASSWORD.getState().equals(ex.getSQLState())) {
				return false;
			}
			throw ex;
		}
	}

	private static Connection superuser(EmbeddedPostgres server, String password) throws SQLException {
		return server.getDatabase(SUPERUSER, SUPERUSER_DATABASE, Map.of("password", password)).getConnection();
	}

	/**
	 * Returns the data directory.
	 * @return the absolute path
	 */
	public Path directory() {
		return this.directory;
	}

	/**
	 * Returns the JDBC URL.
	 * @return the URL, which stays the same when the server is restarted
	 */
	public String jdbcUrl() {
		synchronized (this.lifecycle) {
			return "jdbc:postgresql://localhost:" + this.server.getPort() + "/" + DATABASE;
		}
	}

	/**
	 * Returns the role.
	 * @return the role's name
	 */
	public String username() {
		return ROLE;
	}

	/**
	 * Returns the password of the role.
	 * @return the password, which is also in the data directory
	 */
	public String password() {
		return this.password;
	}

	/**
	 * Stops the server and releases the lock of the data directory.
	 * @throws UncheckedIOException if the lock can't be released
	 */
	@Override
	public void close() {
		try (this.lockFile) {
			synchronized (this.lifecycle) {
				this.closed = true;
				this.server.close();
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
