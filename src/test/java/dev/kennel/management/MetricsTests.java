package dev.kennel.management;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.kennel.server.ManagementServer;
import dev.kennel.test.Api;
import dev.kennel.test.HashRecorder;
import dev.kennel.test.Instance;
import dev.kennel.test.KennelTest;
import dev.kennel.test.LiveClient;
import dev.kennel.test.Management;
import dev.kennel.test.Management.Scrape;
import dev.kennel.test.SqlRecorder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.core.env.Environment;

import static org.assertj.core.api.Assertions.assertThat;

/** The metrics that Prometheus scrapes. */
@KennelTest
class MetricsTests {

	private static final String OPERATIONS = "kennel_graphql_operation_duration_seconds_count";

	private static final String STATEMENTS = "db_client_operation_duration_seconds_count";

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private final Api api;

	private final Management management;

	private final HashRecorder hashes;

	private final Environment environment;

	private final SqlRecorder sql;

	MetricsTests(Api api, ManagementServer server, HashRecorder hashes, Environment environment, SqlRecorder sql) {
		this.sql = sql;
		this.api = api;
		this.management = Management.of(server);
		this.hashes = hashes;
		this.environment = environment;
	}

	/** Scrapes until the condition holds. */
	private Scrape await(Predicate<Scrape> condition) {
		long end = System.nanoTime() + TIMEOUT.toNanos();
		Scrape scrape = this.management.scrape();
		while (!condition.test(scrape)) {
			assertThat(System.nanoTime()).isLessThan(end);
			scrape = this.management.scrape();
		}
		return scrape;
	}

	@Test
	void frequentOperationsAreCountedByName() {
		Api ann = this.api.signUp();
		Scrape before = this.management.scrape();

		executeOften(ann, "OftenRun");

		Scrape after = this.management.scrape();
		assertThat(after.sum(OPERATIONS, "graphql_operation_name", "OftenRun", "graphql_operation_type", "query",
				"error_type", "none"))
			.isEqualTo(3);
		assertThat(after.sum(OPERATIONS, "graphql_operation_name", "(other)", "graphql_operation_type", "query")
				- before.sum(OPERATIONS, "graphql_operation_name", "(other)", "graphql_operation_type", "query"))
			.isEqualTo(100);
		assertThat(after.sum("kennel_graphql_operation_duration_seconds_bucket", "graphql_operation_name", "OftenRun",
				"le", "10.0"))
			.isEqualTo(3);
		assertThat(after.sum("kennel_graphql_operation_queue_duration_seconds_count")
				- before.sum("kennel_graphql_operation_queue_duration_seconds_count"))
			.isEqualTo(103);
	}

	/** Executes an operation until it is frequent, and three times more. */
	private static void executeOften(Api caller, String name) {
		for (int run = 0; run < 103; run++) {
			caller.execute("query " + name + " { me { id } }").data();
		}
	}

	private static double executions(Scrape scrape, String name) {
		return scrape.sum(OPERATIONS, "graphql_operation_name", name, "graphql_operation_type", "query");
	}

	@Test
	void operationsThatOnlySignedOutClientsExecuteAreNotCountedByName() {
		executeOften(this.api, "SignedOut");

		assertThat(executions(this.management.scrape(), "SignedOut")).isZero();

		executeOften(this.api.signUp(), "SignedOut");
		this.api.execute("query SignedOut { me { id } }").data();

		assertThat(executions(this.management.scrape(), "SignedOut")).isEqualTo(4);
	}

	@Test
	void accountAddsAtMostTenOperationNames() {
		Api ann = this.api.signUp();
		for (int name = 1; name <= 11; name++) {
			executeOften(ann, "OfAnn" + name);
		}

		Scrape scrape = this.management.scrape();
		assertThat(executions(scrape, "OfAnn10")).isEqualTo(3);
		assertThat(executions(scrape, "OfAnn11")).isZero();

		executeOften(this.api.signUp(), "OfAnn11");

		// The executions of the first account count until its name is refused.
		assertThat(executions(this.management.scrape(), "OfAnn11")).isEqualTo(5);
	}

