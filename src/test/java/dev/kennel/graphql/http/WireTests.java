package dev.kennel.graphql.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Raw HTTP/1 requests that client libraries would not send. */
@KennelTest
class WireTests {

	private static final String CLOSE = "Host: kennel\r\nConnection: close\r\n";

	private static final String POST = "POST /graphql HTTP/1.1\r\nContent-Type: application/json\r\n";

	private static final String ME = "{\"query\":\"{ me { id } }\"}";

	private final Api api;

	WireTests(Api api) {
		this.api = api;
	}

	@AfterEach
	void serviceStillResponds() {
		assertThat(this.api.execute("{ me { id } }").data().toString()).isEqualTo("{\"me\":null}");
	}

	private String send(String request) throws IOException {
		try (Socket socket = new Socket("localhost", this.api.uri("").getPort())) {
			socket.setSoTimeout(60_000);
			socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
			ByteArrayOutputStream response = new ByteArrayOutputStream();
			try {
				socket.getInputStream().transferTo(response);
			}
			catch (IOException ex) {
				// The server may close before it has read everything.
				assertThat(ex).hasMessageContaining("reset");
			}
			return response.toString(StandardCharsets.UTF_8);
		}
	}

	private static void assertRefused(String response, int status, String code) {
		assertThat(response).startsWith("HTTP/1.1 " + status + " ");
		assertThat(response).contains("\"extensions\":{\"code\":\"" + code + "\"")
			.contains("Content-Type: application/json;charset=utf-8\r\n")
			.contains("X-Content-Type-Options: nosniff\r\n")
			.contains("Content-Security-Policy: default-src 'none'")
			.contains("Cache-Control: no-store\r\n")
			.containsPattern("X-Request-Id: [0-9a-f-]{36}\r\n");
		assertNoInternalDetails(response);
	}

	private static void assertNoInternalDetails(String response) {
		assertThat(response).doesNotContainIgnoringCase("tomcat")
			.doesNotContainIgnoringCase("<html")
			.doesNotContain("Exception", "\tat ", "org.", "java.", "\"trace\"", "\"timestamp\"");
	}

	@ParameterizedTest
	@ValueSource(strings = { "NONSENSE\r\n\r\n", "GET /graphql?query={a} HTTP/1.1\r\n" + CLOSE + "\r\n",
			"GET /%zz HTTP/1.1\r\n" + CLOSE + "\r\n", "GET //graphql HTTP/1.1\r\n" + CLOSE + "\r\n",
			"GET /graphql;a=b HTTP/1.1\r\n" + CLOSE + "\r\n", "GET /graphql HTTP/1.1\r\n\r\n",
			"GET /graphql HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
			"GET /graphql HTTP/1.1\r\nHost: a\r\nbad header\r\n\r\n",
			POST + CLOSE + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
			POST + CLOSE + "Content-Length: x\r\n\r\n{}", POST + CLOSE + "Content-Length: -1\r\n\r\n{}",
			POST + CLOSE + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
			POST + CLOSE + "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
			POST + CLOSE + "Content-Length: 0\r\n\r\n", POST + CLOSE + "\r\n" })
	void malformedHttpIsRejected(String request) throws IOException {
		assertRefused(send(request), 400, "BAD_REQUEST");
	}

	@Test
	void invalidWebSocketHandshakeIsRejected() throws IOException {
		String handshake = "GET /graphql HTTP/1.1\r\n" + CLOSE.replace("close", "close, Upgrade")
				+ "Upgrade: websocket\r\n";
		assertRefused(send(handshake + "\r\n"), 400, "BAD_REQUEST");
		assertRefused(send(handshake + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
				+ "Origin: https://evil.example\r\n\r\n"), 403, "FORBIDDEN");
	}

	@Test
	void postWithUpgradeHeaderIsAnOperation() throws IOException {
		assertThat(send(POST + CLOSE.replace("close", "close, Upgrade") + "Upgrade: websocket\r\nContent-Length: "
				+ ME.length() + "\r\n\r\n" + ME))
			.startsWith("HTTP/1.1 200 ");
	}

	@ParameterizedTest
	@ValueSource(strings = { "%", "%7", "%zz", "%ff", "%c3%28", "%ed%a0%80", "%7Bme%7Bid%7D%7D%" })
	void badlyEncodedUrlIsRejected(String query) throws IOException {
		assertRefused(send("GET /graphql?query=" + query + " HTTP/1.1\r\n" + CLOSE + "\r\n"), 400, "BAD_REQUEST");
	}

	@Test
	void tooLargeHeadersAreRejected() throws IOException {
		assertRefused(send("GET /graphql HTTP/1.1\r\n" + CLOSE + "X: " + "a".repeat(20_000) + "\r\n\r\n"), 431,
				"BAD_REQUEST");
		assertRefused(send("GET /graphql HTTP/1.1\r\n" + CLOSE + "X: " + "a".repeat(200_000) + "\r\n\r\n"), 431,
				"BAD_REQUEST");
		assertRefused(send("GET /graphql?query=" + "a".repeat(200_000) + " HTTP/1.1\r\n" + CLOSE + "\r\n"), 414,
				"BAD_REQUEST");
		assertRefused(send("GET /graphql?query=" + "a".repeat(9_000) + " HTTP/1.1\r\n" + CLOSE + "\r\n"), 414,
				"BAD_REQUEST");
	}

