package dev.kennel.management;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import dev.kennel.server.ManagementServer;
import dev.kennel.test.Api;
import dev.kennel.test.Instance;
import dev.kennel.test.KennelTest;
import dev.kennel.test.Management;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import org.springframework.boot.web.server.PortInUseException;
import org.springframework.context.ApplicationContextException;
import org.springframework.core.env.Environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What the management port serves, and what the service's port serves. */
@KennelTest
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
		try (Socket socket = new Socket("localhost", port)) {
			socket.getOutputStream()
				.write(("GET /actuator HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
					.getBytes(StandardCharsets.US_ASCII));
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
