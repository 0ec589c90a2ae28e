package dev.kennel.database;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import dev.kennel.KennelApplication;
import dev.kennel.concurrency.FairBulkhead;
import dev.kennel.database.embedded.EmbeddedPostgresServer;
import dev.kennel.database.monitor.DatabaseMonitor;
import dev.kennel.test.Api;
import dev.kennel.test.LiveClient;
import dev.kennel.test.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/** A service whose database goes down and comes back, on the same port. */
@Timeout(120)
class DatabaseOutageTests {

	private static final String CREATE_OWNER = "mutation { createOwner(input: {name: \"Bob\"}) { owner { id } } }";

	private static final String CHANGES = "subscription ($after: String) { myChanges(after: $after) { cursor nodeId } }";

	private static final String SECRET = Base64.getEncoder()
		.encodeToString("a secret of tests, 256 bits long".getBytes(StandardCharsets.US_ASCII));

	@TempDir
	private Path temporary;

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void serviceIsUnavailableDuringAnOutageAndRecovers(CapturedOutput output) throws Exception {
		try (EmbeddedPostgresServer server = EmbeddedPostgresServer.start(this.temporary.resolve("data"));
				Gate gate = new Gate(server.jdbcUrl())) {
			try (ConfigurableApplicationContext context = SpringApplication.run(KennelApplication.class,
					"--server.port=0", "--spring.datasource.url=" + gate.jdbcUrl(),
					"--spring.datasource.username=" + server.username(),
					"--spring.datasource.password=" + server.password(), "--kennel.auth.keys[0].id=test",
					"--kennel.auth.keys[0].secret=" + SECRET, "--spring.datasource.hikari.connection-timeout=1000",
					"--kennel.changes.poll-interval=200ms", "--kennel.changes.max-staleness=1s",
					"--kennel.graphql.limits.max-concurrent=1", "--kennel.streams.max-concurrent-operations=1")) {
				Api ann = Api.at(context.getEnvironment().getRequiredProperty("local.server.port", Integer.class))
					.signUp();
				String owner = ann.createOwner("Ann");
				operationsWithoutDataDoNotWaitForTheDatabase(ann, gate);
				completedMutationThatWaitsForItsPermitIsNotExecuted(ann, gate,
						context.getBean("operationPermits", FairBulkhead.class));

				Map<String, String> start = Map.of("after",
						ann.execute("{ myChangesCursor }").text("/myChangesCursor"));
				try (LiveClient events = LiveClient.events(ann, CHANGES, start);
						LiveClient socket = LiveClient.webSocket(ann, CHANGES, start)) {
					String cursor = cursorOfOneChange(ann, events, socket);
					gate.shut();
					assertThat(ann.execute("{ myOwners { nodes { id } } }").codes()).containsExactly("UNAVAILABLE");
					assertThat(ann.execute(CREATE_OWNER).codes()).containsExactly("UNAVAILABLE");
					// Subscriptions end with an error.
					assertThat(events.next().json().at("/errors/0/extensions/code").stringValue())
						.isEqualTo("UNAVAILABLE");
					assertThat(events.next().type()).isEqualTo("complete");
					LiveClient.Event error = socket.next();
					assertThat(error.type()).isEqualTo("error");
					assertThat(error.json().at("/0/extensions/code").stringValue()).isEqualTo("UNAVAILABLE");
					awaitReadiness(ann, 503);

					gate.open();
					assertThat(executeOnceAvailable(ann, "{ myOwners(first: 1) { nodes { id } } }")
						.texts("/myOwners/nodes", "id")).containsExactly(owner);
					String created = executeOnceAvailable(ann, CREATE_OWNER).text("/createOwner/owner/id");
					socket.subscribe("2", CHANGES, Map.of("after", cursor));
					assertThat(socket.next().json().at("/data/myChanges/nodeId").stringValue()).isEqualTo(created);
					awaitReadiness(ann, 200);
				}
			}
		}
		// A stack trace for each connection, poll and transaction would hide the rest.
		assertThat(output.getAll()).doesNotContain("\tat ").doesNotContain("Z ERROR ");
		assertThat(output.getAll()).containsOnlyOnce("The database does not respond: ")
			.containsOnlyOnce("The database responds again, after ")
			.containsOnlyOnce("Notifications are interrupted, and will be resumed: ");
	}