	@Test
	void operationNamesAreDistinctFromKennelsOwnLabelValues() {
		Api ann = this.api.signUp();
		for (String name : new String[] { "other", "anonymous", "unknown", "none" }) {
			executeOften(ann, name);
		}
		ann.execute("{ me { id } }").data();
		ann.execute("query other { me { id } }").data();

		Scrape scrape = this.management.scrape();
		assertThat(executions(scrape, "other")).isEqualTo(4);
		for (String name : new String[] { "anonymous", "unknown", "none" }) {
			assertThat(executions(scrape, name)).as(name).isEqualTo(3);
		}
		assertThat(executions(scrape, "(anonymous)")).isPositive();
	}

	@Test
	void longOperationNamesAreNotCountedByName() {
		Api ann = this.api.signUp();
		executeOften(ann, "x".repeat(64));
		executeOften(ann, "x".repeat(65));

		Scrape scrape = this.management.scrape();
		assertThat(executions(scrape, "x".repeat(64))).isEqualTo(3);
		assertThat(executions(scrape, "x".repeat(65))).isZero();
	}

	@Test
	void operationsAreCountedByTheCodeOfTheFirstError() {
		Scrape before = this.management.scrape();

		this.api.execute("{ nope }");
		this.api.execute("query Refused { myOwners { totalCount } }");

		Scrape after = this.management.scrape();
		assertThat(after.sum(OPERATIONS, "graphql_operation_name", "(unknown)", "graphql_operation_type", "unknown",
				"error_type", "GRAPHQL_VALIDATION_FAILED")
				- before.sum(OPERATIONS, "graphql_operation_name", "(unknown)", "graphql_operation_type", "unknown",
						"error_type", "GRAPHQL_VALIDATION_FAILED"))
			.isEqualTo(1);
		assertThat(after.sum(OPERATIONS, "graphql_operation_type", "query", "error_type", "UNAUTHENTICATED")
				- before.sum(OPERATIONS, "graphql_operation_type", "query", "error_type", "UNAUTHENTICATED"))
			.isEqualTo(1);
	}

	@Test
	void clientsCannotCreateLabelValues() {
		for (int name = 0; name < 5; name++) {
			this.api.execute("query MadeUp" + name + " { __typename }").data();
		}

		assertThat(this.management.scrape().samples())
			.noneMatch((sample) -> String.valueOf(sample.labels().get("graphql_operation_name")).startsWith("MadeUp"));
	}

	/** Actuator is enabled, and the compiled engine still executes all operations. */
	@Test
	void noOperationFallsBackBecauseOfObservation() {
		Api ann = this.api.signUp();
		Scrape before = this.management.scrape();

		ann.createDog(ann.createOwner("Ann"), "Rex");
		ann.execute("query Kept { me { owners { nodes { dogs(first: 3) { nodes { name } } } } } }").data();
		ann.execute("query Kept { me { owners { nodes { dogs(first: 3) { nodes { name } } } } } }").data();
		this.api.execute("{ __schema { queryType { name } } }").data();

		Scrape after = this.management.scrape();
		assertThat(after.sum("kennel_graphql_fallbacks_total", "reason", "introspection")
				- before.sum("kennel_graphql_fallbacks_total", "reason", "introspection"))
			.isEqualTo(1);
		for (String reason : new String[] { "field_instrumentation", "observed_engine" }) {
			assertThat(after.has("kennel_graphql_fallbacks_total", "reason", reason)).isTrue();
			assertThat(after.sum("kennel_graphql_fallbacks_total", "reason", reason)).as(reason).isZero();
		}
		assertThat(after.sum("kennel_graphql_plans_total", "outcome", "found")
				- before.sum("kennel_graphql_plans_total", "outcome", "found"))
			.isGreaterThanOrEqualTo(1);
		assertThat(after.sum("kennel_graphql_plans_total", "outcome", "compiled")
				- before.sum("kennel_graphql_plans_total", "outcome", "compiled"))
			.isGreaterThanOrEqualTo(1);
		assertThat(after.sum("kennel_graphql_documents_prepared_total")
				- before.sum("kennel_graphql_documents_prepared_total"))
			.isGreaterThanOrEqualTo(1);
		assertThat(after.sum("kennel_graphql_documents")).isPositive();
		assertThat(after.sum("kennel_graphql_documents_memory_bytes")).isPositive();
		assertThat(after.sum("kennel_graphql_loader_batch_size_count"))
			.isGreaterThan(before.sum("kennel_graphql_loader_batch_size_count"));
	}

