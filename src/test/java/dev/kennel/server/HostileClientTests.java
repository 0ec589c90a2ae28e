package dev.kennel.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.kennel.server.connection.ConnectionRegistry;
import dev.kennel.server.limit.MemoryPermits;
import dev.kennel.test.Api;
import dev.kennel.test.Instance;
import dev.kennel.test.KennelTest;
import dev.kennel.test.LiveClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.Environment;

import static org.assertj.core.api.Assertions.assertThat;

/** Denial of service by hostile clients over HTTP/1. */
@KennelTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileClientTests {

	private static final int MAX_CONNECTIONS = 100;

	private static final String GET = "GET /graphql?query=%7B__typename%7D HTTP/1.1\r\nHost: kennel\r\n";

	private static final String POST = "POST /graphql HTTP/1.1\r\nHost: kennel\r\nContent-Type: application/json\r\n";

	private static final String HANDSHAKE = """
			GET /graphql HTTP/1.1\r
			Host: kennel\r
			Connection: Upgrade\r
			Upgrade: websocket\r
			Sec-WebSocket-Version: 13\r
			Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
			Sec-WebSocket-Protocol: graphql-transport-ws\r
			\r
			""";

	private static final String RESPONSE_BODY = "{\"data\":{\"__typename\":\"Query\"}}";

	private final Environment environment;

	private final List<SocketChannel> connections = new ArrayList<>();

	private Instance instance;

	private int port;

	HostileClientTests(Environment environment) {
		this.environment = environment;
	}

	@BeforeAll
	void start() {
		this.instance = Instance.beside(this.environment,
				Map.of("kennel.server.max-connections", String.valueOf(MAX_CONNECTIONS), "kennel.server.header-timeout",
						"1s", "kennel.server.idle-timeout", "2s", "kennel.server.send-timeout", "1s",
						"kennel.graphql.limits.body-timeout", "1s", "kennel.streams.connection-init-timeout", "10m"));
		this.port = this.instance.api().uri("").getPort();
	}

	@AfterEach
	void closeConnections() throws IOException {
		for (SocketChannel connection : this.connections) {
			connection.close();
		}
		this.connections.clear();
	}

	@AfterAll
	void stop() {
		this.instance.close();
	}

	private SocketChannel open(String bytes) throws IOException {
		SocketChannel connection = SocketChannel.open(new InetSocketAddress("localhost", this.port));
		this.connections.add(connection);
		connection.write(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1)));
		return connection;
	}

	private String exchange(String request) throws IOException {
		try (Socket socket = new Socket("localhost", this.port)) {
			socket.setSoTimeout(60_000);
			socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		}
	}

	private void assertOtherClientsAreServed() throws IOException {
		assertThat(exchange(GET + "Connection: close\r\n\r\n")).startsWith("HTTP/1.1 200 ").endsWith(RESPONSE_BODY);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", HANDSHAKE, GET + "\r\n", POST + "Content-Length: 1000\r\n\r\n{", GET + "X: " })
	void excessConnectionsDoNotBlockOtherClients(String bytes) throws IOException {
		for (int i = 0; i < 3 * MAX_CONNECTIONS; i++) {
			open(bytes);
		}

		assertOtherClientsAreServed();
		awaitNoMoreThan(MAX_CONNECTIONS);
	}

	/** Waits for the eviction, which runs on another thread. */
	private void awaitNoMoreThan(int connections) {
		long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
		int open = Integer.MAX_VALUE;
		while (open > connections) {
			if (System.nanoTime() - end > 0) {
				throw new AssertionError("Connections are open: " + open);
			}
			open = this.instance.get(ConnectionRegistry.class).size();
			Thread.onSpinWait();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", GET, GET + "X: ", "GET /", GET + "\r\n" })
	void idleConnectionIsClosed(String bytes) throws IOException {
		try (Socket socket = new Socket("localhost", this.port)) {
			socket.setSoTimeout(60_000);
			socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));

			byte[] received = socket.getInputStream().readAllBytes();

			assertThat(new String(received, StandardCharsets.UTF_8)).doesNotContain("errors");
		}
	}

	@Test
	void tricklingHeadersTimeOut() throws IOException {
		try (Socket socket = new Socket("localhost", this.port)) {
			socket.getOutputStream().write((GET + "X: ").getBytes(StandardCharsets.ISO_8859_1));
			socket.setSoTimeout(20);
			int sent = 0;
			boolean open = true;
			while (open) {
				assertThat(sent).isLessThan(3000);
				sent++;
				try {
					socket.getOutputStream().write('a');
					open = socket.getInputStream().read() >= 0;
				}
				catch (SocketTimeoutException ex) {
					// No response yet.
				}
			}
		}
		catch (IOException ex) {
			assertThat(ex).hasMessageMatching("(?i).*(reset|broken pipe|closed|abort).*");
		}
	}

	@Test
	void pipelinedRequestsAreServedInOrder() throws IOException {
		StringBuilder requests = new StringBuilder();
		int count = 100;
		for (int i = 0; i < count; i++) {
			String body = "{\"query\":\"{ a" + i + ": __typename }\"}";
			// Some are rejected immediately, some are executed.
			requests.append((i % 3 == 0) ? "GET /nothing HTTP/1.1\r\nHost: kennel\r\n\r\n"
					: POST + "Content-Length: " + body.length() + "\r\n\r\n" + body);
		}

		String responses = exchange(requests + GET + "Connection: close\r\n\r\n");

		int position = 0;
		for (int i = 0; i < count; i++) {
			int next = responses.indexOf((i % 3 == 0) ? "\"NOT_FOUND\"" : "{\"data\":{\"a" + i + "\":\"Query\"}}",
					position);
			assertThat(next).as("The response to request %d in %s", i, responses.substring(position))
				.isGreaterThan(position);
			position = next;
		}
		assertThat(responses).endsWith(RESPONSE_BODY);
	}

	/** The close of the connection starts once, however many requests follow. */
	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void pipelinedMalformedRequestsLogNoError(CapturedOutput output) throws IOException {
		int from = output.getAll().length();
		for (String request : List.of("GET /?{ HTTP/1.1\r\nHost: a\r\n\r\n", "GET //x HTTP/1.1\r\nHost: a\r\n\r\n")) {
			assertThat(exchange(request.repeat(50))).startsWith("HTTP/1.1 400 ");
		}

		assertOtherClientsAreServed();
		assertThat(output.getAll().substring(from)).doesNotContain("ERROR");
	}

	@Test
	void invalidHandshakeIsRejected() throws IOException {
		assertThat(exchange(HANDSHAKE.replace("Connection: Upgrade", "Connection: close"))).startsWith("HTTP/1.1 4");
		assertThat(exchange(HANDSHAKE.replace("Sec-WebSocket-Version: 13\r\n", "Sec-WebSocket-Version: 7\r\n")
			.replace("Connection: Upgrade", "Connection: Upgrade, close"))).startsWith("HTTP/1.1 4");
	}

	@Test
	void frameBeforeTheHandshakeResponseAbortsTheConnection() throws IOException {
		for (int i = 0; i < 20; i++) {
			// A masked ping.
			exchange(HANDSHAKE + "\u0089\u0080\u0000\u0000\u0000\u0000");
		}
		assertOtherClientsAreServed();
	}

	@ParameterizedTest
	@ValueSource(strings = { "a:b", "[::", "a:80:80", "a:65536", "user@a", "a/b", "a, b" })
	void invalidHostIsRejected(String host) throws IOException {
		String response = exchange("GET /graphql?query=%7B__typename%7D HTTP/1.1\r\nHost: " + host + "\r\n\r\n");

		assertThat(response).startsWith("HTTP/1.1 400 ")
			.containsIgnoringCase("\r\nX-Request-Id: ")
			.contains("\"code\":\"BAD_REQUEST\"");
	}

	@ParameterizedTest
	@ValueSource(strings = { "kennel:", "kennel:80", "[::1]:8080", "127.0.0.1" })
	void validHostsAreServed(String host) throws IOException {
		assertThat(exchange(
				"GET /graphql?query=%7B__typename%7D HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"))
			.startsWith("HTTP/1.1 200 ")
			.endsWith(RESPONSE_BODY);
	}

	@Test
	void duplicateOriginIsRejected() throws IOException {
		assertThat(exchange(GET + "Origin: http://kennel\r\nOrigin: https://evil.example\r\n\r\n"))
			.startsWith("HTTP/1.1 400 ");
	}

	@Test
	void unreadResponsesAreLimitedAndAborted() throws IOException {
		byte[] requests = "GET /graphql/schema.graphql HTTP/1.1\r\nHost: kennel\r\n\r\n".repeat(1000)
			.getBytes(StandardCharsets.ISO_8859_1);
		for (int i = 0; i < 20; i++) {
			SocketChannel connection = open("");
			connection.configureBlocking(false);
			connection.write(ByteBuffer.wrap(requests));
		}

		assertOtherClientsAreServed();
		// The clients keep the connections open without reading.
		ConnectionRegistry open = this.instance.get(ConnectionRegistry.class);
		for (int i = 0; open.size() > 0; i++) {
			assertThat(i).as("The connections stay open").isLessThan(100_000);
			assertOtherClientsAreServed();
		}
	}

	/** A body that never ends would use up the whole shutdown timeout. */
	@Test
	void pendingBodyDoesNotDelayShutdown() throws IOException {
		Instance stopped = Instance.beside(this.environment, Map.of("spring.lifecycle.timeout-per-shutdown-phase",
				"10m", "kennel.graphql.limits.body-timeout", "10m"));
		try (Socket socket = new Socket("localhost", stopped.api().uri("").getPort())) {
			socket.setSoTimeout(60_000);
			socket.getOutputStream()
				.write((POST + "Expect: 100-continue\r\nContent-Length: 100\r\n\r\n")
					.getBytes(StandardCharsets.ISO_8859_1));
			assertThat(socket.getInputStream().readNBytes(25)).hasSize(25);
			socket.getOutputStream().write('{');

			stopped.close();

			assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
				.startsWith("HTTP/1.1 503 ")
				.containsIgnoringCase("\r\nConnection: close\r\n")
				.contains("\"code\":\"UNAVAILABLE\"");
		}
	}

	@Test
	void largeEventNeedsMemoryPermits() {
		Api ann = this.instance.api().signUp();
		StringBuilder names = new StringBuilder();
		for (int i = 0; i < 25; i++) {
			names.append("n").append(i).append(": name ");
		}
		String document = "subscription { myChanges { kind node { ... on Owner { " + names + "} } } }";
		MemoryPermits memory = this.instance.get(ServerResources.class).responseMemory();
		int held = MemoryPermits.SMALL;
		try (LiveClient live = LiveClient.events(ann, document, Map.of());
				LiveClient small = LiveClient.events(ann, "subscription { myChanges { kind } }", Map.of())) {
			while (memory.tryGrow(held, held + 1024)) {
				held += 1024;
			}

			ann.createOwner("\ud83d\udc15".repeat(100));

			assertThat(live.next().type()).isEqualTo("closed");
			assertThat(small.next().type()).isEqualTo("next");
		}
		finally {
			memory.release(held);
		}
		assertThat(memory.tryGrow(0, held)).isTrue();
		memory.release(held);
	}

	@ParameterizedTest
	@CsvSource({ "POST /nothing, 100, 404", "PUT /graphql, 100, 405", "POST /graphql, 2000000, 413" })
	void expect100ContinueIsRejectedByTheFinalStatus(String methodAndPath, int length, int status) throws IOException {
		String response = exchange(methodAndPath + " HTTP/1.1\r\nHost: kennel\r\nContent-Type: application/json\r\n"
				+ "Expect: 100-continue\r\nContent-Length: " + length + "\r\n\r\n");

		assertThat(response).startsWith("HTTP/1.1 " + status + " ");
	}

	@Test
	void expect100ContinueIsConfirmed() throws IOException {
		try (Socket socket = new Socket("localhost", this.port)) {
			socket.setSoTimeout(60_000);
			socket.getOutputStream()
				.write((POST + "Connection: close\r\nExpect: 100-continue\r\nContent-Length: 26\r\n\r\n")
					.getBytes(StandardCharsets.ISO_8859_1));
			assertThat(new String(socket.getInputStream().readNBytes(25), StandardCharsets.US_ASCII))
				.isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");

			socket.getOutputStream().write("{\"query\":\"{ __typename }\"}".getBytes(StandardCharsets.UTF_8));

			assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
				.endsWith(RESPONSE_BODY);
		}
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "/graphql?query=%7B__typename%7D", "/", "/graphql/schema.graphql", "/.well-known/jwks.json" })
	void headHasTheHeadersOfGet(String path) throws IOException {
		String get = exchange("GET " + path + " HTTP/1.1\r\nHost: kennel\r\nConnection: close\r\n\r\n");
		String head = exchange("HEAD " + path + " HTTP/1.1\r\nHost: kennel\r\nConnection: close\r\n\r\n");

		assertThat(withoutVaryingValues(head))
			.isEqualTo(withoutVaryingValues(get.substring(0, get.indexOf("\r\n\r\n") + 4)));
	}

	private static String withoutVaryingValues(String headers) {
		return headers.replaceAll("(X-Request-Id|Date|RateLimit): [^\r]*", "$1");
	}

}
