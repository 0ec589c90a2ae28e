package dev.kennel.graphql.http;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

import dev.kennel.test.Api;
import dev.kennel.test.Instance;
import dev.kennel.test.KennelTest;
import dev.kennel.test.TestCertificate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.env.Environment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An instance with non-default settings: TLS, batching, CORS, cookie authentication, and
 * the status codes of the draft.
 */
@KennelTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HttpSettingsTests {

	private static final String APP = "https://app.example.com";

	private static final JsonMapper JSON = new JsonMapper();

	private final Api shared;

	private final Environment environment;

	private Instance instance;

	private HttpClient client;

	HttpSettingsTests(Api api, Environment environment) {
		this.shared = api;
		this.environment = environment;
	}

	@BeforeAll
	void start(@TempDir Path directory) throws Exception {
		TestCertificate certificate = TestCertificate.create(directory);
		Map<String, @Nullable String> settings = new HashMap<>(certificate.settings());
		settings.putAll(Map.of("kennel.auth.driver", "cookie", "kennel.web.cors.allowed-origins",
				APP + ",http://localhost:3000", "kennel.graphql.batching.max-size", "3",
				"kennel.graphql.http.status-codes", "draft", "kennel.graphql.limits.body-timeout", "300ms",
				"kennel.graphql.limits.max-document-size", "1KB"));
		this.instance = Instance.beside(this.environment, settings);
		this.client = HttpClient.newBuilder()
			.sslContext(certificate.sslContext())
			.version(HttpClient.Version.HTTP_2)
			.build();
	}

	@AfterAll
	void stop() {
		this.client.close();
		this.instance.close();
	}

	private URI uri(String path) {
		return URI.create(this.instance.api().uri(path).toString().replace("http:", "https:"));
	}

	private HttpResponse<String> send(String method, String path, String body, Map<String, String> headers)
			throws Exception {
		HttpRequest.Builder request = HttpRequest.newBuilder(uri(path)).method(method, BodyPublishers.ofString(body));
		request.setHeader("Accept", "application/graphql-response+json");
		headers.forEach(request::setHeader);
		return this.client.send(request.build(), BodyHandlers.ofString());
	}

	private HttpResponse<String> post(String body, Map<String, String> headers) throws Exception {
		Map<String, String> all = new HashMap<>(Map.of("Content-Type", "application/json"));
		all.putAll(headers);
		return send("POST", "/graphql", body, all);
	}

	private static String header(HttpResponse<?> response, String name) {
		return response.headers().firstValue(name).orElse("");
	}

	private static String code(HttpResponse<String> response) {
		return JSON.readTree(response.body()).at("/errors/0/extensions/code").asString();
	}

	@Test
	void tlsUsesHttp2AndHsts() throws Exception {
		HttpResponse<String> response = post("{\"query\":\"{ me { id } }\"}", Map.of());

		assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.body()).isEqualTo("{\"data\":{\"me\":null}}");
		assertThat(header(response, "Strict-Transport-Security")).isEqualTo("max-age=31536000; includeSubDomains");
		assertThat(post(" ".repeat(1_048_577), Map.of()).statusCode()).isEqualTo(413);
	}

	@Test
	void eachBatchEntryHasAResult() throws Exception {
		HttpResponse<String> response = post("[{\"query\":\"{ me { id } }\"},{\"query\":\"{ nope }\"},{\"qeury\":1}]",
				Map.of());

		assertThat(response.statusCode()).isEqualTo(200);
		JsonNode results = JSON.readTree(response.body());
		assertThat(results.size()).isEqualTo(3);
		assertThat(results.get(0).toString()).isEqualTo("{\"data\":{\"me\":null}}");
		assertThat(results.get(1).at("/errors/0/extensions/code").asString()).isEqualTo("GRAPHQL_VALIDATION_FAILED");
		assertThat(results.get(2).at("/errors/0/extensions/code").asString()).isEqualTo("BAD_REQUEST");
		assertThat(results.get(1).has("data")).isFalse();
	}

	@Test
	void eachBatchEntryHasItsDocumentIdAndErrorBehavior() throws Exception {
		String document = "{ me { id } myOwners { totalCount } }";
		String id = "sha256:9a50348e24251770085f3914a27eb3fba84956211c5f382e321b08b610bc458e";
		HttpResponse<String> response = post("[{\"query\":\"" + document + "\",\"onError\":\"NULL\"},{\"documentId\":\""
				+ id + "\"},{\"documentId\":\"sha256:0\"}]", Map.of());

		JsonNode results = JSON.readTree(response.body());
		assertThat(results.get(0).get("data").toString()).isEqualTo("{\"me\":null,\"myOwners\":null}");
		assertThat(results.get(1).get("data").toString()).isEqualTo("null");
		assertThat(results.get(2).at("/errors/0/extensions/code").asString()).isEqualTo("BAD_REQUEST");
	}

	@Test
	void mutationAfterLogoutInABatchIsRefusedAndNotExecuted() throws Exception {
		String name = "u" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);
		String signUp = "{\"query\":\"mutation { signup(input: {username: \\\"" + name + "\\\", email: \\\"" + name
				+ "@example.com\\\", password: \\\"" + Api.PASSWORD + "\\\"}) { tokenType } }\"}";
		Map<String, String> headers = cookies(post(signUp, Map.of()));

		JsonNode results = JSON.readTree(post("""
				[{"query": "mutation { createOwner(input: {name: \\"before\\"}) { owner { name } } }"},
				{"query": "mutation { logout { success } }"},
				{"query": "mutation { createOwner(input: {name: \\"after\\"}) { owner { name } } }"}]""", headers)
			.body());

		assertThat(results.get(0).at("/data/createOwner/owner/name").asString()).isEqualTo("before");
		assertThat(results.get(1).at("/data/logout/success").asBoolean()).isTrue();
		assertThat(results.get(2).at("/errors/0/extensions/reason").asString()).isEqualTo("SESSION_ENDED");
		String login = "{\"query\":\"mutation { login(input: {username: \\\"" + name + "\\\", password: \\\""
				+ Api.PASSWORD + "\\\"}) { tokenType } }\"}";
		assertThat(post("{\"query\":\"{ myOwners { nodes { name } } }\"}", cookies(post(login, Map.of()))).body())
			.isEqualTo("{\"data\":{\"myOwners\":{\"nodes\":[{\"name\":\"before\"}]}}}");
	}

	private static Map<String, String> cookies(HttpResponse<String> response) {
		return Map.of("Cookie",
				response.headers()
					.allValues("Set-Cookie")
					.stream()
					.map((cookie) -> cookie.substring(0, cookie.indexOf(';')))
					.collect(Collectors.joining("; ")));
	}

	@ParameterizedTest
	@ValueSource(strings = { "[]", "[{},{},{},{}]" })
	void batchSizeIsLimited(String body) throws Exception {
		HttpResponse<String> response = post(body, Map.of());

		assertThat(response.statusCode()).isEqualTo(422);
		assertThat(code(response)).isEqualTo("BAD_REQUEST");
	}

	@Test
	void documentSizeLimitAppliesToTheWholeBatch() throws Exception {
		String entry = "{\"query\":\"{ me { id } } #" + "a".repeat(500) + "\"}";

		assertThat(post("[" + entry + "]", Map.of()).statusCode()).isEqualTo(200);
		HttpResponse<String> response = post("[" + entry + "," + entry + "]", Map.of());
		assertThat(response.statusCode()).isEqualTo(400);
		assertThat(code(response)).isEqualTo("OPERATION_TOO_COMPLEX");
	}

	@Test
	void batchWithIdempotencyKeyIsRejectedAndNotExecuted() throws Exception {
		String name = "u" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);
		String signup = "{\"query\":\"mutation { signup(input: {username: \\\"" + name + "\\\", email: \\\"" + name
				+ "@example.com\\\", password: \\\"" + Api.PASSWORD + "\\\"}) { tokenType } }\"}";

		HttpResponse<String> response = post("[" + signup + "]", Map.of("Idempotency-Key", "1"));

		assertThat(response.statusCode()).isEqualTo(422);
		assertThat(code(response)).isEqualTo("BAD_REQUEST");
		assertThat(this.shared.signUp(name).token()).isNotEmpty();
	}

	@Test
	void batchRejectsEventStreamsAndSubscriptions() throws Exception {
		assertThat(post("[{\"query\":\"{ me { id } }\"}]", Map.of("Accept", "text/event-stream")).statusCode())
			.isEqualTo(406);
		assertThat(post("[{\"query\":\"subscription { myChanges { cursor } }\"}]", Map.of()).body())
			.contains("\"code\":\"NOT_ACCEPTABLE\"");
	}

	@ParameterizedTest
	@CsvSource({ "'{\"query\":\"{ me { id } }\"}', 200, application/json",
			"'{', 400, application/graphql-response+json", "'{\"qeury\":1}', 422, application/graphql-response+json",
			"'{\"query\":\"{\"}', 400, application/graphql-response+json",
			"'{\"query\":\"{ nope }\"}', 422, application/graphql-response+json",
			"'{\"query\":\"{ me { id } }\",\"operationName\":\"A\"}', 422, application/graphql-response+json",
			"'{\"query\":\"query ($a: ID!) { owner(id: $a) { id } }\"}', 422, application/graphql-response+json",
			"'{\"query\":\"{ myOwners { totalCount } }\"}', 200, application/json" })
	void draftStatusCodesApplyToAllMediaTypes(String body, int status, String mediaTypeForOldClients) throws Exception {
		HttpResponse<String> legacy = post(body, Map.of("Accept", "application/json"));
		HttpResponse<String> response = post(body, Map.of());

		assertThat(legacy.statusCode()).isEqualTo(status);
		assertThat(header(legacy, "Content-Type")).isEqualTo(mediaTypeForOldClients + ";charset=utf-8");
		assertThat(response.statusCode())
			.isEqualTo((status == 200 && response.body().contains("errors")) ? 294 : status);
		assertThat(header(response, "Content-Type")).isEqualTo("application/graphql-response+json;charset=utf-8");
	}

	@ParameterizedTest
	@ValueSource(strings = { APP, "http://localhost:3000" })
	void allowedOriginsMayReadWithCredentials(String origin) throws Exception {
		HttpResponse<String> response = post("{\"query\":\"{ me { id } }\"}",
				Map.of("Origin", origin, "Sec-Fetch-Site", "cross-site"));

		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(header(response, "Access-Control-Allow-Origin")).isEqualTo(origin);
		assertThat(header(response, "Access-Control-Allow-Credentials")).isEqualTo("true");
		assertThat(header(response, "Access-Control-Expose-Headers"))
			.isEqualTo("X-Request-Id, ETag, Retry-After, RateLimit, RateLimit-Policy");
		assertThat(response.headers().allValues("Vary")).contains("Origin");
		HttpResponse<String> refused = post("{", Map.of("Origin", origin));
		assertThat(header(refused, "Access-Control-Allow-Origin")).isEqualTo(origin);
	}

	@Test
	void preflightOfAllowedOriginSucceeds() throws Exception {
		HttpResponse<String> response = send("OPTIONS", "/graphql", "",
				Map.of("Origin", APP, "Sec-Fetch-Site", "cross-site", "Access-Control-Request-Method", "POST",
						"Access-Control-Request-Headers", "content-type,idempotency-key"));

		assertThat(response.statusCode()).isEqualTo(204);
		assertThat(header(response, "Access-Control-Allow-Origin")).isEqualTo(APP);
		assertThat(header(response, "Access-Control-Allow-Methods")).isEqualTo("GET, HEAD, POST");
		assertThat(header(response, "Access-Control-Allow-Headers")).isEqualTo("content-type,idempotency-key");
		assertThat(header(response, "Access-Control-Max-Age")).isEqualTo("3600");
	}

	@Test
	void serverErrorsHaveCorsHeaders() throws Exception {
		HttpResponse<String> response = send("GET", "/graphql?query=" + "a".repeat(9_000), "",
				Map.of("Origin", APP, "Sec-Fetch-Site", "cross-site"));

		assertThat(response.statusCode()).isEqualTo(414);
		assertThat(code(response)).isEqualTo("BAD_REQUEST");
		assertThat(header(response, "Access-Control-Allow-Origin")).isEqualTo(APP);
		for (String fault : new String[] { "X: " + "a".repeat(20_000), "X: " + "a".repeat(200_000), "nonsense" }) {
			try (Socket socket = this.client.sslContext()
				.getSocketFactory()
				.createSocket("localhost", uri("").getPort())) {
				socket.getOutputStream()
					.write(("GET /graphql HTTP/1.1\r\nHost: kennel\r\nOrigin: " + APP + "\r\nAccept: */*\r\n" + fault
							+ "\r\n\r\n")
						.getBytes(StandardCharsets.US_ASCII));
				assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
					.startsWith((fault.length() > 100) ? "HTTP/1.1 431 " : "HTTP/1.1 400 ")
					.contains("Access-Control-Allow-Origin: " + APP + "\r\n", "\"code\":\"BAD_REQUEST\"",
							"X-Request-Id: ");
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "https://evil.example", "null", "http://app.example.com",
			"https://app.example.com.evil.example", "https://app.example.com:8443", "HTTPS://app.example.com" })
	void otherOriginsHaveNoCorsHeaders(String origin) throws Exception {
		HttpResponse<String> preflight = send("OPTIONS", "/graphql", "",
				Map.of("Origin", origin, "Access-Control-Request-Method", "POST"));
		HttpResponse<String> response = post("{\"query\":\"{ me { id } }\"}",
				Map.of("Origin", origin, "Sec-Fetch-Site", "cross-site"));

		assertThat(header(preflight, "Access-Control-Allow-Origin")).isEmpty();
		assertThat(header(preflight, "Access-Control-Allow-Methods")).isEmpty();
		assertThat(response.statusCode()).isEqualTo(403);
		assertThat(header(response, "Access-Control-Allow-Origin")).isEmpty();
		assertThat(response.headers().allValues("Vary")).contains("Origin");
	}

	@Test
	void sameOriginGetNeedsNoCsrfHeader() throws Exception {
		String query = "/graphql?query=%7Bme%7Bid%7D%7D";

		assertThat(send("GET", query, "", Map.of("Sec-Fetch-Site", "same-origin")).statusCode()).isEqualTo(200);
		assertThat(send("GET", query, "", Map.of("Sec-Fetch-Site", "cross-site")).statusCode()).isEqualTo(403);
		assertThat(send("GET", query, "", Map.of()).statusCode()).isEqualTo(403);
	}

	@ParameterizedTest
	@CsvSource({ "OPTIONS, /graphql, 204", "GET, /graphql, 422", "PUT, /graphql, 405",
			"GET, /graphql/schema.graphql, 200", "HEAD, /graphql/schema.graphql, 200",
			"OPTIONS, /graphql/schema.graphql, 204" })
	void requestsWithoutOperationNeedNoCsrfHeader(String method, String path, int status) throws Exception {
		assertThat(send(method, path, "", Map.of()).statusCode()).isEqualTo(status);
		assertThat(send(method, path, "", Map.of("Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"))
			.statusCode()).isEqualTo(status);
	}

	@ParameterizedTest
	@ValueSource(strings = { "text/plain", "text/plain; a=application/json", "application/json-seq", "",
			"multipart/form-data; boundary=application/json" })
	void crossSiteFormIsForbidden(String contentType) throws Exception {
		HttpResponse<String> response = send("POST", "/graphql", "{\"query\":\"{ me { id } }\"}",
				Map.of("Content-Type", contentType));

		assertThat(response.statusCode()).isEqualTo(403);
		assertThat(code(response)).isEqualTo("FORBIDDEN");
	}

	@Test
	void headRequestNeedsCsrfHeader() throws Exception {
		assertThat(send("HEAD", "/graphql?query=%7Bme%7Bid%7D%7D", "", Map.of()).statusCode()).isEqualTo(403);
	}

	@ParameterizedTest
	@CsvSource({ "application/json, 408, BAD_REQUEST", "text/plain, 403, FORBIDDEN" })
	void tricklingBodyTimesOut(String contentType, int status, String code) throws Exception {
		javax.net.ssl.SSLSocketFactory factory = this.client.sslContext().getSocketFactory();
		StringBuilder response = new StringBuilder();
		try (Socket socket = factory.createSocket("localhost", uri("").getPort())) {
			socket.getOutputStream().write("""
					POST /graphql HTTP/1.1\r
					Host: kennel\r
					Content-Type: %s\r
					Content-Length: 1000000\r
					\r
					""".formatted(contentType).getBytes(StandardCharsets.US_ASCII));
			socket.setSoTimeout(20);
			boolean open = true;
			for (int sent = 0; open; sent++) {
				assertThat(sent).isLessThan(3000);
				try {
					socket.getOutputStream().write(' ');
					socket.getOutputStream().flush();
					int read = socket.getInputStream().read();
					for (; read >= 0; read = socket.getInputStream().read()) {
						response.append((char) read);
					}
					open = false;
				}
				catch (SocketTimeoutException ex) {
					// No response yet: send another byte.
				}
			}
		}
		catch (IOException ex) {
			assertThat(ex).hasMessageMatching("(?i).*(reset|broken pipe|closed|abort).*");
		}
		assertThat(response).startsWith("HTTP/1.1 " + status + " ").contains("\"code\":\"" + code + "\"");
	}

}
