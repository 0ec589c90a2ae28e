package dev.kennel.management;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.sun.net.httpserver.HttpServer;
import dev.kennel.server.ManagementServer;
import dev.kennel.test.Api;
import dev.kennel.test.EcsLog;
import dev.kennel.test.Instance;
import dev.kennel.test.KennelTest;
import dev.kennel.test.LiveClient;
import dev.kennel.test.Management;
import dev.kennel.test.Management.Scrape;
import dev.kennel.test.TraceReceiver;
import dev.kennel.test.TraceReceiver.Span;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.trace.SpanProcessor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetryProperties;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Traces, as a receiver of OTLP gets them: of requests whose {@code traceparent} is
 * sampled, and of no others.
 */
@KennelTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TracingTests {

	private static final String NESTED = "query Kennels { myOwners { nodes { dogs { nodes { name } } } } }";

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private static final Map<String, String> PARTS = Map.of("Accept", "multipart/mixed;incrementalSpec=v0.2");

	private final ConfigurableApplicationContext context;

	private final TraceReceiver receiver = new TraceReceiver();

	private final Instance instance;

	/** The attributes of the database's server. */
	private final Map<String, String> server;

	TracingTests(ConfigurableApplicationContext context, Environment environment) {
		this.context = context;
		this.instance = Instance.beside(environment,
				Map.of("management.opentelemetry.tracing.export.otlp.endpoint", this.receiver.url(),
						"management.opentelemetry.tracing.export.schedule-delay", "10ms",
						"management.tracing.sampling.probability", "0", "management.server.port", "0",
						"kennel.graphql.batching.max-size", "2", "spring.application.version", "1.2.3",
						"management.opentelemetry.resource-attributes[service.instance.id]", "chosen",
						"management.opentelemetry.resource-attributes[deployment.environment.name]", "test"));
		URI database = URI.create(environment.getRequiredProperty("spring.datasource.url").substring("jdbc:".length()));
		this.server = Map.of("server.address", database.getHost(), "server.port", String.valueOf(database.getPort()),
				"db.namespace", database.getPath().substring(1));
	}

	@AfterAll
	void stop() {
		this.instance.close();
		this.receiver.close();
	}

	/** The span of a client. */
	private record ClientSpan(String traceId, String id) {

		static ClientSpan create() {
			byte[] bytes = new byte[24];
			ThreadLocalRandom.current().nextBytes(bytes);
			String hex = HexFormat.of().formatHex(bytes);
			return new ClientSpan(hex.substring(0, 32), hex.substring(32));
		}

		Map<String, String> headers(boolean sampled) {
			return Map.of("traceparent", "00-" + this.traceId + "-" + this.id + (sampled ? "-01" : "-00"));
		}

	}

	private Api annWithDogs() {
		Api ann = this.instance.api().signUp();
		ann.createDog(ann.createOwner("Ann"), "Rex");
		ann.createDog(ann.createOwner("Bob"), "Max");
		return ann;
	}

	private List<Span> spans(ClientSpan client) {
		return this.receiver.await(client.id(), "POST /graphql");
	}

	private static void await(BooleanSupplier condition) {
		long end = System.nanoTime() + TIMEOUT.toNanos();
		while (!condition.getAsBoolean()) {
			assertThat(System.nanoTime()).isLessThan(end);
		}
	}

	private static Span named(List<Span> spans, String name) {
		return spans.stream().filter((span) -> span.name().equals(name)).findFirst().orElseThrow();
	}

	@Test
	void nestedListsAreOneSpanForEachBatchAndStatement() {
		Api ann = annWithDogs();
		ClientSpan client = ClientSpan.create();

		Api.Response response = ann.withHeaders(client.headers(true)).execute(NESTED);

		response.data();
		List<Span> spans = spans(client);
		assertThat(TraceReceiver.tree(spans, client.id())).containsExactly("POST /graphql", "  query",
				"    load owner.pages", "      SELECT owners", "    load dog.pages", "      SELECT dogs");
		assertThat(spans).allSatisfy((span) -> {
			assertThat(span.traceId()).isEqualTo(client.traceId());
			assertThat(span.end()).isGreaterThanOrEqualTo(span.start());
			assertThat(span.status()).isZero();
			assertThat(span.events()).isZero();
		});
		Span request = named(spans, "POST /graphql");
		assertThat(request.kind()).isEqualTo(2);
		assertThat(request.attributes()).containsExactlyInAnyOrderEntriesOf(
				Map.of("http.request.method", "POST", "http.route", "/graphql", "url.path", "/graphql", "url.scheme",
						"http", "network.protocol.version", "1.1", "http.response.status_code", "200",
						"http.response.header.x-request-id", "[" + response.header("X-Request-Id") + "]"));
		Span operation = named(spans, "query");
		assertThat(operation.kind()).isEqualTo(2);
		assertThat(operation.attributes()).containsExactlyInAnyOrderEntriesOf(Map.of("graphql.operation.name",
				"Kennels", "graphql.operation.type", "query", "kennel.graphql.document.hash",
				"d1ea854976483df7659cb07b32cbf02dee6c64b2ba2ad7d4bf57c82b8d834555"));
		Span batch = named(spans, "load dog.pages");
		assertThat(batch.kind()).isEqualTo(1);
		assertThat(batch.attributes()).containsExactly(Map.entry("kennel.graphql.loader.keys", "2"));
		Span statement = named(spans, "SELECT dogs");
		assertThat(statement.kind()).isEqualTo(3);
		assertThat(statement.attributes()).containsEntry("db.system.name", "postgresql")
			.containsEntry("db.operation.name", "SELECT")
			.containsEntry("db.collection.name", "dogs")
			.containsEntry("db.query.summary", "SELECT dogs")
			.containsAllEntriesOf(this.server)
			.containsOnlyKeys("db.system.name", "db.operation.name", "db.collection.name", "db.query.summary",
					"db.query.text", "server.address", "server.port", "db.namespace");
		assertThat(statement.attributes().get("db.query.text")).contains("FROM dogs").contains("$1");
		assertThat(statement.end()).isLessThanOrEqualTo(batch.end());
		assertThat(named(spans, "load owner.pages").end()).isLessThanOrEqualTo(batch.start());
	}

	@Test
	void mutationIsTracedOnItsVirtualThread() {
		Api ann = this.instance.api().signUp();
		ClientSpan client = ClientSpan.create();

		ann.withHeaders(client.headers(true)).createOwner("Secret name");

		List<Span> spans = spans(client);
		assertThat(TraceReceiver.tree(spans, client.id())).startsWith("POST /graphql", "  mutation")
			.contains("    INSERT owners");
		assertThat(spans).noneMatch((span) -> span.toString().contains("Secret name"));
		assertThat(named(spans, "INSERT owners").attributes()).containsEntry("db.operation.name", "INSERT")
			.containsAllEntriesOf(this.server);
	}

	@Test
	void commitIsAStatement() {
		Api ann = this.instance.api().signUp();
		String owner = ann.createOwner("Ann");
		ClientSpan client = ClientSpan.create();

		ann.withHeaders(client.headers(true))
			.execute("mutation ($input: DeleteOwnerInput!) { deleteOwner(input: $input) { deletedOwnerId } }",
					Map.of("input", Map.of("id", owner)))
			.data();

		List<Span> spans = spans(client);
		assertThat(TraceReceiver.tree(spans, client.id())).startsWith("POST /graphql", "  mutation")
			.contains("    DELETE owners")
			.endsWith("    COMMIT");
		Span commit = named(spans, "COMMIT");
		assertThat(commit.kind()).isEqualTo(3);
		assertThat(commit.attributes()).containsAllEntriesOf(this.server)
			.containsEntry("db.operation.name", "COMMIT")
			.containsEntry("db.query.text", "COMMIT")
			.doesNotContainKey("db.collection.name");
	}

	@Test
	void passwordHashIsTraced() {
		ClientSpan client = ClientSpan.create();

		this.instance.api().withHeaders(client.headers(true)).login("unknown-user", "no such password");

		List<Span> spans = spans(client);
		assertThat(TraceReceiver.tree(spans, client.id())).startsWith("POST /graphql", "  mutation")
			.containsOnlyOnce("    hash password");
		assertThat(named(spans, "hash password").kind()).isEqualTo(1);
		assertThat(named(spans, "hash password").attributes()).isEmpty();
	}

	@Test
	void probesAreNotTraced() {
		ClientSpan client = ClientSpan.create();
		Api api = this.instance.api().withHeaders(client.headers(true));

		assertThat(api.send("GET", "/livez", new byte[0], Map.of()).status()).isEqualTo(200);
		assertThat(api.send("GET", "/readyz", new byte[0], Map.of()).status()).isEqualTo(200);
		api.execute("{ __typename }").data();

		assertThat(TraceReceiver.tree(spans(client), client.id())).containsExactly("POST /graphql", "  query");
	}

	@Test
	void requestWithoutAResponseIsAnError() {
		ClientSpan client = ClientSpan.create();

		this.instance.api().withHeaders(client.headers(true)).abort();

		Span request = named(spans(client), "POST /graphql");
		assertThat(request.status()).isEqualTo(2);
		assertThat(request.attributes()).containsEntry("error.type", "connection_closed")
			.doesNotContainKey("http.response.status_code");
	}

	/** Each span would repeat it. */
	@Test
	void longTracestateIsIgnored() {
		Api ann = annWithDogs();
		String member = "=" + "x".repeat(250);
		Map<String, String> states = Map.of("a" + member + ",b" + member, "a" + member + ",b" + member,
				"a" + member + ",b" + member + ",c" + member, "");

		states.forEach((sent, expected) -> {
			ClientSpan client = ClientSpan.create();
			Api traced = ann.withHeaders(client.headers(true)).withHeaders(Map.of("tracestate", sent));

			traced.execute(NESTED).data();
			List<Span> spans = new ArrayList<>(spans(client));
			try (LiveClient socket = LiveClient.connect(ann,
					Map.of("traceparent", client.headers(true).get("traceparent"), "tracestate", sent), false)) {
				socket.init(Map.of("Authorization", "Bearer " + ann.token()));
				socket.acknowledgement();
				socket.subscribe("1", "{ __typename }", Map.of());
				socket.next();
				spans.addAll(this.receiver.await(client.id(), "query"));
			}

			assertThat(spans).hasSizeGreaterThan(6)
				.allSatisfy((span) -> assertThat(span.traceState()).isEqualTo(expected));
		});
	}

	@Test
	void resourceNamesVersionAndInstance() {
		ClientSpan client = ClientSpan.create();
		this.instance.api().withHeaders(client.headers(true)).execute("{ __typename }").data();
		spans(client);

		assertThat(this.receiver.resource()).containsEntry("service.name", "kennel")
			.containsEntry("service.version", "1.2.3")
			.containsEntry("service.instance.id", "chosen")
			.containsEntry("deployment.environment.name", "test");
		Environment settings = new MockEnvironment();
		List<String> random = IntStream.range(0, 2)
			.mapToObj((start) -> new TracingConfiguration().resource(settings, new OpenTelemetryProperties()))
			.map((resource) -> String.valueOf(resource.getAttribute(AttributeKey.stringKey("service.instance.id"))))
			.toList();
		assertThat(random).doesNotHaveDuplicates()
			.allSatisfy((id) -> assertThat(UUID.fromString(id).version()).isEqualTo(4));
	}

	/** It would also find a span that is left on an event loop. */
	@Test
	void requestsThatAreNotSampledAreNotTraced() {
		Api ann = annWithDogs();
		ClientSpan before = ClientSpan.create();
		ClientSpan unsampled = ClientSpan.create();
		ClientSpan after = ClientSpan.create();

		ann.withHeaders(before.headers(true)).execute(NESTED).data();
		for (int i = 0; i < 20; i++) {
			ann.withHeaders(unsampled.headers(false)).execute(NESTED).data();
			ann.execute(NESTED).data();
			ann.createOwner("Cid");
		}
		ann.withHeaders(after.headers(true)).execute(NESTED).data();

		assertThat(spans(after)).hasSize(6);
		assertThat(this.receiver.trace(before.traceId())).hasSize(6);
		assertThat(this.receiver.trace(unsampled.traceId())).isEmpty();
	}

	@Test
	void errorIsRecordedByItsCodeOnly() {
		ClientSpan refused = ClientSpan.create();
		ClientSpan invalid = ClientSpan.create();

		this.instance.api().withHeaders(refused.headers(true)).execute("{ myOwners { totalCount } }");
		this.instance.api().withHeaders(invalid.headers(true)).execute("{ nope }");

		Span operation = named(spans(refused), "query");
		assertThat(operation.status()).isEqualTo(2);
		assertThat(operation.statusMessage()).isEmpty();
		assertThat(operation.attributes()).containsEntry("error.type", "UNAUTHENTICATED");
		Span unknown = named(spans(invalid), "GraphQL Operation");
		assertThat(unknown.attributes()).containsExactly(Map.entry("error.type", "GRAPHQL_VALIDATION_FAILED"));
	}

	@Test
	void malformedTraceparentBeginsAnUnsampledTrace() {
		Api ann = annWithDogs();
		ClientSpan client = ClientSpan.create();
		ClientSpan after = ClientSpan.create();

		ann.withHeaders(Map.of("traceparent", "00-" + client.traceId() + "-" + client.id() + "-01-more"))
			.execute(NESTED)
			.data();
		ann.withHeaders(Map.of("X-B3-TraceId", client.traceId(), "X-B3-SpanId", client.id(), "X-B3-Sampled", "1"))
			.execute(NESTED)
			.data();
		ann.withHeaders(after.headers(true)).execute(NESTED).data();

		assertThat(spans(after)).hasSize(6);
		assertThat(this.receiver.trace(client.traceId())).isEmpty();
	}

	@Test
	void operationsOfBatchAreSiblings() {
		Api ann = annWithDogs();
		ClientSpan client = ClientSpan.create();

		ann.withHeaders(client.headers(true))
			.post("[{\"query\":\"{ me { id } }\"},{\"query\":\"{ __typename }\"}]".getBytes(StandardCharsets.UTF_8),
					Map.of());

		assertThat(TraceReceiver.tree(spans(client), client.id())).containsExactly("POST /graphql", "  query",
				"    load users", "      SELECT users", "  query");
	}

	@Test
	void eventStreamIsTraced() {
		Api ann = annWithDogs();
		ClientSpan client = ClientSpan.create();

		ann.withHeaders(client.headers(true)).withHeaders(Map.of("Accept", "text/event-stream")).execute(NESTED);

		assertThat(TraceReceiver.tree(spans(client), client.id())).containsExactly("POST /graphql", "  query",
				"    load owner.pages", "      SELECT owners", "    load dog.pages", "      SELECT dogs");
	}

	@Test
	void spanOfAnOperationLastsUntilItsLastPart() {
		Api ann = annWithDogs();
		ClientSpan client = ClientSpan.create();

		ann.withHeaders(client.headers(true))
			.execute("{ myOwners { nodes { id ... @defer { dogs { nodes { name } } } } } }", Map.of(), PARTS);

		List<Span> spans = this.receiver.await(named(spans(client), "POST /graphql").id(), "query");
		assertThat(TraceReceiver.tree(spans, client.id())).containsExactly("POST /graphql", "  query",
				"    load owner.pages", "      SELECT owners", "    load dog.pages", "      SELECT dogs");
		assertThat(named(spans, "query").status()).isZero();
		assertThat(named(spans, "query").end()).isGreaterThanOrEqualTo(named(spans, "load dog.pages").end());
	}

	@Test
	void errorOfAPartIsRecorded() {
		Management management = Management.of(this.instance.get(ManagementServer.class));
		String operations = "kennel_graphql_operation_duration_seconds_count";
		Scrape before = management.scrape();
		ClientSpan client = ClientSpan.create();

		this.instance.api()
			.withHeaders(client.headers(true))
			.execute("{ __typename ... @defer { myOwners { totalCount } } }", Map.of(), PARTS);

		Span operation = named(this.receiver.await(named(spans(client), "POST /graphql").id(), "query"), "query");
		assertThat(operation.status()).isEqualTo(2);
		assertThat(operation.attributes()).containsEntry("error.type", "UNAUTHENTICATED");
		Scrape after = management.scrape();
		assertThat(after.sum(operations) - before.sum(operations)).isEqualTo(1);
		assertThat(after.sum(operations, "error_type", "UNAUTHENTICATED")
				- before.sum(operations, "error_type", "UNAUTHENTICATED"))
			.isEqualTo(1);
	}

	@Test
	void operationsOnWebSocketAreTraced() {
		Api ann = annWithDogs();
		ClientSpan client = ClientSpan.create();

		try (LiveClient socket = LiveClient.connect(ann, client.headers(true), false)) {
			socket.init(Map.of("Authorization", "Bearer " + ann.token()));
			socket.acknowledgement();
			socket.subscribe("1", NESTED, Map.of());
			socket.next();
			this.receiver.await(client.id(), "query");
			socket.subscribe("2", "subscription { myChanges { kind } }", Map.of());
			List<Span> spans = this.receiver.await(client.id(), "subscription");

			assertThat(TraceReceiver.tree(spans, client.id())).startsWith("GET /graphql", "query", "  load owner.pages",
					"    SELECT owners", "  load dog.pages", "    SELECT dogs", "subscription");
			assertThat(named(spans, "GET /graphql").attributes()).containsEntry("http.response.status_code", "101");
		}
	}

	@Test
	void operationOnWebSocketHasItsIdInSpanAndLog() {
		Api ann = this.instance.api().signUp();
		ClientSpan client = ClientSpan.create();

		try (EcsLog log = new EcsLog("dev.kennel.security");
				LiveClient socket = LiveClient.connect(ann, client.headers(true), false)) {
			socket.init(Map.of("Authorization", "Bearer " + ann.token()));
			socket.acknowledgement();
			socket.subscribe("1", "mutation { reauthenticate(input: {password: \"wrong\"}) { session { id } } }",
					Map.of());
			socket.next();
			Span operation = named(this.receiver.await(client.id(), "mutation"), "mutation");

			JsonNode line = log.ofRequest(String.valueOf(operation.attributes().get("kennel.request.id")));
			assertThat(line.at("/event/action").asString()).isEqualTo("password-wrong");
			assertThat(line.at("/trace/id").asString()).isEqualTo(client.traceId());
			assertThat(line.at("/span/id").asString()).isEqualTo(operation.id());
		}
	}

	@Test
	void logContextHasTheIdsOfTraceAndSpan() {
		ClientSpan client = ClientSpan.create();
		ClientSpan unsampled = ClientSpan.create();
		ListAppender<ILoggingEvent> lines = new ListAppender<>();
		Logger logger = (Logger) LoggerFactory.getLogger("dev.kennel.security");
		lines.start();
		logger.addAppender(lines);

		Api.Response response = this.instance.api()
			.withHeaders(client.headers(true))
			.login("unknown-user", "no such password");
		this.instance.api().withHeaders(unsampled.headers(false)).login("unknown-user", "no such password");

		logger.detachAppender(lines);
		List<Map<String, String>> contexts = lines.list.stream().map(ILoggingEvent::getMDCPropertyMap).toList();
		assertThat(contexts).filteredOn((context) -> client.traceId().equals(context.get("trace.id")))
			.containsExactly(Map.of("http.request.id", response.header("X-Request-Id"), "trace.id", client.traceId(),
					"span.id", named(spans(client), "mutation").id()));
		assertThat(contexts).filteredOn((context) -> unsampled.traceId().equals(context.get("trace.id")))
			.singleElement()
			.satisfies((context) -> assertThat(context).doesNotContainKey("span.id"));
	}

	@Test
	void measurementOfTracedOperationHasAnExemplar() {
		Api ann = annWithDogs();
		ClientSpan client = ClientSpan.create();

		ann.withHeaders(client.headers(true)).execute("mutation WithExemplar { logout { success } }").data();

		Span operation = named(spans(client), "mutation");
		Api.Response metrics = Api.at(this.instance.get(ManagementServer.class).port())
			.send("GET", "/actuator/prometheus", new byte[0],
					Map.of("Accept", "application/openmetrics-text; version=1.0.0; charset=utf-8"));
		assertThat(metrics.body().lines())
			.filteredOn((line) -> line.startsWith("kennel_graphql_operation_duration_seconds_bucket"))
			.anyMatch((line) -> line.contains("trace_id=\"" + client.traceId() + "\"")
					&& line.contains("span_id=\"" + operation.id() + "\""));
		// Prometheus 2.42 rejects all metrics for an exemplar elsewhere.
		assertThat(metrics.body().lines()).filteredOn((line) -> line.contains(" # {"))
			.allMatch((line) -> line.matches("\\w+_(bucket|total)[{ ].*"));
	}

	@Test
	void tracedOperationsAreRunByTheCompiledEngine() {
		Api ann = annWithDogs();
		ClientSpan client = ClientSpan.create();

		ann.withHeaders(client.headers(true)).execute(NESTED).data();

		Scrape scrape = Management.of(this.instance.get(ManagementServer.class)).scrape();
		for (String reason : new String[] { "field_instrumentation", "observed_engine" }) {
			assertThat(scrape.has("kennel_graphql_fallbacks_total", "reason", reason)).isTrue();
			assertThat(scrape.sum("kennel_graphql_fallbacks_total", "reason", reason)).as(reason).isZero();
		}
	}

	/** A client could fill the memory of the exporter otherwise. */
	@Test
	void unknownMethodIsNotRecorded() throws Exception {
		ClientSpan client = ClientSpan.create();
		HttpRequest.Builder request = HttpRequest.newBuilder(this.instance.api().uri("/graphql"))
			.method("X".repeat(1_000), HttpRequest.BodyPublishers.noBody());
		client.headers(true).forEach(request::header);

		try (HttpClient http = HttpClient.newHttpClient()) {
			http.send(request.build(), HttpResponse.BodyHandlers.discarding());
		}

		Span span = named(this.receiver.await(client.id(), "HTTP /graphql"), "HTTP /graphql");
		assertThat(span.attributes()).containsEntry("http.request.method", "_OTHER");
		assertThat(span.attributes().toString()).doesNotContain("XX");
	}

	/** OpenTelemetry would wait for ten seconds. */
	@Test
	void shutdownWaitsFiveSecondsForAReceiverThatDoesNotRespond() throws Exception {
		try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			Instance stopping = Instance.beside(this.context.getEnvironment(),
					Map.of("management.opentelemetry.tracing.export.otlp.endpoint",
							"http://localhost:" + silent.getLocalPort() + "/v1/traces",
							"management.tracing.sampling.probability", "1"));
			stopping.api().execute("{ __typename }").data();

			long begin = System.nanoTime();
			stopping.close();

			assertThat(Duration.ofNanos(System.nanoTime() - begin)).isBetween(Duration.ofSeconds(5),
					Duration.ofSeconds(9));
		}
	}

	@Test
	void lastSpansAreSentBetweenTheServicePortAndTheManagementPort() throws Exception {
		CompletableFuture<Integer> scraped = new CompletableFuture<>();
		CompletableFuture<Integer> served = new CompletableFuture<>();
		HttpServer receiving = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		Instance stopping = Instance.beside(this.context.getEnvironment(),
				Map.of("management.opentelemetry.tracing.export.otlp.endpoint",
						"http://localhost:" + receiving.getAddress().getPort() + "/v1/traces",
						"management.opentelemetry.tracing.export.schedule-delay", "1h",
						"management.tracing.sampling.probability", "1", "management.server.port", "0"));
		Api api = stopping.api();
		Management management = Management.of(stopping.get(ManagementServer.class));
		receiving.createContext("/v1/traces", (exchange) -> {
			scraped.completeAsync(() -> management.get("/actuator/prometheus").status())
				.exceptionally((failure) -> -1)
				.join();
			served.completeAsync(() -> api.send("GET", "/livez", new byte[0], Map.of()).status())
				.exceptionally((failure) -> -1)
				.join();
			exchange.sendResponseHeaders(200, -1);
			exchange.close();
		});
		receiving.start();
		try {
			api.execute("{ __typename }").data();

			stopping.close();

			assertThat(scraped).isCompletedWithValue(200);
			assertThat(served).isCompletedExceptionally();
		}
		finally {
			receiving.stop(0);
		}
	}

	@Test
	void exportedSpansAreCounted() {
		Management management = Management.of(this.instance.get(ManagementServer.class));
		String name = "otel_sdk_processor_span_processed_total";
		ClientSpan client = ClientSpan.create();
		this.instance.api().withHeaders(client.headers(true)).execute("{ __typename }").data();
		spans(client);

		// Spans are counted once the receiver's response has been read.
		await(() -> management.scrape().sum(name, "error_type", "none") == this.receiver.count());
		assertThat(management.scrape().sum(name, "error_type", "queue_full")).isZero();
		assertThat(management.scrape().sum(name, "error_type", "_OTHER")).isZero();
	}

	/** Neither an error nor a stack trace: the service is not at fault. */
	@Test
	void unavailableReceiverIsAWarningAndSpansAreCounted() throws Exception {
		ListAppender<ILoggingEvent> lines = new ListAppender<>();
		Logger logger = (Logger) LoggerFactory.getLogger("io.opentelemetry");
		lines.start();
		logger.addAppender(lines);
		int closedPort;
		try (ServerSocket socket = new ServerSocket(0)) {
			closedPort = socket.getLocalPort();
		}
		try (Instance cutOff = Instance.beside(this.context.getEnvironment(),
				Map.of("management.opentelemetry.tracing.export.otlp.endpoint",
						"http://localhost:" + closedPort + "/v1/traces",
						"management.opentelemetry.tracing.export.otlp.timeout", "1s",
						"management.opentelemetry.tracing.export.schedule-delay", "10ms",
						"management.opentelemetry.tracing.export.max-queue-size", "1",
						"management.opentelemetry.tracing.export.max-batch-size", "1", "management.server.port", "0",
						"management.tracing.sampling.probability", "1"))) {
			Management management = Management.of(cutOff.get(ManagementServer.class));
			String name = "otel_sdk_processor_span_processed_total";
			for (int i = 0; i < 20; i++) {
				cutOff.api().execute("{ __typename }").data();
			}

			await(() -> management.scrape().sum(name, "error_type", "_OTHER") > 0);
			assertThat(management.scrape().sum(name, "error_type", "none")).isZero();
			assertThat(management.scrape().sum(name, "error_type", "queue_full")).isPositive();
		}
		finally {
			logger.detachAppender(lines);
		}
		assertThat(lines.list).filteredOn((line) -> line.getFormattedMessage().startsWith("Failed to export"))
			.isNotEmpty()
			.allSatisfy((line) -> {
				assertThat(line.getFormattedMessage()).isEqualTo("Failed to export spans: java.net.ConnectException");
				assertThat(line.getLevel()).isEqualTo(Level.WARN);
			});
		assertThat(lines.list).allSatisfy((line) -> {
			assertThat(line.getLevel()).isNotEqualTo(Level.ERROR);
			assertThat(line.getThrowableProxy()).isNull();
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "localhost:4318", "ftp://localhost/v1/traces", "http:/v1/traces", "not a URL" })
	void invalidEndpointIsRefused(String endpoint) {
		MockEnvironment settings = new MockEnvironment().withProperty(TracingConfiguration.ENDPOINT, endpoint);

		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class).isThrownBy(
				() -> new TracingConfiguration().tracer(settings, this.context.getBeanProvider(OpenTelemetry.class)))
			.satisfies((refusal) -> assertThat(refusal.getValue()).isEqualTo(endpoint));
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void invalidEndpointIsOneMessage(CapturedOutput output) {
		assertThatThrownBy(() -> Instance.beside(this.context.getEnvironment(),
				Map.of(TracingConfiguration.ENDPOINT, "localhost:4318")))
			.hasRootCauseInstanceOf(InvalidConfigurationPropertyValueException.class);

		assertThat(output.getAll())
			.contains(
					"Invalid value 'localhost:4318' for configuration property '" + TracingConfiguration.ENDPOINT + "'",
					"It has to be a URL that begins with http:// or https://")
			.doesNotContain("\tat ");
	}

	@Test
	void nothingIsStartedWithoutAnEndpoint() {
		assertThat(this.context.getBeanProvider(Tracer.class).getIfAvailable()).isNull();
		for (String bean : new String[] { "otelSdkTracerProvider", "spanProcessor", "openTelemetrySdk" }) {
			assertThat(this.context.getBeanFactory().containsBeanDefinition(bean)).as(bean).isTrue();
			assertThat(this.context.getBeanFactory().containsSingleton(bean)).as(bean).isFalse();
		}
	}

	/**
	 * With Spring Boot's processor beside Kennel's, each span would be exported twice.
	 */
	@Test
	void spansHaveOneProcessor() {
		assertThat(this.context.getBeanNamesForType(SpanProcessor.class, true, false)).containsExactly("spanProcessor");
	}

}
