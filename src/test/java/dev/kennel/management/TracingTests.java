package dev.kennel.management;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.sun.net.httpserver.HttpServer;
import dev.kennel.server.ManagementServer;
import dev.kennel.test.Api;
import dev.kennel.test.Instance;
import dev.kennel.test.KennelTest;
import dev.kennel.test.LiveClient;
import dev.kennel.test.Management;
import dev.kennel.test.Management.Scrape;
import dev.kennel.test.TraceReceiver;
import dev.kennel.test.TraceReceiver.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.trace.SpanProcessor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.slf4j.LoggerFactory;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Traces, as a receiver of OTLP gets them: of requests whose {@code traceparent} is
 * sampled, and of no others.
 */
@KennelTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TracingTests {

	private static final String NESTED = "query Kennels { myOwners { nodes { dogs { nodes { name } } } } }";

	private static final Map<String, String> PARTS = Map.of("Accept", "multipart/mixed;incrementalSpec=v0.2");

	private final ConfigurableApplicationContext context;

	private final TraceReceiver receiver = new TraceReceiver();

	private final Instance instance;

	TracingTests(ConfigurableApplicationContext context, Environment environment) {
		this.context = context;
		this.instance = Instance.beside(environment,
				Map.of("management.opentelemetry.tracing.export.otlp.endpoint", this.receiver.url(),
						"management.opentelemetry.tracing.export.schedule-delay", "10ms",
						"management.tracing.sampling.probability", "0", "management.server.port", "0",
						"kennel.graphql.batching.max-size", "2"));
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
			.containsOnlyKeys("db.system.name", "db.operation.name", "db.collection.name", "db.query.summary",
					"db.query.text");
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
		assertThat(named(spans, "INSERT owners").attributes()).containsEntry("db.operation.name", "INSERT");
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
		ClientSpan client = ClientSpan.create();

		this.instance.api()
			.withHeaders(client.headers(true))
			.execute("{ __typename ... @defer { myOwners { totalCount } } }", Map.of(), PARTS);

		Span operation = named(this.receiver.await(named(spans(client), "POST /graphql").id(), "query"), "query");
		assertThat(operation.status()).isEqualTo(2);
		assertThat(operation.attributes()).containsEntry("error.type", "UNAUTHENTICATED");
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
			.containsExactly(Map.of("requestId", response.header("X-Request-Id"), "trace.id", client.traceId(),
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
