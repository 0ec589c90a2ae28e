package dev.kennel.management;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

import dev.kennel.server.ManagementServer;
import dev.kennel.test.Api;
import dev.kennel.test.Instance;
import dev.kennel.test.KennelTest;
import dev.kennel.test.Management;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.context.ApplicationContextException;
import org.springframework.core.env.Environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What the management port serves, and what the service's port serves. */
@KennelTest
@ExtendWith(OutputCaptureExtension.class)
class ManagementServerTests {

	private final Api api;

	private final Management management;

	private final int port;

	private final Environment environment;

	ManagementServerTests(Api api, ManagementServer server, Environment environment) {
		this.api = api;
		this.management = Management.of(server);
		this.port = server.port();
		this.environment = environment;
	}

	@Test
	void actuatorIsNotOnTheServicePort() {
		for (String path : new String[] { "/actuator", "/actuator/health", "/actuator/prometheus",
				"/actuator/graphqlusage" }) {
			assertThat(this.api.send("GET", path, new byte[0], Map.of()).status()).as(path).isEqualTo(404);
		}
	}

	@Test
	void serviceIsNotOnTheManagementPort() {
		assertThat(this.management.get("/graphql?query=%7B__typename%7D").status()).isEqualTo(404);
		assertThat(this.management.get("/").status()).isEqualTo(404);
		assertThat(this.management.get("/readyz").status()).isEqualTo(404);
	}

	@Test
	void onlyHarmlessEndpointsAreExposed() {
		JsonNode links = this.management.get("/actuator").json().get("_links");

		assertThat(links.propertyNames()).containsExactlyInAnyOrder("graphqlusage", "health", "health-path", "info",
				"prometheus");
		for (String path : new String[] { "/actuator/env", "/actuator/heapdump", "/actuator/loggers",
				"/actuator/shutdown", "/actuator/configprops", "/actuator/prometheus/x" }) {
			assertThat(this.management.get(path).status()).as(path).isEqualTo(404);
		}
	}

	@Test
	void managementPortIsReadOnly() {
		Api.Response response = this.management.send("POST", "/actuator/health");

		assertThat(response.status()).isEqualTo(405);
		assertThat(response.header("Allow")).isEqualTo("GET, HEAD, OPTIONS");
	}

	/** A website may have its own name resolved to the loopback interface. */
	@Test
	void namesOfWebsitesAreRefusedOnTheLoopbackInterface() throws Exception {
		for (String host : List.of("localhost:9464", "kennel", "127.0.0.1:9464", "[::1]:9464")) {
			assertThat(statusOf(this.port, host)).as(host).isEqualTo("HTTP/1.1 200 OK");
		}
		for (String host : List.of("site.example:9464", "site.example", "127.0.0.1.site.example")) {
			assertThat(statusOf(this.port, host)).as(host).isEqualTo("HTTP/1.1 403 Forbidden");
		}
		try (Instance open = Instance.beside(this.environment,
				Map.of("management.server.port", "0", "management.server.address", "0.0.0.0"))) {
			assertThat(statusOf(open.get(ManagementServer.class).port(), "kennel-1.site.example:9464"))
				.isEqualTo("HTTP/1.1 200 OK");
		}
	}