	/**
	 * A mutation holds the only permit, and the only slot of the WebSocket, until the
	 * database responds.
	 */
	private static void operationsWithoutDataDoNotWaitForTheDatabase(Api ann, Gate gate) {
		try (LiveClient socket = LiveClient.connect(ann, Map.of(), false)) {
			socket.init(Map.of("Authorization", "Bearer " + ann.token()));
			gate.freeze();
			socket.subscribe("mutation", CREATE_OWNER, Map.of());
			socket.subscribe("typename", "query Alive { __typename }", Map.of());

			assertThat(socket.next().message()).contains("\"id\":\"typename\"").contains("{\"__typename\":\"Query\"}");
			assertThat(socket.next().type()).isEqualTo("complete");
			assertThat(ann.execute("{ __schema { queryType { name } } }").text("/__schema/queryType/name"))
				.isEqualTo("Query");
			assertThat(ann.execute("mutation { __typename }").text("/__typename")).isEqualTo("Mutation");
			gate.thaw();
			assertThat(socket.next().message()).contains("\"id\":\"mutation\"").contains("own_");
		}
	}

	private static void completedMutationThatWaitsForItsPermitIsNotExecuted(Api ann, Gate gate, FairBulkhead permits) {
		try (LiveClient first = LiveClient.webSocket(ann, "{ __typename }", Map.of());
				LiveClient second = LiveClient.webSocket(ann, "{ __typename }", Map.of())) {
			for (LiveClient socket : List.of(first, second)) {
				assertThat(socket.next(1, "/__typename")).containsExactly("Query");
				assertThat(socket.next().type()).isEqualTo("complete");
			}
			gate.freeze();
			first.subscribe("holds", CREATE_OWNER, Map.of());
			while (permits.taken() == 0) {
				Thread.onSpinWait();
			}
			second.subscribe("waits", "mutation { createOwner(input: {name: \"Zoe\"}) { owner { id } } }", Map.of());
			while (permits.waiting() == 0) {
				Thread.onSpinWait();
			}
			second.send(Map.of("id", "waits", "type", "complete"));
			while (permits.waiting() > 0) {
				Thread.onSpinWait();
			}
			gate.thaw();
			assertThat(first.next(1, "/createOwner/owner/id").getFirst()).startsWith("own_");
			assertThat(ann.execute("{ myOwners { nodes { name } } }").texts("/myOwners/nodes", "name"))
				.doesNotContain("Zoe");
		}
	}

	@Test
	void operationsOfOneAccountAreUnavailableWhileTheDatabaseIsFrozen() throws Exception {
		try (EmbeddedPostgresServer server = EmbeddedPostgresServer.start(this.temporary.resolve("data"));
				Gate gate = new Gate(server.jdbcUrl());
				ConfigurableApplicationContext context = SpringApplication.run(KennelApplication.class,
						"--server.port=0", "--spring.datasource.url=" + gate.jdbcUrl(),
						"--spring.datasource.username=" + server.username(),
						"--spring.datasource.password=" + server.password(), "--kennel.auth.keys[0].id=test",
						"--kennel.auth.keys[0].secret=" + SECRET, "--kennel.graphql.limits.budget=0");
				ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
			Api ann = Api.at(context.getEnvironment().getRequiredProperty("local.server.port", Integer.class)).signUp();
			ann.createOwner("Ann");
			List<String> documents = List.of(
					"{ me { username } myOwners { nodes { name } } myDogs { nodes { name } } }",
					"{ myOwners { nodes { dogs { nodes { name } } } } }", CREATE_OWNER,
					"mutation { a: createOwner(input: {name: \"A\"}) { owner { id } } b: createOwner(input: {name: \"B\"}) { owner { id } } }");
			AtomicInteger executed = new AtomicInteger();
			List<Future<List<String>>> codes = new ArrayList<>();
			for (int client = 0; client < 12; client++) {
				String document = documents.get(client % documents.size());
				codes.add(clients.submit(() -> {
					List<String> failed;
					do {
						failed = ann.execute(document).codes();
						executed.incrementAndGet();
					}
					while (failed.isEmpty());
					return failed;
				}));
			}
			while (executed.get() < 200) {
				Thread.onSpinWait();
			}

			gate.freeze();

			for (Future<List<String>> failed : codes) {
				assertThat(failed.get()).containsOnly("UNAVAILABLE");
			}
			gate.thaw();
			executeOnceAvailable(ann, "{ me { username } }").data();
			// Operations that have waited for it may still come to their deadline.
			assertThat(context.getBean(DatabaseMonitor.class).hasJustFailed()).isTrue();
		}
	}

