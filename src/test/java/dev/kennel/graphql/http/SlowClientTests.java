package dev.kennel.graphql.http;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.kennel.test.Instance;
import dev.kennel.test.KennelTest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.core.env.Environment;

import static org.assertj.core.api.Assertions.assertThat;

/** Slow request bodies do not block other clients. */
@KennelTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SlowClientTests {

	/** The maximum number of concurrent requests. */
	private static final int PERMITS = 2;

	private final Environment environment;

	private final List<Socket> sockets = new ArrayList<>();

	private Instance instance;

	SlowClientTests(Environment environment) {
		this.environment = environment;
	}

	@BeforeAll
	void start() {
		this.instance = Instance.beside(this.environment, Map.of("kennel.server.max-concurrent-requests",
				String.valueOf(PERMITS), "kennel.graphql.limits.body-timeout", "10m"));
	}

	@AfterEach
	void closeSockets() throws IOException {
		for (Socket socket : this.sockets) {
			socket.close();
		}
		this.sockets.clear();
	}

	@AfterAll
	void stop() {
		this.instance.close();
	}

	private Socket send(String request) throws IOException {
		Socket socket = new Socket("localhost", this.instance.api().uri("").getPort());
		this.sockets.add(socket);
		socket.setSoTimeout(60_000);
		socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
		return socket;
	}

	private void assertOtherClientsAreServed() throws IOException {
		String response = new String(
				send("GET /graphql?query=%7B__typename%7D HTTP/1.1\r\nHost: kennel\r\nConnection: close\r\n\r\n")
					.getInputStream()
					.readAllBytes(),
				StandardCharsets.UTF_8);

		assertThat(response).endsWith("{\"data\":{\"__typename\":\"Query\"}}");
	}

	@ParameterizedTest
	@ValueSource(strings = { "Content-Length: 1000", "Transfer-Encoding: chunked" })
	void pendingBodiesDoNotBlockOtherClients(String length) throws IOException {
		for (int i = 0; i < 2 * PERMITS; i++) {
			Socket socket = send("POST /graphql HTTP/1.1\r\nHost: kennel\r\nContent-Type: application/json\r\n"
					+ "Expect: 100-continue\r\n" + length + "\r\n\r\n");
			assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
				.isEqualTo("HTTP/1.1 100");
		}

		assertOtherClientsAreServed();
	}

	@ParameterizedTest
	@ValueSource(strings = { "POST /graphql", "PUT /graphql", "POST /nothing" })
	void swallowedBodiesDoNotBlockOtherClients(String methodAndPath) throws IOException {
		for (int i = 0; i < 2 * PERMITS; i++) {
			Socket socket = send(methodAndPath
					+ " HTTP/1.1\r\nHost: kennel\r\nContent-Type: text/plain\r\nContent-Length: 1000\r\n\r\nx");
			assertThat(new String(socket.getInputStream().readNBytes(10), StandardCharsets.US_ASCII))
				.startsWith("HTTP/1.1 4");
		}

		assertOtherClientsAreServed();
	}

}