	private static String statusOf(int port, String host) throws IOException {
		return statusLine(port, "GET /actuator HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
	}

	private static String statusLine(int port, String request) throws IOException {
		try (Socket socket = new Socket("localhost", port)) {
			socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines()
				.findFirst()
				.orElse("");
		}
	}

	@Test
	void healthShowsOnlyTheStatusOfComponents() {
		assertThat(this.management.get("/actuator/health/readiness").json().toString())
			.isEqualTo("{\"components\":{\"database\":{\"status\":\"UP\"},\"migrations\":{\"status\":\"UP\"},"
					+ "\"notifications\":{\"status\":\"UP\"},\"readinessState\":{\"status\":\"UP\"}},\"status\":\"UP\"}");
		assertThat(this.management.get("/actuator/health/liveness").json().toString()).isEqualTo("{\"status\":\"UP\"}");
		assertThat(this.management.get("/actuator/health/nothing").status()).isEqualTo(404);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/a", "/a/b", "/a/b/c", "/%2e%2e/env", "/database/x", "/readiness/x", "/readiness/x/y",
			"/readiness/database/x" })
	void unknownPathOfHealthIsNotFound(String path, CapturedOutput output) {
		assertThat(this.management.get("/actuator/health" + path).status()).isEqualTo(404);
		assertThat(output).doesNotContain("failed at");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "prometheus | */* | text/plain;version=0.0.4;charset=utf-8",
			"prometheus | text/html,*/*;q=0.8 | text/plain;version=0.0.4;charset=utf-8",
			"prometheus | application/openmetrics-text | application/openmetrics-text;version=1.0.0;charset=utf-8",
			"health | application/json | application/json;charset=utf-8",
			"health | application/vnd.spring-boot.actuator.v3+json | application/json;charset=utf-8" })
	void acceptedMediaTypeIsServed(String endpoint, String accept, String contentType) {
		Api.Response response = this.management.get("/actuator/" + endpoint, accept);

		assertThat(response.status()).isEqualTo(200);
		assertThat(response.header("Content-Type")).isEqualTo(contentType);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "prometheus | application/json", "prometheus | text/html",
			"prometheus | garbage", "prometheus | */", "health | text/html", "info | garbage" })
	void mediaTypeThatIsNotAcceptedIsNotServed(String endpoint, String accept, CapturedOutput output) {
		assertThat(this.management.get("/actuator/" + endpoint, accept).status()).isEqualTo(406);
		assertThat(output).doesNotContain("failed at");
	}

	@Test
	void emptyAcceptHeaderAllowsEverything() {
		assertThat(this.management.get("/actuator/prometheus", "").status()).isEqualTo(200);
	}

	@Test
	void metricsAreCompressedForPrometheus() throws Exception {
		HttpResponse<byte[]> plain = metrics("identity");
		HttpResponse<byte[]> compressed = metrics("gzip");

		assertThat(plain.headers().firstValue("Content-Encoding")).isEmpty();
		assertThat(compressed.headers().firstValue("Content-Encoding")).contains("gzip");
		assertThat(compressed.headers().firstValue("Content-Type")).contains("text/plain;version=0.0.4;charset=utf-8");
		assertThat(compressed.headers().firstValue("Vary")).contains("Accept-Encoding");
		assertThat(compressed.body().length).isLessThan(plain.body().length / 4);
		byte[] body = new GZIPInputStream(new ByteArrayInputStream(compressed.body())).readAllBytes();
		assertThat(metricTypes(body)).isNotEmpty().isEqualTo(metricTypes(plain.body()));
	}

	private HttpResponse<byte[]> metrics(String acceptEncoding) throws Exception {
		try (HttpClient client = HttpClient.newHttpClient()) {
			return client.send(HttpRequest.newBuilder(this.management.uri("/actuator/prometheus"))
				.header("Accept-Encoding", acceptEncoding)
				.build(), HttpResponse.BodyHandlers.ofByteArray());
		}
	}

	private static List<String> metricTypes(byte[] body) {
		return new String(body, StandardCharsets.UTF_8).lines().filter((line) -> line.startsWith("# TYPE")).toList();
	}

	/** A body of several chunks, as that of a heap dump. */
	@Test
	void exposedEndpointsAreServed(@TempDir Path directory, CapturedOutput output) throws Exception {
		String content = "{\"bomFormat\":\"CycloneDX\",\"x\":\"" + "x".repeat(300_000) + "\"}";
		Path bom = Files.writeString(directory.resolve("bom.json"), content);
		try (Instance instance = Instance.beside(this.environment,
				Map.of("management.server.port", "0", "management.endpoints.web.exposure.include", "*",
						"management.endpoint.sbom.application.location", bom.toUri().toString(),
						"management.endpoint.threaddump.access", "none", "management.endpoint.graphqlusage.access",
						"none"))) {
			Management exposed = Management.of(instance.get(ManagementServer.class));

			Api.Response response = exposed.get("/actuator/sbom/application");
			assertThat(response.status()).isEqualTo(200);
			assertThat(response.header("Content-Type")).isEqualTo("application/vnd.cyclonedx+json");
			assertThat(response.body()).isEqualTo(content);
			Api.Response head = exposed.send("HEAD", "/actuator/sbom/application");
			assertThat(head.status()).isEqualTo(200);
			assertThat(head.header("Content-Type")).isEqualTo("application/vnd.cyclonedx+json");
			assertThat(exposed.get("/actuator/sbom").body()).isEqualTo("{\"ids\":[\"application\"]}");
			assertThat(exposed.get("/actuator/sbom/other").status()).isEqualTo(404);
			assertThat(exposed.get("/actuator/env/server.port").json().at("/property/value").asString())
				.isEqualTo("******");
			for (String path : new String[] { "/actuator/env", "/actuator/configprops", "/actuator/loggers",
					"/actuator/metrics", "/actuator/beans", "/actuator/scheduledtasks" }) {
				assertThat(exposed.get(path).status()).as(path).isEqualTo(200);
			}
			for (String path : new String[] { "/actuator/heapdump", "/actuator/threaddump", "/actuator/graphqlusage",
					"/actuator/env/no-such-setting", "/actuator/metrics/no-such-metric" }) {
				assertThat(exposed.get(path).status()).as(path).isEqualTo(404);
			}
		}
		assertThat(output).doesNotContain("failed at");
	}

	@Test
	void heapDumpIsServedIfAccessIsAllowed() throws IOException {
		try (Instance instance = Instance.beside(this.environment,
				Map.of("management.server.port", "0", "management.endpoints.web.exposure.include", "heapdump",
						"management.endpoint.heapdump.access", "read-only"))) {
			Management exposed = Management.of(instance.get(ManagementServer.class));

			assertThat(exposed.get("/actuator").json().get("_links").propertyNames()).containsExactly("heapdump");
			List<String> before = heapDumps();
			Api.Response head = exposed.send("HEAD", "/actuator/heapdump");
			assertThat(head.status()).isEqualTo(200);
			assertThat(head.header("Content-Type")).isEqualTo("application/octet-stream");
			assertThat(statusLine(exposed.uri("").getPort(), "GET /actuator/heapdump HTTP/1.0\r\n\r\n"))
				.startsWith("HTTP/1.0 505 ");
			// Each dump has secrets, and is deleted after the response.
			long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
			while (!heapDumps().equals(before)) {
				assertThat(System.nanoTime()).isLessThan(end);
				Thread.onSpinWait();
			}
		}
	}

	private static List<String> heapDumps() {
		String[] files = new File(System.getProperty("java.io.tmpdir")).list((folder, name) -> name.endsWith(".hprof"));
		return Stream.of(Objects.requireNonNull(files)).sorted().toList();
	}

	@Test
	void infoShowsTheJavaVersion() {
		assertThat(this.management.get("/actuator/info").json().at("/java/version").asString()).startsWith("25");
	}

	@Test
	void probesAreOnTheServicePort() {
		for (String path : new String[] { "/livez", "/readyz" }) {
			Api.Response response = this.api.send("GET", path, new byte[0], Map.of());
			assertThat(response.status()).as(path).isEqualTo(200);
			assertThat(response.body()).as(path).isEqualTo("{\"status\":\"UP\"}");
			assertThat(response.header("Cache-Control")).as(path).isEqualTo("no-store");
		}
	}

	@Test
	void noManagementServerIsStartedWithoutAPort() {
		try (Instance instance = Instance.beside(this.environment, Map.of())) {
			assertThat(instance.get(ManagementServer.class).port()).isEqualTo(-1);
			assertThat(instance.api().send("GET", "/readyz", new byte[0], Map.of()).status()).isEqualTo(200);
		}
	}

	@Test
	void portInUseFailsTheStart() throws Exception {
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			assertThatExceptionOfType(ApplicationContextException.class)
				.isThrownBy(() -> Instance.beside(this.environment,
						Map.of("management.server.port", String.valueOf(taken.getLocalPort()))))
				.withCauseInstanceOf(PortInUseException.class);
		}
	}

}
