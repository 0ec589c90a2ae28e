package dev.kennel.server;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

import dev.kennel.server.connection.ConnectionRegistry;
import dev.kennel.server.limit.MemoryPermits;
import dev.kennel.test.Instance;
import dev.kennel.test.KennelTest;
import dev.kennel.test.TestCertificate;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.search.Search;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.Environment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Raw HTTP/2 frames of hostile clients.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9113">RFC 9113, HTTP/2</a>
 */
@KennelTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class Http2Tests {

	private static final int MAX_CONNECTIONS = 150;

	private static final int DATA = 0;

	private static final int HEADERS = 1;

	private static final int RST_STREAM = 3;

	private static final int SETTINGS = 4;

	private static final int END_STREAM = 1;

	private static final int END_HEADERS = 4;

	private static final String QUERY = "/graphql?query=%7B__typename%7D";

	private final Environment environment;

	private final List<Http2> connections = new ArrayList<>();

	private SSLContext tls;

	private Instance instance;

	Http2Tests(Environment environment) {
		this.environment = environment;
	}

	@BeforeAll
	void start(@TempDir Path directory) throws Exception {
		TestCertificate certificate = TestCertificate.create(directory);
		this.tls = certificate.sslContext();
		Map<String, @Nullable String> settings = new HashMap<>(certificate.settings());
		settings.putAll(
				Map.of("kennel.server.max-connections", String.valueOf(MAX_CONNECTIONS), "kennel.server.header-timeout",
						"10s", "kennel.server.send-timeout", "1s", "kennel.graphql.limits.body-timeout", "10m"));
		this.instance = Instance.beside(this.environment, settings);
	}

	@AfterAll
	void stop() throws IOException {
		for (Http2 connection : this.connections) {
			connection.close();
		}
		this.instance.close();
	}

	private Http2 connect(int window) throws IOException {
		Http2 connection = new Http2((SSLSocket) this.tls.getSocketFactory()
			.createSocket("localhost", this.instance.api().uri("").getPort()), window);
		this.connections.add(connection);
		return connection;
	}

	/** A received frame, of type -1 if the connection has ended. */
	@SuppressWarnings("ArrayRecordComponent") // Never compared.
	private record Frame(int type, int flags, int stream, byte[] payload) {

	}

	/** An HTTP/2 connection. Its headers are literals, which need no dynamic table. */
	private static final class Http2 {

		private final SSLSocket socket;

		private final DataInputStream input;

		Http2(SSLSocket socket, int window) throws IOException {
			this.socket = socket;
			socket.setSoTimeout(60_000);
			SSLParameters parameters = socket.getSSLParameters();
			parameters.setApplicationProtocols(new String[] { "h2" });
			socket.setSSLParameters(parameters);
			this.input = new DataInputStream(socket.getInputStream());
			socket.getOutputStream().write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
			// SETTINGS_INITIAL_WINDOW_SIZE
			send(SETTINGS, 0, 0, ByteBuffer.allocate(6).putShort((short) 4).putInt(window).array());
		}

		void send(int type, int flags, int stream, byte[] payload) throws IOException {
			this.socket.getOutputStream()
				.write(ByteBuffer.allocate(9 + payload.length)
					.putShort((short) (payload.length >> 8))
					.put((byte) payload.length)
					.put((byte) type)
					.put((byte) flags)
					.putInt(stream)
					.put(payload)
					.array());
		}

		void request(int stream, String method, String path, boolean ends) throws IOException {
			ByteArrayOutputStream block = new ByteArrayOutputStream();
			literal(block, 1, "", "kennel");
			literal(block, 2, "", method);
			literal(block, 4, "", path);
			literal(block, 6, "", "https");
			literal(block, 0, "content-type", "application/json");
			send(HEADERS, END_HEADERS | (ends ? END_STREAM : 0), stream, block.toByteArray());
		}

		/** Writes a header whose name is an index of the static table, or a literal. */
		private static void literal(ByteArrayOutputStream block, int name, String text, String value) {
			block.write(name);
			if (name == 0) {
				block.write(text.length());
				block.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
			}
			block.write(value.length());
			block.writeBytes(value.getBytes(StandardCharsets.US_ASCII));
		}

		Frame next() throws IOException {
			try {
				int length = (this.input.readUnsignedShort() << 8) | this.input.readUnsignedByte();
				int type = this.input.readUnsignedByte();
				int flags = this.input.readUnsignedByte();
				int stream = this.input.readInt();
				return new Frame(type, flags, stream, this.input.readNBytes(length));
			}
			catch (EOFException | SocketException ex) {
				return new Frame(-1, 0, 0, new byte[0]);
			}
		}

		/** Returns the next frame of a type, or the end of the connection. */
		Frame next(int type) throws IOException {
			Frame frame = next();
			while (frame.type() != type && frame.type() != -1) {
				frame = next();
			}
			return frame;
		}

		void close() throws IOException {
			this.socket.close();
		}

	}

	/** Of an instance of its own, since other tests reset requests as well. */
	@Test
	void resetRequestIsCountedWithoutAStatus(@TempDir Path directory) throws Exception {
		TestCertificate certificate = TestCertificate.create(directory);
		try (Instance own = Instance.beside(this.environment, new HashMap<>(certificate.settings()))) {
			Http2 connection = new Http2((SSLSocket) certificate.sslContext()
				.getSocketFactory()
				.createSocket("localhost", own.api().uri("").getPort()), 65_535);
			this.connections.add(connection);
			connection.request(1, "POST", "/graphql", false);

			// CANCEL
			connection.send(RST_STREAM, 0, 1, new byte[] { 0, 0, 0, 8 });

			Search timer = own.get(MeterRegistry.class)
				.find("http.server.request.duration")
				.tags("http.route", "/graphql", "http.response.status_code", "none", "error.type", "connection_closed");
			long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
			while (timer.timer() == null) {
				assertThat(System.nanoTime()).isLessThan(end);
			}
			connection.request(3, "GET", QUERY, true);
			assertThat(connection.next(DATA).stream()).isEqualTo(3);
			assertThat(timer.timers()).extracting(Timer::count).containsExactly(1L);
		}
	}

	private void assertOtherClientsAreServed() throws IOException {
		Http2 other = connect(65_535);
		other.request(1, "GET", QUERY, true);
		assertThat(new String(other.next(DATA).payload(), StandardCharsets.UTF_8))
			.isEqualTo("{\"data\":{\"__typename\":\"Query\"}}");
		other.close();
	}

	@ParameterizedTest
	@CsvSource({ QUERY, "/graphql/schema.graphql", "/page.js", "/nothing" })
	void unreadResponseResetsItsStream(String path) throws IOException {
		Http2 connection = connect(0);
		connection.request(1, "GET", path, true);

		assertThat(connection.next(RST_STREAM).stream()).isEqualTo(1);

		connection.request(3, "GET", path, true);
		assertThat(connection.next(HEADERS).stream()).isEqualTo(3);
		MemoryPermits memory = this.instance.get(ServerResources.class).responseMemory();
		assertThat(connection.next(RST_STREAM).stream()).isEqualTo(3);
		int all = (int) (Runtime.getRuntime().maxMemory() / 8);
		assertThat(memory.tryGrow(0, all)).isTrue();
		memory.release(all);
	}

	@ParameterizedTest
	@CsvSource({ "GET, " + QUERY, "POST, /nothing" })
	void unfinishedRequestIsResetAfterItsResponse(String method, String path) throws IOException {
		Http2 connection = connect(65_535);
		connection.request(1, method, path, false);

		assertThat(connection.next(DATA).flags()).isEqualTo(END_STREAM);
		assertThat(connection.next(RST_STREAM).stream()).isEqualTo(1);
	}

	/** The streams are twice the maximum number of connections. */
	@Test
	void streamsCountAsConnections() throws IOException {
		List<Http2> hostile = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			Http2 connection = connect(65_535);
			hostile.add(connection);
			try {
				for (int stream = 1; stream < 200; stream += 2) {
					connection.request(stream, "POST", "/graphql", false);
				}
			}
			catch (SocketException ex) {
				// It is closed already.
			}
		}

		assertOtherClientsAreServed();
		ConnectionRegistry open = this.instance.get(ConnectionRegistry.class);
		long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
		while (open.size() > MAX_CONNECTIONS) {
			assertThat(System.nanoTime()).as("Streams are open: %d", open.size()).isLessThan(end);
			Thread.onSpinWait();
		}
		for (Http2 connection : hostile) {
			connection.close();
		}
	}

	@Test
	void streamsBeyondTheLimitAreRefused() throws IOException {
		Http2 connection = connect(65_535);
		for (int stream = 1; stream <= 201; stream += 2) {
			connection.request(stream, "POST", "/graphql", false);
		}

		Frame refused = connection.next(RST_STREAM);

		assertThat(refused.stream()).isEqualTo(201);
		// REFUSED_STREAM
		assertThat(ByteBuffer.wrap(refused.payload()).getInt()).isEqualTo(7);
		connection.close();
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void protocolViolationsAndDisconnectsLogNoError(CapturedOutput output) throws IOException {
		int from = output.getAll().length();
		Http2 connection = connect(65_535);
		// DATA on stream 0 is a protocol error.
		connection.send(DATA, 0, 0, new byte[1]);
		assertThat(connection.next(-1).type()).isEqualTo(-1);
		for (String start : List.of("", "GET / HTTP/1.1\r\n\r\n", "\u0016\u0003\u0001\u0000\u00ff\u0001")) {
			try (Socket socket = new Socket("localhost", this.instance.api().uri("").getPort())) {
				socket.getOutputStream().write(start.getBytes(StandardCharsets.ISO_8859_1));
				socket.setSoLinger(true, 0);
			}
		}
		assertRapidResetClosesTheConnection();
		assertOtherClientsAreServed();

		assertThat(output.getAll().substring(from)).doesNotContain(" WARN ", "ERROR");
	}

	@Test
	void rapidResetClosesTheConnection() throws IOException {
		assertRapidResetClosesTheConnection();

		assertOtherClientsAreServed();
	}

	private void assertRapidResetClosesTheConnection() throws IOException {
		Http2 connection = connect(65_535);
		try {
			for (int stream = 1; stream < 2000; stream += 2) {
				connection.request(stream, "POST", "/graphql", false);
				// CANCEL
				connection.send(RST_STREAM, 0, stream, new byte[] { 0, 0, 0, 8 });
			}
		}
		catch (SocketException ex) {
			// It is closed already.
		}
		assertThat(connection.next(-1).type()).isEqualTo(-1);
	}

	/**
	 * Browsers open a WebSocket on a separate connection, for which they offer HTTP/1.1
	 * only.
	 */
	@Test
	void webSocketIsOpenedOverHttp1() throws IOException {
		try (SSLSocket socket = (SSLSocket) this.tls.getSocketFactory()
			.createSocket("localhost", this.instance.api().uri("").getPort())) {
			socket.setSoTimeout(60_000);
			SSLParameters parameters = socket.getSSLParameters();
			parameters.setApplicationProtocols(new String[] { "http/1.1" });
			socket.setSSLParameters(parameters);
			socket.getOutputStream().write("""
					GET /graphql HTTP/1.1\r
					Host: kennel\r
					Connection: Upgrade\r
					Upgrade: websocket\r
					Sec-WebSocket-Version: 13\r
					Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
					Origin: https://kennel\r
					\r
					""".getBytes(StandardCharsets.US_ASCII));

			// No subprotocol was negotiated.
			assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
				.startsWith("HTTP/1.1 101 ")
				.endsWith("\u0088\u001c\u00116Subprotocol not acceptable");
			assertThat(socket.getApplicationProtocol()).isEqualTo("http/1.1");
		}
	}

}