	@Test
	void unsupportedHttpFeaturesAreRejected() throws IOException {
		assertRefused(send("GET /graphql HTTP/9.1\r\n" + CLOSE + "\r\n"), 505, "BAD_REQUEST");
		assertRefused(send(POST + CLOSE + "Transfer-Encoding: foo\r\n\r\n{}"), 501, "BAD_REQUEST");
		assertRefused(send(POST + CLOSE + "Expect: nonsense\r\nContent-Length: 2\r\n\r\n{}"), 417, "BAD_REQUEST");
	}

	/**
	 * Two implementations would read different bodies, and different requests after them.
	 */
	@ParameterizedTest
	@CsvSource({ "HTTP/1.1, 'gzip, chunked', 501", "HTTP/1.1, 'chunked, gzip', 501", "HTTP/1.1, identity, 501",
			"HTTP/1.1, 'chunked, chunked', 400", "HTTP/1.0, chunked, 400" })
	void unsupportedTransferCodingClosesTheConnection(String version, String coding, int status) throws IOException {
		String request = "POST /graphql " + version + "\r\nHost: kennel\r\nConnection: keep-alive\r\n"
				+ "Content-Type: application/json\r\nTransfer-Encoding: " + coding + "\r\n\r\n0\r\n\r\n";

		String response = send(request + request);

		assertRefused(response, status, "BAD_REQUEST");
		assertThat(response).containsOnlyOnce("HTTP/1.1 ");
	}

	@ParameterizedTest
	@ValueSource(strings = { "HTTP/1.2", "HTTP/1.9" })
	void newerMinorVersionIsServedAsHttp11(String version) throws IOException {
		assertThat(send("GET /graphql?query=%7B__typename%7D " + version + "\r\n" + CLOSE + "\r\n"))
			.startsWith("HTTP/1.1 200 ");
	}

	@Test
	void resultIsWholeForHttp10WhichHasNoChunks() throws IOException {
		String response = send("GET /graphql?query=%7B__typename%20...%20%40defer%7Bme%7Bid%7D%7D%7D "
				+ "HTTP/1.0\r\nHost: kennel\r\nAccept: multipart/mixed;incrementalSpec=v0.2, application/graphql-response+json;q=0.9\r\n\r\n");

		assertThat(response).startsWith("HTTP/1.0 200 ").contains("{\"data\":{\"__typename\":\"Query\",\"me\":null}}");
		assertThat(response.toLowerCase(Locale.ROOT)).doesNotContain("transfer-encoding");
	}

	@ParameterizedTest
	@ValueSource(strings = { "HTTP/1.10", "HTTP/01.1", "HTTP/1.01" })
	void malformedVersionIsRejected(String version) throws IOException {
		assertRefused(send("GET /graphql?query=%7B__typename%7D " + version + "\r\n" + CLOSE + "\r\n"), 400,
				"BAD_REQUEST");
	}

	@Test
	void absoluteFormTargetIsAccepted() throws IOException {
		String rest = "/graphql?query=%7B__typename%7D HTTP/1.1\r\n" + CLOSE + "\r\n";
		for (String url : new String[] { "http://kennel", "HTTP://kennel:8080", "http://other.example" }) {
			assertThat(send("GET " + url + rest)).startsWith("HTTP/1.1 200 ")
				.endsWith("{\"data\":{\"__typename\":\"Query\"}}");
		}
		assertThat(send("GET http://kennel HTTP/1.1\r\n" + CLOSE + "\r\n")).startsWith("HTTP/1.1 200 ")
			.contains("<html");
		String all = send("OPTIONS * HTTP/1.1\r\n" + CLOSE + "\r\n");
		assertThat(send("OPTIONS http://kennel HTTP/1.1\r\n" + CLOSE + "\r\n"))
			.startsWith(all.substring(0, all.indexOf("\r\n")));
	}