	@Test
	void statementsAreCountedByCommandAndTable() {
		Api ann = this.api.signUp();
		Scrape before = this.management.scrape();

		String owner = ann.createOwner("Ann");
		ann.execute("{ myOwners { nodes { name } } }").data();
		ann.execute("mutation ($input: DeleteOwnerInput!) { deleteOwner(input: $input) { deletedOwnerId } }",
				Map.of("input", Map.of("id", owner)));

		Scrape after = this.management.scrape();
		for (String summary : new String[] { "INSERT owners", "SELECT owners", "DELETE owners" }) {
			assertThat(after.sum(STATEMENTS, "db_query_summary", summary, "db_system_name", "postgresql", "error_type",
					"none") - before.sum(STATEMENTS, "db_query_summary", summary, "error_type", "none"))
				.as(summary)
				.isEqualTo(1);
		}
		// Background tasks commit as well.
		assertThat(after.sum(STATEMENTS, "db_query_summary", "COMMIT", "db_operation_name", "COMMIT"))
			.isGreaterThan(before.sum(STATEMENTS, "db_query_summary", "COMMIT"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "requests", "operations", "password-hashes" })
	void permitsOfEachBulkheadAreShown(String bulkhead) {
		Scrape scrape = this.management.scrape();

		assertThat(scrape.sum("kennel_permits_max", "bulkhead", bulkhead)).isPositive();
		assertThat(scrape.has("kennel_permits_taken", "bulkhead", bulkhead)).isTrue();
		assertThat(scrape.has("kennel_permits_waiting", "bulkhead", bulkhead)).isTrue();
	}

	@Test
	void requestsAreCountedByRouteAndStatus() {
		Scrape before = this.management.scrape();

		this.api.execute("{ __typename }").data();
		this.api.send("GET", "/made-up-by-a-client", new byte[0], Map.of());

		Scrape after = this.management.scrape();
		String name = "http_server_request_duration_seconds_count";
		assertThat(after.sum(name, "http_route", "/graphql", "http_request_method", "POST", "http_response_status_code",
				"200")
				- before.sum(name, "http_route", "/graphql", "http_request_method", "POST", "http_response_status_code",
						"200"))
			.isEqualTo(1);
		assertThat(after.sum(name, "http_route", "none", "http_response_status_code", "404")
				- before.sum(name, "http_route", "none", "http_response_status_code", "404"))
			.isEqualTo(1);
		assertThat(after.sum("kennel_server_connections")).isPositive();
		assertThat(after.sum("kennel_server_connections_max")).isPositive();
		assertThat(after.has("kennel_server_connections_evicted_total")).isTrue();
	}

	@Test
	void requestWithoutAResponseIsCounted() {
		String[] series = { "http_route", "/graphql", "http_request_method", "POST", "http_response_status_code",
				"none", "error_type", "connection_closed" };
		String name = "http_server_request_duration_seconds_count";
		double before = this.management.scrape().sum(name, series);

		this.api.abort();

		assertThat(await((scrape) -> scrape.sum(name, series) > before).sum(name, series)).isEqualTo(before + 1);
	}

	/** The operation still ends, and its response is dropped. */
	@Test
	void requestWhoseClientDoesNotWaitIsCountedOnce() throws Exception {
		String name = "http_server_request_duration_seconds_count";
		String[] series = { "http_route", "/graphql", "error_type", "connection_closed" };
		Scrape before = this.management.scrape();
		byte[] body = "{\"query\":\"mutation { login(input: {username: \\\"unknown\\\", password: \\\"wrong\\\"}) { accessToken } }\"}"
			.getBytes(StandardCharsets.UTF_8);

		this.hashes.holding(() -> {
			try (Socket socket = new Socket("localhost", this.api.uri("").getPort())) {
				socket.getOutputStream()
					.write(("POST /graphql HTTP/1.1\r\nHost: kennel\r\nContent-Type: application/json\r\nContent-Length: "
							+ body.length + "\r\n\r\n")
						.getBytes(StandardCharsets.US_ASCII));
				socket.getOutputStream().write(body);
				long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
				while (this.hashes.running() == 0) {
					assertThat(System.nanoTime()).isLessThan(end);
					Thread.onSpinWait();
				}
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
			await((scrape) -> scrape.sum(name, series) > before.sum(name, series));
		});

		await((scrape) -> scrape.sum(OPERATIONS) > before.sum(OPERATIONS));
		// Lasts longer than the dropped response.
		this.api.execute("{ __typename }").data();
		Scrape after = this.management.scrape();
		assertThat(after.sum(name, series) - before.sum(name, series)).isEqualTo(1);
		assertThat(after.sum(name, "http_route", "/graphql") - before.sum(name, "http_route", "/graphql")).isEqualTo(2);
	}

	@Test
	void changeIsCountedOnDelivery() {
		Api ann = this.api.signUp();
		double before = this.management.scrape().sum("kennel_changes_delivery_lag_seconds_count");

		try (LiveClient client = LiveClient.events(ann, "subscription { myChanges { kind } }", Map.of())) {
			// Those of all sessions, of earlier versions, and of this account.
			await((scrape) -> scrape.sum("kennel_notifications_channels") >= 3);
			ann.createOwner("Ann");
			client.next();
		}

		Scrape after = await((scrape) -> scrape.sum("kennel_changes_delivery_lag_seconds_count") > before);
		assertThat(after.sum("kennel_changes_delivery_lag_seconds_count")).isEqualTo(before + 1);
		await((scrape) -> scrape.sum("kennel_notifications_lag_seconds_count") > 0);
		assertThat(after.sum("kennel_notifications_listening")).isEqualTo(1);
		assertThat(after.has("kennel_notifications_reconnects_total")).isTrue();
		assertThat(after.sum("kennel_notifications_received_total")).isPositive();
	}

	@Test
	void revocationByAnotherInstanceIsMeasured() {
		Api ann = this.api.signUp();
		double before = this.management.scrape().sum("kennel_sessions_revocation_lag_seconds_count");

		try (Instance other = Instance.beside(this.environment, Map.of())) {
			other.api().withToken(ann.token()).execute("mutation { logout { success } }").data();
		}

		Scrape after = await((scrape) -> scrape.sum("kennel_sessions_revocation_lag_seconds_count") > before);
		assertThat(after.sum("kennel_sessions_revoked")).isPositive();
		// Without a bucket at the limit of KennelRevocationSlow, a lag below it would be
		// an alert.
		assertThat(after.has("kennel_sessions_revocation_lag_seconds_bucket", "le", "3.0")).isTrue();
	}

	@Test
	void securityEventsAreCounted() {
		double before = this.management.scrape().sum("kennel_security_events_total", "event", "login-failed");

		this.api.login("nobody-of-this-name", "no such password");

		assertThat(this.management.scrape().sum("kennel_security_events_total", "event", "login-failed"))
			.isEqualTo(before + 1);
	}

	@Test
	void faultIsCountedOnceForEachRequest() {
		Api ann = this.api.signUp();
		double before = this.management.scrape().sum("kennel_faults_total");

		this.sql.failing(new IllegalStateException("the inside"),
				() -> ann.execute("{ a: myOwners { nodes { id } } b: myOwners { nodes { id } } }"));
		this.api.execute("{ nope }");

		assertThat(this.management.scrape().sum("kennel_faults_total")).isEqualTo(before + 1);
	}

	/**
	 * A series that begins with its first event has no increase. Alerts on the others
	 * compare rates over minutes.
	 */
	@Test
	void countersOfAlertsExistBeforeTheFirstEvent() throws IOException {
		List<String> later = List.of("kennel_graphql_operation_duration_seconds_count",
				"kennel_graphql_operation_duration_seconds_bucket", "http_server_request_duration_seconds_count",
				"kennel_database_replica_queries_total", "kennel_database_embedded_restarts_total");
		List<MatchResult> counters = Pattern.compile("(?:rate|increase)\\((\\w+)(?:\\{event=~?\"([^\"]+)\"})?")
			.matcher(Files.readString(Path.of("deploy/observability/rules.yaml")))
			.results()
			.filter((match) -> !later.contains(match.group(1)))
			.toList();

		try (Instance instance = Instance.beside(this.environment, Map.of("management.server.port", "0"))) {
			Scrape first = Management.of(instance.get(ManagementServer.class)).scrape();

			assertThat(counters).extracting((match) -> match.group(1))
				.contains("kennel_faults_total", "kennel_security_events_total");
			for (MatchResult counter : counters) {
				assertThat(first.has(counter.group(1))).as(counter.group()).isTrue();
				for (String event : (counter.group(2) != null) ? counter.group(2).split("\\|") : new String[0]) {
					assertThat(first.has(counter.group(1), "event", event)).as(event).isTrue();
				}
			}
		}
	}

	@Test
	void backlogsAreShown() {
		Scrape scrape = await((one) -> one.sum("kennel_mail_outbox") >= 0);

		assertThat(scrape.sum("kennel_mail_outbox_age_seconds")).isGreaterThanOrEqualTo(0);
		assertThat(scrape.sum("kennel_accounts_deleted")).isGreaterThanOrEqualTo(0);
		assertThat(scrape.sum("kennel_accounts_deleted_age_seconds")).isGreaterThanOrEqualTo(0);
		assertThat(scrape.sum("kennel_retention_lag_seconds", "table", "changes")).isZero();
		assertThat(scrape.sum("kennel_retention_lag_seconds", "table", "idempotency_records")).isZero();
		assertThat(scrape.sum("kennel_database_up")).isEqualTo(1);
		assertThat(scrape.has("kennel_transactions_repeated_total")).isTrue();
		assertThat(scrape.sum("hikaricp_connections_max", "pool", "kennel")).isEqualTo(16);
	}

	@Test
	void documentationListsExactlyTheExposedMetrics() throws IOException {
		Api ann = this.api.signUp();
		ann.createOwner("Ann");
		Set<String> scraped = this.management.get("/actuator/prometheus")
			.body()
			.lines()
			.filter((line) -> line.startsWith("# TYPE "))
			.map((line) -> line.split(" ")[2])
			.collect(Collectors.toCollection(TreeSet::new));
		List<String> documented = Pattern.compile("^\\| `([a-z_]+|[a-z]+_…)`", Pattern.MULTILINE)
			.matcher(Files.readString(Path.of("docs/operations.md")))
			.results()
			.map((match) -> match.group(1))
			.toList();
		List<String> prefixes = documented.stream()
			.filter((name) -> name.endsWith("…"))
			.map((name) -> name.substring(0, name.length() - 1))
			.toList();

		assertThat(prefixes).allSatisfy((prefix) -> assertThat(scraped).anyMatch((name) -> name.startsWith(prefix)));
		scraped.removeIf((name) -> prefixes.stream().anyMatch(name::startsWith));
		// Micrometer adds a recent maximum to each histogram.
		scraped.removeIf((name) -> name.endsWith("_seconds_max") || name.endsWith("_size_max"));
		// No deprecated field, no embedded PostgreSQL and no replica is used here.
		scraped.add("kennel_graphql_deprecated_uses_total");
		scraped.add("kennel_database_embedded_restarts_total");
		scraped.add("kennel_database_replica_queries_total");
		scraped.add("kennel_database_replica_up");
		scraped.add("kennel_database_replica_lag_seconds");
		assertThat(documented.stream().filter((name) -> !name.endsWith("…")))
			.containsExactlyInAnyOrderElementsOf(scraped);
	}

}
