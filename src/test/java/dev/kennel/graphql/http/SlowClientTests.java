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

/** Clients that do not send what they have begun, and the others meanwhile. */
@KennelTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SlowClientTests {

	/** How many requests are run at once. */
	private static final int PLACES = 2;

	private final Environment environment;

	private final List<Socket> sockets = new ArrayList<>();

	private Instance instance;

	SlowClientTests(Environment environment) {
		this.environment = environment;
	}

	@BeforeAll
	void start() {
		this.instance = Instance.beside(this.environment, Map.of("kennel.server.max-concurrent-requests",
				String.valueOf(PLACES), "kennel.graphql.limits.body-timeout", "10m"));
	}

	@AfterEach
	void hangUp() throws IOException {
		for (Socket socket : this.sockets) {
			socket.close();
		}
		this.sockets.clear();
	}

	@AfterAll
	void stop() {
		this.instance.close();
	}

	private Socket begin(String request) throws IOException {
		Socket socket = new Socket("localhost", this.instance.api().uri("").getPort());
		this.sockets.add(socket);
		socket.setSoTimeout(60_000);
		socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
		return socket;
	}

	private void assertOthersAreAnswered() throws IOException {
		String answer = new String(
				begin("GET /graphql?query=%7B__typename%7D HTTP/1.1\r\nHost: kennel\r\nConnection: close\r\n\r\n")
					.getInputStream()
					.readAllBytes(),
				StandardCharsets.UTF_8);

		assertThat(answer).endsWith("{\"data\":{\"__typename\":\"Query\"}}");
	}

	@ParameterizedTest
	@ValueSource(strings = { "Content-Length: 1000", "Transfer-Encoding: chunked" })
	void aBodyThatIsWaitedForKeepsNobodyFromBeingAnswered(String length) throws IOException {
		for (int i = 0; i < 2 * PLACES; i++) {
			Socket socket = begin("POST /graphql HTTP/1.1\r\nHost: kennel\r\nContent-Type: application/json\r\n"
					+ "Expect: 100-continue\r\n" + length + "\r\n\r\n");
			assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
				.isEqualTo("HTTP/1.1 100");
		}

		assertOthersAreAnswered();
	}

	@ParameterizedTest
	@ValueSource(strings = { "POST /graphql", "PUT /graphql", "POST /nothing" })
	void theRestOfARefusedBodyKeepsNobodyFromBeingAnswered(String what) throws IOException {
		for (int i = 0; i < 2 * PLACES; i++) {
			Socket socket = begin(
					what + " HTTP/1.1\r\nHost: kennel\r\nContent-Type: text/plain\r\nContent-Length: 1000\r\n\r\nx");
			assertThat(new String(socket.getInputStream().readNBytes(10), StandardCharsets.US_ASCII))
				.startsWith("HTTP/1.1 4");
		}

		assertOthersAreAnswered();
	}

}
