package dev.kennel.test;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import dev.kennel.KennelApplication;
import net.ttddyy.dsproxy.ExecutionInfo;
import net.ttddyy.dsproxy.QueryInfo;
import net.ttddyy.dsproxy.listener.MethodExecutionContext;
import net.ttddyy.dsproxy.listener.MethodExecutionListener;
import net.ttddyy.dsproxy.listener.QueryExecutionListener;
import net.ttddyy.dsproxy.support.ProxyDataSourceBuilder;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.Environment;

/**
 * A second instance of the service on the database of the first, in a separate process
 * that can be killed.
 */
public final class InstanceProcess implements AutoCloseable {

	private final Process process;

	private final Api api;

	private InstanceProcess(Process process, Api api) {
		this.process = process;
		this.api = api;
	}

	/** The step of a write at which the process is killed. */
	public enum Step {

		/** Nothing has been written. */
		BEGIN,

		/** The row of the first field and its record are committed, by one statement. */
		FIRST_COMMITTED,

		/** The row of the second field is written, but not its record. */
		WRITTEN,

		/** The row of the second field and its record are written, but not committed. */
		RECORDED,

		/** Everything is committed, and no client has the response. */
		COMMITTED

	}

	/**
	 * Starts an instance and waits until it is ready.
	 * @param environment the settings of the instance whose database it uses
	 * @param crash the step at which it is killed, or null
	 * @param writes the number of writes before that
	 * @return the instance
	 */
	public static InstanceProcess start(Environment environment, @Nullable Step crash, int writes) {
		try {
			int port;
			try (ServerSocket socket = new ServerSocket(0)) {
				port = socket.getLocalPort();
			}
			List<String> arguments = new ArrayList<>(
					List.of("--server.port=" + port, "--kennel.server.drain-delay=0s"));
			for (String property : List.of("spring.datasource.url", "spring.datasource.username",
					"spring.datasource.password", "kennel.auth.keys[0].id", "kennel.auth.keys[0].secret")) {
				arguments.add("--" + property + "=" + environment.getRequiredProperty(property));
			}
			if (crash != null) {
				arguments.add("--crash.at=" + crash);
				arguments.add("--crash.after=" + writes);
			}
			Process process = JavaProcess.start(InstanceProcess.class, arguments.toArray(String[]::new));
			BufferedReader output = new BufferedReader(
					new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
			awaitStart(output);
			Thread.ofVirtual().start(() -> drain(output));
			return new InstanceProcess(process, Api.at(port));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Otherwise the process would block on a full pipe. */
	private static void drain(BufferedReader output) {
		try (output) {
			output.transferTo(Writer.nullWriter());
		}
		catch (IOException ex) {
			// The process has been killed.
		}
	}

	private static void awaitStart(BufferedReader output) throws IOException {
		Deque<String> last = new ArrayDeque<>();
		for (String line = output.readLine(); line != null; line = output.readLine()) {
			last.add(line);
			if (line.contains("GraphiQL: http")) {
				return;
			}
		}
		throw new IllegalStateException("The instance did not start:\n" + String.join("\n", last));
	}

	/**
	 * Returns a client of the instance.
	 * @return the client, signed out
	 */
	public Api api() {
		return this.api;
	}

	/** Kills the process, without a shutdown. */
	public void kill() {
		this.process.destroyForcibly();
	}

	/** Asks the process to stop. */
	public void terminate() {
		this.process.destroy();
	}

	/**
	 * Waits for the end of the process.
	 * @return its exit code
	 */
	public int exitCode() {
		try {
			if (!this.process.waitFor(60, TimeUnit.SECONDS)) {
				throw new AssertionError("The process does not end");
			}
			return this.process.exitValue();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		kill();
	}

	/**
	 * The main method of the instance's process.
	 * @param args the service's settings, and {@code crash.at} and {@code crash.after}
	 */
	public static void main(String[] args) {
		new SpringApplication(KennelApplication.class, Crash.class).run(args);
	}

	/** Ends the process at a step of a write, as if it had been killed. */
	static final class Crash implements BeanPostProcessor, QueryExecutionListener, MethodExecutionListener {

		private static final String ROW = "INSERT INTO owners";

		private static final String RECORD = "INSERT INTO idempotency_records";

		private final @Nullable Step step;

		private int remaining;

		/** The connections with a mutation in their transaction. */
		private final Set<String> writing = ConcurrentHashMap.newKeySet();

		Crash(Environment environment) {
			this.step = environment.getProperty("crash.at", Step.class);
			this.remaining = environment.getProperty("crash.after", Integer.class, 0);
		}

		@Override
		public Object postProcessAfterInitialization(Object bean, String name) {
			return (this.step != null && bean instanceof DataSource dataSource)
					? ProxyDataSourceBuilder.create(dataSource).listener(this).methodListener(this).build() : bean;
		}

		private synchronized void reached(Step reached, boolean write) {
			if (reached == this.step && write && this.remaining-- <= 0) {
				Runtime.getRuntime().halt(137);
			}
		}

		@Override
		public void beforeQuery(@Nullable ExecutionInfo execution, @Nullable List<QueryInfo> queries) {
			reached(Step.BEGIN, contains(queries, ROW) && contains(queries, RECORD));
		}

		@Override
		public void afterQuery(@Nullable ExecutionInfo execution, @Nullable List<QueryInfo> queries) {
			boolean row = contains(queries, ROW);
			boolean record = contains(queries, RECORD);
			reached(Step.FIRST_COMMITTED, row && record);
			reached(Step.WRITTEN, row && !record);
			reached(Step.RECORDED, record && !row);
			if (record && !row && execution != null) {
				this.writing.add(execution.getConnectionId());
			}
		}

		private static boolean contains(@Nullable List<QueryInfo> queries, String text) {
			return queries != null && queries.stream().anyMatch((query) -> query.getQuery().contains(text));
		}

		@Override
		public void beforeMethod(MethodExecutionContext execution) {
		}

		@Override
		public void afterMethod(MethodExecutionContext execution) {
			String connection = execution.getConnectionInfo().getConnectionId();
			reached(Step.COMMITTED,
					execution.getMethod().getName().equals("commit") && this.writing.remove(connection));
		}

	}

}
