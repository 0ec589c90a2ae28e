package dev.kennel.database;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL of Kennel's own in a folder, for a newcomer's machine and for small
 * installations. It is durable: what was acknowledged survives the death of the process
 * and of the machine. It listens on the loopback interface only, and asks for a password
 * that is made on the first start and never leaves the folder.
 *
 * <p>
 * One process holds the folder at a time. A server that a killed process left behind is
 * stopped and started anew.
 */
public final class EmbeddedPostgresServer implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(EmbeddedPostgresServer.class);

	private static final String DATABASE = "kennel";

	private static final String ROLE = "kennel";

	private static final int ANY_PORT = 0;

	private static final Duration LEFTOVER_SHUTDOWN = Duration.ofSeconds(30);

	private static final String ACCESS_RULES = """
			# Written by Kennel at every start.
			host all all 127.0.0.1/32 scram-sha-256
			host all all ::1/128 scram-sha-256
			""";

	private final Path directory;

	private final FileChannel lockFile;

	private final String password;

	private final Object lifecycle = new Object();

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
		stopLeftover(data);
		removeUnfinished(data, unfinished);
		String password = PrivateFiles.readOrCreate(postgres.resolve("password"), EmbeddedPostgresServer::newPassword);
		EmbeddedPostgres server = launch(home, password, ANY_PORT);
		try {
			secure(server, data, password);
			Files.deleteIfExists(unfinished);
		}
		catch (SQLException ex) {
			server.close();
			throw new IOException("Could not set up the database", ex);
		}
		return new EmbeddedPostgresServer(home, lockFile, server, password);
	}

	private static EmbeddedPostgres launch(Path home, String password, int port) throws IOException {
		Path binaries = PrivateFiles.createDirectories(home.resolve("postgresql/binaries"));
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
			.setConnectConfig("password", password)
			.start();
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
		ProcessHandle postmaster = postmaster(data(this.directory).resolve("postmaster.pid"))
			.orElseThrow(() -> new IOException("The server has not left its number"));
		postmaster.onExit().thenRunAsync(this::restart, (task) -> Thread.ofPlatform().name("postgresql").start(task));
	}

	private void restart() {
		synchronized (this.lifecycle) {
			if (this.closed) {
				return;
			}
			logger.warn("The embedded PostgreSQL has died. Starting it again");
			try {
				int port = this.server.getPort();
				this.server.close();
				stopLeftover(data(this.directory));
				this.server = launch(this.directory, this.password, port);
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
	 * Stops a server that a killed process has left behind. Only called while the
	 * folder's lock is held, so the server can't be anybody's.
	 */
	private static void stopLeftover(Path data) throws IOException {
		Path pidFile = data.resolve("postmaster.pid");
		Optional<ProcessHandle> leftover = postmaster(pidFile);
		if (leftover.isPresent()) {
			logger.info("Stopping the PostgreSQL that a killed process left behind in {}", data);
			stop(leftover.get());
		}
		// A number that now belongs to another program would keep PostgreSQL from
		// starting.
		Files.deleteIfExists(pidFile);
	}

	private static Optional<ProcessHandle> postmaster(Path pidFile) throws IOException {
		if (!Files.exists(pidFile)) {
			return Optional.empty();
		}
		List<String> lines = Files.readAllLines(pidFile);
		if (lines.isEmpty() || !lines.getFirst().strip().matches("\\d{1,18}")) {
			return Optional.empty();
		}
		return ProcessHandle.of(Long.parseLong(lines.getFirst().strip()))
			.filter((process) -> process.info()
				.command()
				.map((command) -> Path.of(command).getFileName().toString().startsWith("postgres"))
				.orElse(false));
	}

	private static void stop(ProcessHandle process) throws IOException {
		process.destroy();
		try {
			process.onExit().get(LEFTOVER_SHUTDOWN.toSeconds(), TimeUnit.SECONDS);
		}
		catch (TimeoutException ex) {
			process.destroyForcibly();
			process.onExit().join();
		}
		catch (ExecutionException ex) {
			throw new IOException("Could not wait for process " + process.pid(), ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IOException("Interrupted while process " + process.pid() + " was stopping", ex);
		}
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
	 * Makes the role and the database, and closes the server to whoever does not know the
	 * password.
	 */
	private static void secure(EmbeddedPostgres server, Path data, String password) throws SQLException, IOException {
		try (Connection connection = server.getPostgresDatabase().getConnection();
				Statement statement = connection.createStatement()) {
			// The password is hexadecimal, made above: there is nothing to escape.
			statement.execute("ALTER ROLE postgres PASSWORD '" + password + "'");
			if (!exists(statement, "SELECT 1 FROM pg_roles WHERE rolname = '" + ROLE + "'")) {
				statement.execute("CREATE ROLE " + ROLE + " LOGIN");
			}
			statement.execute("ALTER ROLE " + ROLE + " PASSWORD '" + password + "'");
			if (!exists(statement, "SELECT 1 FROM pg_database WHERE datname = '" + DATABASE + "'")) {
				statement.execute("CREATE DATABASE " + DATABASE + " OWNER " + ROLE);
			}
			Files.writeString(data.resolve("pg_hba.conf"), ACCESS_RULES);
			statement.execute("SELECT pg_reload_conf()");
		}
	}

	private static boolean exists(Statement statement, String query) throws SQLException {
		try (ResultSet rows = statement.executeQuery(query)) {
			return rows.next();
		}
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
