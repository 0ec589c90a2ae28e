package dev.kennel.server;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** Raw WebSocket frames that client libraries would not send. */
@KennelTest
class WebSocketFrameTests {

	private static final int CLOSE = 0x88;

	private static final String HANDSHAKE = """
			GET /graphql HTTP/1.1\r
			Host: kennel\r
			Connection: Upgrade\r
			Upgrade: websocket\r
			Sec-WebSocket-Version: 13\r
			Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
			""";

	private static final String PROTOCOL = "Sec-WebSocket-Protocol: graphql-transport-ws\r\n";

	private final Api api;

	WebSocketFrameTests(Api api) {
		this.api = api;
	}

	private Socket open(String handshake) throws IOException {
		Socket socket = new Socket("localhost", this.api.uri("").getPort());
		socket.setSoTimeout(60_000);
		socket.getOutputStream().write(handshake.getBytes(StandardCharsets.ISO_8859_1));
		return socket;
	}

	private static String headers(Socket socket) throws IOException {
		ByteArrayOutputStream headers = new ByteArrayOutputStream();
		while (!headers.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
			headers.write(socket.getInputStream().read());
		}
		return headers.toString(StandardCharsets.ISO_8859_1);
	}

	/** Creates a frame. The mask is zero, so that the payload is sent as is. */
	private static byte[] frame(int firstByte, byte[] payload) {
		return ByteBuffer.allocate(6 + payload.length)
			.put((byte) firstByte)
			.put((byte) (0x80 | payload.length))
			.putInt(0)
			.put(payload)
			.array();
	}

	private static byte[] closePayload(int code, String reason) {
		byte[] text = reason.getBytes(StandardCharsets.ISO_8859_1);
		return ByteBuffer.allocate(2 + text.length).putShort((short) code).put(text).array();
	}

	/** Sends a frame and returns the code of the close frame in response. */
	private int closeCode(byte[] frame) throws IOException {
		try (Socket socket = open(HANDSHAKE + PROTOCOL + "\r\n")) {
			assertThat(headers(socket)).startsWith("HTTP/1.1 101 ");
			socket.getOutputStream().write(frame);
			DataInputStream input = new DataInputStream(socket.getInputStream());
			assertThat(input.read()).isEqualTo(CLOSE);
			int length = input.read();
			int code = input.readUnsignedShort();
			input.readNBytes(length - 2);
			// The server closes the connection after the close frame.
			assertThat(input.read()).isEqualTo(-1);
			return code;
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 0xc1, 0xa1, 0x91, 0xf1, 0xc2, 0xc9, 0xca, 0xc8 })
	void reservedBitsAreAProtocolError(int firstByte) throws IOException {
		assertThat(closeCode(frame(firstByte, new byte[0]))).isEqualTo(1002);
	}

	@ParameterizedTest
	@ValueSource(ints = { 0x83, 0x87, 0x8b, 0x8f, 0x09, 0x80 })
	void invalidOpcodesAndFragmentsAreAProtocolError(int firstByte) throws IOException {
		assertThat(closeCode(frame(firstByte, new byte[0]))).isEqualTo(1002);
	}

	@Test
	void unmaskedFrameIsAProtocolError() throws IOException {
		assertThat(closeCode(new byte[] { (byte) 0x81, 1, 'a' })).isEqualTo(1002);
	}

	@Test
	void tooLargeFrameIsRejectedByItsDeclaredLength() throws IOException {
		assertThat(closeCode(ByteBuffer.allocate(14).put((byte) 0x81).put((byte) 0xff).putLong(1L << 40).array()))
			.isEqualTo(1009);
	}

	@ParameterizedTest
	@CsvSource({ "999, 1002", "1004, 1002", "1005, 1002", "1006, 1002", "1015, 1002", "2999, 1002", "1000, 1000",
			"1001, 1001", "3000, 3000", "4999, 4999" })
	void closeFrameIsEchoedIfItsCodeIsValid(int sent, int expected) throws IOException {
		assertThat(closeCode(frame(CLOSE, closePayload(sent, "")))).isEqualTo(expected);
		assertThat(closeCode(frame(CLOSE, closePayload(sent, "reason")))).isEqualTo(expected);
	}

	@Test
	void malformedCloseFrameHasACloseCode() throws IOException {
		assertThat(closeCode(frame(CLOSE, closePayload(1000, "\u00ff")))).isEqualTo(1007);
		assertThat(closeCode(frame(CLOSE, new byte[] { 3 }))).isEqualTo(1002);
	}

	@ParameterizedTest
	@ValueSource(strings = { "Sec-WebSocket-Protocol: graphql-ws\r\n" + PROTOCOL,
			PROTOCOL + "Sec-WebSocket-Protocol: graphql-ws\r\n",
			"Sec-WebSocket-Protocol: graphql-ws , graphql-transport-ws\r\n" })
	void subprotocolMayBeInAnyHeaderLine(String lines) throws IOException {
		try (Socket socket = open(HANDSHAKE + lines + "\r\n")) {
			assertThat(headers(socket)).startsWith("HTTP/1.1 101 ")
				.containsIgnoringCase("\r\n" + PROTOCOL)
				.doesNotContain("graphql-ws");
			socket.getOutputStream().write(frame(0x81, "{\"type\":\"ping\"}".getBytes(StandardCharsets.UTF_8)));
			DataInputStream input = new DataInputStream(socket.getInputStream());
			input.readFully(new byte[2]);
			assertThat(new String(input.readNBytes(15), StandardCharsets.UTF_8)).isEqualTo("{\"type\":\"pong\"}");
		}
	}

	/** A client must not send data before the handshake response. */
	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void dataBeforeTheHandshakeResponseLogsNoError(CapturedOutput output) throws IOException {
		String handshake = HANDSHAKE + PROTOCOL + "\r\n";
		int from = output.getAll().length();
		for (String more : new String[] { handshake, "GET /graphql HTTP/1.1\r\nHost: kennel\r\n\r\n",
				"nonsense\r\n\r\n", "POST /graphql HTTP/1.1\r\nHost: kennel\r\nContent-Length: 9\r\n\r\n{" }) {
			for (int i = 0; i < 20; i++) {
				try (Socket socket = open(handshake + more)) {
					socket.setSoLinger(true, 0);
				}
				try (Socket socket = open(handshake + more)) {
					socket.getInputStream().readAllBytes();
				}
				catch (IOException ex) {
					assertThat(ex).hasMessageContaining("reset");
				}
			}
		}
		for (int i = 0; i < 100; i++) {
			try (Socket socket = open(handshake)) {
				socket.setSoLinger(true, 0);
			}
		}

		assertThat(closeCode(frame(CLOSE, closePayload(1000, "")))).isEqualTo(1000);
		assertThat(output.getAll().substring(from)).doesNotContain("ERROR");
	}

}