	private static void awaitReadiness(Api api, int status) {
		while (api.send("GET", "/readyz", new byte[0], Map.of()).status() != status) {
			Thread.onSpinWait();
		}
	}

	private static String cursorOfOneChange(Api ann, LiveClient events, LiveClient socket) {
		ann.createOwner("Eve");
		String cursor = events.next().json().at("/data/myChanges/cursor").stringValue();
		assertThat(socket.next().json().at("/data/myChanges/cursor").stringValue()).isEqualTo(cursor);
		return cursor;
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void writesReachThePrimaryAfterAReadOnlyServerRefusedOne(CapturedOutput output) throws Exception {
		Map<String, String> database = TestDatabase.create();
		String name = URI
			.create(Objects.requireNonNull(database.get("spring.datasource.url")).substring("jdbc:".length()))
			.getPath()
			.substring(1);
		List<String> arguments = new ArrayList<>(List.of("--server.port=0"));
		database.forEach((property, value) -> arguments.add("--" + property + "=" + value));
		try (ConfigurableApplicationContext context = SpringApplication.run(KennelApplication.class,
				arguments.toArray(String[]::new));
				Connection postgres = DriverManager.getConnection(database.get("spring.datasource.url"), "postgres",
						"")) {
			Api ann = Api.at(context.getEnvironment().getRequiredProperty("local.server.port", Integer.class)).signUp();
			String owner = ann.createOwner("Ann");
			try (Statement statement = postgres.createStatement()) {
				statement.execute("ALTER DATABASE " + name + " SET default_transaction_read_only = on");
				statement.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name
						+ "' AND pid <> pg_backend_pid()");
			}
			// Fills the pool with connections to the read-only server.
			while (ann.execute("{ me { username } }").codes().equals(List.of("UNAVAILABLE"))) {
				// The connection was terminated.
			}
			int from = output.getAll().length();
			List<String> evicted = connections(postgres);
			assertThat(evicted).hasSizeGreaterThan(2);
			for (int write = 0; write < 5; write++) {
				assertThat(ann.execute(CREATE_OWNER).codes()).containsExactly("UNAVAILABLE");
			}
			assertThat(ann.execute("{ myOwners { nodes { id } } }").texts("/myOwners/nodes", "id"))
				.containsExactly(owner);
			assertThat(output.getAll().substring(from)).doesNotContain("\tat ").doesNotContain("Z ERROR ");
			// Those of the pool, and those that read lists.
			while (connections(postgres).stream().anyMatch(evicted::contains)) {
				Thread.onSpinWait();
			}

			try (Statement statement = postgres.createStatement()) {
				statement.execute("SET default_transaction_read_only = off");
				statement.execute("ALTER DATABASE " + name + " RESET default_transaction_read_only");
			}
			// Each refused write closes its connection at least, so that none refuses
			// two.
			int connections = context.getBean(DataSource.class).unwrap(HikariDataSource.class).getMaximumPoolSize();
			Api.Response written = ann.execute(CREATE_OWNER);
			for (int refused = 0; refused < connections && !written.codes().isEmpty(); refused++) {
				assertThat(written.codes()).containsExactly("UNAVAILABLE");
				written = ann.execute(CREATE_OWNER);
			}
			assertThat(written.text("/createOwner/owner/id")).startsWith("own_");
		}
	}

	/** Returns the backends of the service, without those that monitor and listen. */
	private static List<String> connections(Connection postgres) throws SQLException {
		try (Statement statement = postgres.createStatement();
				ResultSet rows = statement.executeQuery("SELECT pid FROM pg_stat_activity "
						+ "WHERE datname = current_database() AND application_name = 'kennel'")) {
			List<String> pids = new ArrayList<>();
			while (rows.next()) {
				pids.add(rows.getString(1));
			}
			return pids;
		}
	}

	/**
	 * Lists and writes use separate connections, and either may be restored first.
	 */
	private static Api.Response executeOnceAvailable(Api api, String document) {
		Api.Response response = api.execute(document);
		for (int request = 1; request < 10 && response.codes().equals(List.of("UNAVAILABLE")); request++) {
			response = api.execute(document);
		}
		return response;
	}

}
