package dev.kennel.management;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import dev.kennel.server.ManagementServer;
import dev.kennel.test.Api;
import dev.kennel.test.Instance;
import dev.kennel.test.KennelTest;
import dev.kennel.test.Management;
import org.junit.jupiter.api.Test;

import org.springframework.core.env.Environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** An instance that is stopping leaves its load balancer before it closes its port. */
@KennelTest
class DrainTests {

	private final Environment environment;

	DrainTests(Environment environment) {
		this.environment = environment;
	}

	@Test
	void requestsAreServedWhileReadinessIsDown() throws Exception {
		Instance instance = Instance.beside(this.environment,
				Map.of("kennel.server.drain-delay", "3s", "management.server.port", "0"));
		Api api = instance.api().signUp();
		Management management = Management.of(instance.get(ManagementServer.class));
		assertThat(status(api, "/readyz")).isEqualTo(200);

		CompletableFuture<Void> closed = CompletableFuture.runAsync(instance::close);
		while (status(api, "/readyz") == 200) {
			Thread.onSpinWait();
		}

		assertThat(status(api, "/readyz")).isEqualTo(503);
		assertThat(status(api, "/livez")).isEqualTo(200);
		assertThat(api.createOwner("Ann")).startsWith("own_");
		assertThat(management.get("/actuator/health/readiness").status()).isEqualTo(503);
		assertThat(management.scrape().sum("kennel_database_up")).isEqualTo(1);
		assertThat(closed).isNotDone();
		closed.get();
		assertThatThrownBy(() -> status(api, "/readyz")).hasRootCauseInstanceOf(IOException.class);
	}

	@Test
	void bodyMayArriveWhileReadinessIsDown() throws Exception {
		Instance instance = Instance.beside(this.environment, Map.of("kennel.server.drain-delay", "4s"));
		Api api = instance.api();
		CompletableFuture<Void> closed = CompletableFuture.runAsync(instance::close);
		while (status(api, "/readyz") == 200) {
			Thread.onSpinWait();
		}

		try (Socket socket = new Socket("localhost", api.uri("").getPort())) {
			socket.getOutputStream().write("""
					POST /graphql HTTP/1.1\r
					Host: localhost\r
					Content-Type: application/json\r
					Content-Length: 24\r
					\r
					{"query":""".getBytes(StandardCharsets.US_ASCII));
			// Longer than a body may take once the port is closed.
			long begin = System.nanoTime();
			while (System.nanoTime() - begin < 1_500_000_000) {
				assertThat(status(api, "/livez")).isEqualTo(200);
			}
			socket.getOutputStream().write("\"{__typename}\"}".getBytes(StandardCharsets.US_ASCII));

			assertThat(new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
				.readLine()).isEqualTo("HTTP/1.1 200 OK");
		}
		closed.get();
	}

	private static int status(Api api, String path) {
		return api.send("GET", path, new byte[0], Map.of()).status();
	}

}