	/** The host is compared with the origin of a WebSocket handshake. */
	@Test
	void hostOfAbsoluteFormReplacesTheHostHeader() throws IOException {
		String handshake = """
				 HTTP/1.1\r
				Host: HEADER\r
				Connection: Upgrade\r
				Upgrade: websocket\r
				Sec-WebSocket-Version: 13\r
				Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
				Origin: http://kennel\r
				\r
				""";

		assertRefused(send("GET http://evil.example/graphql"
				+ handshake.replace("HEADER", "kennel").replace("Upgrade\r\nUpgrade", "Upgrade, close\r\nUpgrade")),
				403, "FORBIDDEN");
		assertThat(send("GET http://kennel/graphql" + handshake.replace("HEADER", "evil.example")))
			.startsWith("HTTP/1.1 101 ");
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "http:///graphql", "http://:80/graphql", "http://user@kennel/graphql", "https://kennel/graphql",
					"ftp://kennel/graphql", "http://a b/graphql", "http://kennel:x/graphql", "http://kennel//graphql",
					"http://kennel/graphql#a", "http://[/graphql", "://", "http://kennel/../graphql" })
	void invalidAbsoluteFormIsRejected(String target) throws IOException {
		assertRefused(send("GET " + target + " HTTP/1.1\r\n" + CLOSE + "\r\n"), 400, "BAD_REQUEST");
	}

	@Test
	void absoluteFormRequiresOneHostHeader() throws IOException {
		String url = "GET http://kennel/graphql?query=%7B__typename%7D HTTP/1.1\r\n";
		assertRefused(send(url + "\r\n"), 400, "BAD_REQUEST");
		assertRefused(send(url + CLOSE + CLOSE + "\r\n"), 400, "BAD_REQUEST");
	}

	@ParameterizedTest
	@CsvSource({ "GET, /nope, 404, NOT_FOUND", "GET, /error, 404, NOT_FOUND", "GET, /graphql/nope, 404, NOT_FOUND",
			"GET, /actuator, 404, NOT_FOUND", "POST, /page.js, 405, METHOD_NOT_ALLOWED",
			"DELETE, /graphql/schema.graphql, 405, METHOD_NOT_ALLOWED", "TRACE, /graphql, 405, METHOD_NOT_ALLOWED" })
	void unknownPathsAndMethodsAreGraphQlErrors(String method, String path, int status, String code)
			throws IOException {
		assertRefused(send(method + " " + path + " HTTP/1.1\r\n" + CLOSE + "Accept: text/html\r\n\r\n"), status, code);
	}

	@Test
	void chunkedBodyIsRead() throws IOException {
		String response = send(POST + CLOSE + "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"
				+ Integer.toHexString(ME.length() - 1) + "\r\n" + ME.substring(1) + "\r\n0\r\n\r\n");

		assertThat(response).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\n{\"data\":{\"me\":null}}");
	}

	@Test
	void tooLargeChunkedBodyIsRejected() throws IOException {
		assertRefused(send(POST + CLOSE + "Transfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(1_048_577) + "\r\n"
				+ " ".repeat(1_048_577) + "\r\n0\r\n\r\n"), 413, "PAYLOAD_TOO_LARGE");
	}

	@Test
	void truncatedBodyIsNotExecuted() throws IOException {
		try (Socket socket = new Socket("localhost", this.api.uri("").getPort())) {
			socket.setSoTimeout(60_000);
			socket.getOutputStream()
				.write((POST + CLOSE + "Content-Length: 100\r\n\r\n" + ME).getBytes(StandardCharsets.US_ASCII));
			socket.shutdownOutput();

			assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
				.doesNotContain("\"data\"");
		}
	}

	@Test
	void connectionIsReusedAfterAnError() throws IOException {
		String response = send(POST + "Host: kennel\r\nAccept: text/html\r\nContent-Length: " + ME.length() + "\r\n\r\n"
				+ ME + POST + CLOSE + "Content-Length: " + ME.length() + "\r\n\r\n" + ME);

		assertThat(response).startsWith("HTTP/1.1 406 ").endsWith("\r\n\r\n{\"data\":{\"me\":null}}");
	}

	@Test
	void multipleAcceptHeadersAreCombined() throws IOException {
		String response = send(POST + CLOSE + "Accept: text/html\r\nAccept: application/graphql-response+json;q=0.1\r\n"
				+ "Content-Length: " + ME.length() + "\r\n\r\n" + ME);

		assertThat(response).contains("Content-Type: application/graphql-response+json;charset=utf-8\r\n");
	}

	@Test
	void http2UpgradeWithoutTlsIsIgnored() throws Exception {
		try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
			assertThat(client
				.send(HttpRequest.newBuilder(this.api.uri("/graphql?query=%7B__typename%7D")).build(),
						BodyHandlers.ofString())
				.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
		}
	}

	@Test
	void everyResponseHasSecurityHeaders() {
		for (String path : new String[] { "/", "/page.js", "/graphql?query=%7B__typename%7D", "/nope",
				"/graphql/schema.graphql", "/.well-known/jwks.json", "/verify-email" }) {
			Api.Response response = this.api.send("GET", path, new byte[0], Map.of("Accept", "*/*"));

			assertThat(response.headers("X-Content-Type-Options")).as(path).containsExactly("nosniff");
			assertThat(response.headers("X-Frame-Options")).containsExactly("DENY");
			assertThat(response.header("Referrer-Policy")).isEqualTo("no-referrer");
			assertThat(response.headers("Cross-Origin-Opener-Policy")).containsExactly("same-origin");
			assertThat(response.headers("Cross-Origin-Resource-Policy")).containsExactly("same-origin");
			assertThat(response.header("Permissions-Policy")).contains("camera=()");
			assertThat(response.headers("Content-Security-Policy")).isNotEmpty()
				.allMatch((policy) -> policy.startsWith("default-src 'none'; ")
						&& policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"));
			assertThat(response.header("Strict-Transport-Security")).isEmpty();
			assertThat(response.header("Server")).isEmpty();
			assertThat(response.header("X-Request-Id")).hasSize(36);
		}
	}

}
