package dev.kennel.database.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process of the embedded PostgreSQL, found by the {@code postmaster.pid} in its data
 * directory.
 *
 * @see <a href=
 * "https://www.postgresql.org/docs/current/storage-file-layout.html">PostgreSQL: {@code
 * postmaster.pid}</a>
 */
final class Postmaster {

	private static final Logger logger = LoggerFactory.getLogger(Postmaster.class);

	private static final Duration LEFTOVER_SHUTDOWN_TIMEOUT = Duration.ofSeconds(30);

	private Postmaster() {
	}

	/**
	 * Stops a server that a killed process has left behind. The caller holds the lock of
	 * the data directory, so no other process uses the server.
	 */
	static void stopLeftover(Path data) throws IOException {
		Optional<ProcessHandle> leftover = find(data);
		if (leftover.isPresent()) {
			logger.info("Stopping the PostgreSQL of a killed process in {}", data);
			stop(leftover.get());
		}
		// PostgreSQL would not start if the process id belonged to another program by
		// now.
		Files.deleteIfExists(pidFile(data));
	}

	/** Returns the process of the server, if it is running. */
	static Optional<ProcessHandle> find(Path data) throws IOException {
		Path pidFile = pidFile(data);
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

	private static Path pidFile(Path data) {
		return data.resolve("postmaster.pid");
	}

	private static void stop(ProcessHandle process) throws IOException {
		process.destroy();
		try {
			process.onExit().get(LEFTOVER_SHUTDOWN_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
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

}
