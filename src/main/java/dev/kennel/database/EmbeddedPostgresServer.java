package dev.kennel.database;

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
 * A PostgreSQL of Kennel's own in a folder, for a newcomer's machine and for small
 * installations. It is durable: what was acknowledged survives the death of the process
 * and of the machine. It listens on the loopback interface only, and from its first
 * moment on accepts no connection without a password. The passwords of Kennel's role and
 * of the superuser are made on the first start and never leave the folder. The superuser
 * only makes the role and the database; afterwards Kennel does without it.
 *
 * <p>
 * One process holds the folder at a time. A server that a killed process left behind is
 * stopped and started anew.
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
	 * Starts the server over the data in a folder, making both on the first start.
	 * @param folder the folder, which is made if it does not exist
	 * @return the running server
	 * @throws DataDirectoryInUseException if another process holds the folder
	 * @throws UncheckedIOException if the folder can't be written or the server does not
	 * start
	 */
	public static EmbeddedPostgresServer start(Path folder) {
		try {
			Path home = OwnerOnlyFiles.createDirectories(folder.toAbsolutePath().normalize());
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
		Path postgres = OwnerOnlyFiles.createDirectories(home.resolve("postgresql"));
		Path data = data(home);
		Path unfinished = postgres.resolve("18.unfinished");
		Postmaster.stopLeftover(data);
		removeUnfinished(data, unfinished);
		String password = OwnerOnlyFiles.readOrCreate(postgres.resolve("password"), EmbeddedPostgresServer::newPassword);
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

	/** Makes the data, the role and the database. */
	private static EmbeddedPostgres create(Path home, String password) throws IOException {
		EmbeddedPostgres server = initialize(home);
		try (Connection connection = superuser(server, Files.readString(superuserPassword(home)).strip());
				Statement statement = connection.createStatement()) {
			// Passwords are hexadecimal, made below: there is nothing to escape.
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
	 * Makes the data and starts the server over it, in which the superuser is the only
	 * role, with its password.
	 */
	static EmbeddedPostgres initialize(Path home) throws IOException {
		String password = OwnerOnlyFiles.readOrCreate(superuserPassword(home), EmbeddedPostgresServer::newPassword);
		return launch(home, SUPERUSER, password, ANY_PORT);
	}

	private static EmbeddedPostgres launch(Path home, String role, String password, int port) throws IOException {
		Path binaries = OwnerOnlyFiles.createDirectories(home.resolve("postgresql/binaries"));
		// The library's scratch directory would otherwise be one that every user of the
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
			// Options of initdb, too. They come after the library's own "-A trust", and
			// the last one counts.
			.setLocaleConfig("auth", "scram-sha-256")
			.setLocaleConfig("pwfile", superuserPassword(home).toString())
			.setDataDirectoryCustomizer(EmbeddedPostgresServer::writeAccessRules)
			// The library's defaults favour throwing data away. These are durable.
			.setServerConfig("fsync", "on")
			.setServerConfig("synchronous_commit", "on")
			.setServerConfig("full_page_writes", "on")
			.setServerConfig("max_connections", "100")
			.setServerConfig("listen_addresses", "localhost")
			.setServerConfig("unix_socket_directories", "")
			// Failed statements are Kennel's to log: the server's words quote what people
			// have typed in.
			.setServerConfig("log_min_messages", "log")
			.setConnectConfig("user", role)
			.setConnectConfig("password", password)
			.start();
	}

	/** Runs before the server does. */
	private static void writeAccessRules(File data) {
		try {
			Files.writeString(data.toPath().resolve("pg_hba.conf"), ACCESS_RULES);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** The file is read by initdb, too. */
	private static Path superuserPassword(Path home) {
		return home.resolve("postgresql/superuser-password");
	}

	private static Path data(Path home) {
		return home.resolve("postgresql/18");
	}

	/**
	 * Starts the server again, at the same port, when it dies: killed for want of memory,
	 * for instance.
	 */
	@SuppressWarnings("FutureReturnValueIgnored") // Nobody waits for a server to die.
	private void watch() throws IOException {
		ProcessHandle postmaster = Postmaster.find(data(this.directory))
			.orElseThrow(() -> new IOException("The server has not left its number"));
		postmaster.onExit().thenRunAsync(this::restart, (task) -> Thread.ofPlatform().name("postgresql").start(task));
	}

	/** How often it had died and was started again. */
	long restarts() {
		return this.restarts.sum();
	}

	private void restart() {
		synchronized (this.lifecycle) {
			if (this.closed) {
				return;
			}
			logger.warn("The embedded PostgreSQL has died. Starting it again");
			this.restarts.increment();
			try {
				int port = this.server.getPort();
				this.server.close();
				Postmaster.stopLeftover(data(this.directory));
				this.server = launch(this.directory, ROLE, this.password, port);
				watch();
			}
			catch (IOException | RuntimeException ex) {
				logger.error("The embedded PostgreSQL did not start again. Start Kennel anew", ex);
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
	 * A process that was killed during its first start has left files that are no
	 * database yet. Only the marker that was set before they were made says so: without
	 * it, nothing is ever deleted.
	 */
	private static void removeUnfinished(Path data, Path marker) throws IOException {
		if (Files.exists(marker) && Files.exists(data)) {
			deleteRecursively(data);
		}
		if (!Files.exists(data) && !Files.exists(marker)) {
			OwnerOnlyFiles.createFile(marker);
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
	 * Gives the superuser a password of its own, where an earlier version of Kennel has
	 * given it that of the role. The new password is on file before it is set, so that a
	 * process that is killed in between leaves one of the two that the next start tries.
	 */
	private static void separatePasswords(EmbeddedPostgres server, Path home, String shared)
			throws SQLException, IOException {
		Path file = superuserPassword(home);
		if (Files.exists(file)) {
			return;
		}
		Path next = file.resolveSibling("superuser-password.next");
		String own = OwnerOnlyFiles.readOrCreate(next, EmbeddedPostgresServer::newPassword);
		if (!isPassword(server, own)) {
			try (Connection connection = superuser(server, shared);
					Statement statement = connection.createStatement()) {
				statement.execute("ALTER ROLE " + SUPERUSER + " PASSWORD '" + own + "'");
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
	 * Answers where the data is.
	 * @return the absolute path of the folder
	 */
	public Path directory() {
		return this.directory;
	}

	/**
	 * Answers where the database is.
	 * @return the URL, which stays the same when the server has been started again
	 */
	public String jdbcUrl() {
		synchronized (this.lifecycle) {
			return "jdbc:postgresql://localhost:" + this.server.getPort() + "/" + DATABASE;
		}
	}

	/**
	 * Answers who may use the database.
	 * @return the role's name
	 */
	public String username() {
		return ROLE;
	}

	/**
	 * Answers what the role has to prove itself with.
	 * @return the password, which is in the folder too
	 */
	public String password() {
		return this.password;
	}

	/**
	 * Stops the server and lets go of the folder.
	 * @throws UncheckedIOException if the folder's lock can't be released
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
