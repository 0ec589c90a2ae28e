package dev.kennel.graphql.operation;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.kennel.graphql.incremental.HttpPayloadSink;
import dev.kennel.server.Route;
import dev.kennel.server.RouteTable;
import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import dev.kennel.test.LiveClient;
import dev.kennel.test.SqlRecorder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * {@code @defer} and {@code @stream} on all transports. There is one permit, so that the
 * next operation fails if a delivery keeps it.
 */
@KennelTest
@Import(WaitingOperationTests.Visits.class)
@TestPropertySource(properties = { "spring.graphql.schema.additional-files=file:src/test/resources/waiting/*.graphqls",
		"kennel.graphql.limits.deadline=30s", "kennel.graphql.limits.max-concurrent=1" })
class IncrementalDeliveryTests {

	private static final JsonMapper JSON = new JsonMapper();

	private static final String CURRENT = "multipart/mixed;incrementalSpec=v0.2";

	private static final String OLDER = "multipart/mixed;deferSpec=20220824";

	private static final String DOCUMENT = "{ visits { number ... @defer(label: \"g\") { guest } } }";

	/** Begins with a fragment that never ends. */
	private static final String STUCK = "{ visits { number } ... @defer { stuck { number } } }";

	private final Api api;

	private final WaitingOperationTests.Visits visits;

	private final SqlRecorder sql;

	IncrementalDeliveryTests(Api api, WaitingOperationTests.Visits visits, SqlRecorder sql) {
		this.api = api;
		this.sql = sql;
		this.visits = visits;
	}

	@BeforeEach
	void reset() {
		this.visits.reset();
	}

	private Api.Response execute(String document, String accept) {
		return this.api.execute(document, Map.of(), Map.of("Accept", accept));
	}

	/** Returns the JSON of the parts of a response. */
	private static List<String> parts(String body) {
		assertThat(body).startsWith("\r\n---\r\n").endsWith("\r\n-----\r\n");
		List<String> parts = new ArrayList<>();
		for (String part : body.substring(0, body.length() - "\r\n-----\r\n".length()).split("\r\n---\r\n")) {
			if (!part.isEmpty()) {
				assertThat(part).startsWith("Content-Type: application/json; charset=utf-8\r\n\r\n");
				parts.add(part.substring(part.indexOf("\r\n\r\n") + 4));
			}
		}
		return parts;
	}

	private void assertThatPermitIsFree() {
		assertThat(this.api.execute("{ visits { host } }").data().at("/visits/0/host").stringValue())
			.isEqualTo("host 1");
	}

	@ParameterizedTest
	@ValueSource(
			strings = { CURRENT, CURRENT + ",application/graphql-response+json", "application/json;q=0.9," + CURRENT })
	void fragmentsAreDeliveredAsParts(String accept) {
		Api.Response response = execute(DOCUMENT, accept);

		assertThat(response.status()).isEqualTo(200);
		assertThat(response.header("Content-Type")).isEqualTo("multipart/mixed;boundary=\"-\";incrementalSpec=v0.2");
		assertThat(response.header("Cache-Control")).isEqualTo("no-store, no-transform");
		assertThat(parts(response.body())).containsExactly(
				"{\"data\":{\"visits\":[{\"number\":1},{\"number\":2},{\"number\":3}]},\"pending\":["
						+ "{\"id\":\"0\",\"path\":[\"visits\",0],\"label\":\"g\"},"
						+ "{\"id\":\"1\",\"path\":[\"visits\",1],\"label\":\"g\"},"
						+ "{\"id\":\"2\",\"path\":[\"visits\",2],\"label\":\"g\"}],\"hasNext\":true}",
				"{\"incremental\":[{\"id\":\"0\",\"data\":{\"guest\":\"guest 1\"}},"
						+ "{\"id\":\"1\",\"data\":{\"guest\":\"guest 2\"}},{\"id\":\"2\",\"data\":{\"guest\":\"guest 3\"}}],"
						+ "\"completed\":[{\"id\":\"0\"},{\"id\":\"1\"},{\"id\":\"2\"}],\"hasNext\":false}");
		assertThat(this.visits.loadedGuests()).containsExactly(List.of(1, 2, 3));
	}

	@ParameterizedTest
	@ValueSource(strings = { OLDER, "multipart/mixed", "application/json,multipart/mixed" })
	void olderFormatHasPathsAndLabels(String accept) {
		Api.Response response = execute("{ visits @stream(initialCount: 2, label: \"v\") { number } }", accept);

		assertThat(response.header("Content-Type")).isEqualTo("multipart/mixed;boundary=\"-\";deferSpec=20220824");
		assertThat(parts(response.body())).containsExactly(
				"{\"data\":{\"visits\":[{\"number\":1},{\"number\":2}]},\"hasNext\":true}",
				"{\"incremental\":[{\"items\":[{\"number\":3}],\"path\":[\"visits\",2],\"label\":\"v\"}],"
						+ "\"hasNext\":false}");
	}

	@ParameterizedTest
	@ValueSource(strings = { "application/json", "*/*", "application/graphql-response+json",
			"multipart/mixed;q=0.5,application/json", "multipart/mixed;incrementalSpec=v9,application/json",
			"multipart/*,application/json", "text/event-stream;incrementalSpec=v0.2;q=0.1,application/json" })
	void resultIsWholeForOtherClients(String accept) {
		Api.Response response = execute(DOCUMENT, accept);

		assertThat(response.header("Content-Type")).contains("json");
		assertThat(response.body()).isEqualTo("{\"data\":{\"visits\":[{\"number\":1,\"guest\":\"guest 1\"},"
				+ "{\"number\":2,\"guest\":\"guest 2\"},{\"number\":3,\"guest\":\"guest 3\"}]}}");
	}

	@Test
	void resultWithoutLaterPartsIsJsonIfThatIsAccepted() {
		assertThat(execute("{ visits { number } }", CURRENT + ",application/json").header("Content-Type"))
			.isEqualTo("application/json;charset=utf-8");
		assertThat(parts(execute("{ visits { number } }", CURRENT).body()))
			.containsExactly("{\"data\":{\"visits\":[{\"number\":1},{\"number\":2},{\"number\":3}]}}");
	}

	@Test
	void requestErrorIsNotIncremental() {
		Api.Response response = execute("{ visits { nothing ... @defer { guest } } }",
				CURRENT + ",application/graphql-response+json");

		assertThat(response.status()).isEqualTo(400);
		assertThat(response.codes()).containsExactly("GRAPHQL_VALIDATION_FAILED");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					mutation { ... @defer { stick { number } } }          | Defer directive cannot be used on root mutation type
					subscription { myChanges { kind ... @defer { at } } } | is not allowed to be used on operation subscription
					{ visits { ... @defer(label: "a") { guest } ... @defer(label: "a") { host } } } | There can be only one argument named 'label'
					{ visits { ... @defer(label: "a") { guest } } v: visits @stream(label: "a") { host } } | A label has to be unique.
					{ a: visits @stream(label: "a") { host } b: visits @stream(label: "a") { host } } | A label has to be unique.
					query ($l: String) { visits { ... @defer(label: $l) { guest } } } | label argument must be a static string
					query ($l: String) { visits @stream(label: $l) { guest } } | A label can't be a variable.
					subscription { myChanges { kind node { ... on Owner { dogs { nodes @stream { id } } } } } } | Events of a subscription are delivered whole.
					{ visits { number @stream } }                         | A stream needs a list, which 'number' is not.
					""")
	void misplacedDirectiveIsRefused(String document, String message) {
		Api.Response response = execute(document, "application/graphql-response+json");

		assertThat(response.codes()).containsExactly("GRAPHQL_VALIDATION_FAILED");
		assertThat(response.body()).contains(message);
	}

	@Test
	void mutationWithAKeyIsDeliveredWhole() {
		Api owner = this.api.signUp();
		String document = "mutation { createOwner(input: {name: \"Ann\"}) { owner { id ... @defer { name } } } }";

		Api.Response keyed = owner.execute(document, Map.of(),
				Map.of("Accept", CURRENT + ",application/json", "Idempotency-Key", UUID.randomUUID().toString()));
		Api.Response other = owner.execute(document, Map.of(), Map.of("Accept", CURRENT + ",application/json"));

		assertThat(keyed.text("/createOwner/owner/name")).isEqualTo("Ann");
		assertThat(parts(other.body()).getLast()).isEqualTo(
				"{\"incremental\":[{\"id\":\"0\",\"data\":{\"name\":\"Ann\"}}],\"completed\":[{\"id\":\"0\"}],\"hasNext\":false}");
	}

	@Test
	void listsOfAllParentsAreOneStatement() {
		Api account = this.api.signUp();
		for (String name : List.of("Ann", "Bea")) {
			account.createDog(account.createOwner(name), "Rex of " + name);
		}

		List<String> parts = new ArrayList<>();
		List<String> statements = this.sql.record(() -> parts.addAll(parts(account.execute("""
				{ myOwners(orderBy: {field: NAME, direction: ASC}) {
				  nodes { name ... @defer { dogs { nodes @stream { name } } } }
				} }""", Map.of(), Map.of("Accept", CURRENT)).body())));

		assertThat(statements).hasSize(2);
		assertThat(parts).hasSize(3);
		assertThat(parts.get(1)).contains("{\"id\":\"0\",\"data\":{\"dogs\":{\"nodes\":[]}}}",
				"{\"id\":\"3\",\"path\":[\"myOwners\",\"nodes\",1,\"dogs\",\"nodes\"]}");
		assertThat(parts.get(2)).contains("{\"id\":\"2\",\"items\":[{\"name\":\"Rex of Ann\"}]}",
				"{\"id\":\"3\",\"items\":[{\"name\":\"Rex of Bea\"}]}");
	}

	@ParameterizedTest
	@ValueSource(strings = { CURRENT, OLDER })
	void deferredFieldsOfAnObjectNeedNoFurtherStatement(String accept) {
		Api account = this.api.signUp();
		String owner = account.createOwner("Ann");
		String dog = account.createDog(owner, "Rex");
		Map<String, String> headers = Map.of("Accept", accept);

		Api.Response later = account.execute("{ myDogs { nodes { owner { id ... @defer { name } } } } }", Map.of(),
				headers);
		Api.Response nested = account.execute(
				"mutation ($id: ID!) { updateDog(input: {id: $id, name: \"Max\"}) { dog { id ... @defer { owner { id "
						+ "... @defer { name } } } } } }",
				Map.of("id", dog), headers);
		List<String> statements = this.sql.record(() -> assertThat(parts(
				account.execute("{ myDogs { nodes { name ... @defer { owner { id } } } } }", Map.of(), headers).body())
			.getLast()).contains("{\"owner\":{\"id\":\"" + owner + "\"}}"));
		// The owner is read before its dog is deleted.
		Api.Response deleted = account.execute(
				"mutation ($id: ID!) { deleteDog(input: {id: $id}) { deletedDogId ... @defer { owner { id ... @defer "
						+ "{ name } } } } }",
				Map.of("id", dog), headers);

		assertThat(parts(later.body()).getFirst()).contains("{\"owner\":{\"id\":\"" + owner + "\"}}");
		assertThat(statements).hasSize(1);
		for (Api.Response response : List.of(later, nested, deleted)) {
			assertThat(parts(response.body()).getLast()).contains("\"data\":{\"name\":\"Ann\"}")
				.doesNotContain("errors")
				.endsWith("\"hasNext\":false}");
		}
	}

	@Test
	void errorOfADeferredFieldHasACode() {
		List<String> parts = parts(
				execute("{ visits { number } ... @defer { myOwners { totalCount } } }", CURRENT).body());

		JsonNode last = JSON.readTree(parts.getLast());
		assertThat(last.at("/completed/0/errors/0/extensions/code").stringValue("")
				+ last.at("/incremental/0/errors/0/extensions/code").stringValue(""))
			.isEqualTo("UNAUTHENTICATED");
		assertThat(last.get("hasNext").booleanValue()).isFalse();
	}

	@Test
	void eventsAreDelivered() {
		Api.Response response = execute(DOCUMENT, "text/event-stream;incrementalSpec=v0.2");

		assertThat(response.header("Content-Type")).isEqualTo("text/event-stream;charset=utf-8");
		assertThat(response.body()).startsWith("event: next\ndata: {\"data\":{\"visits\":[{\"number\":1}")
			.contains("\"hasNext\":true}\n\nevent: next\ndata: {\"incremental\":[")
			.endsWith("\"hasNext\":false}\n\nevent: complete\ndata:\n\n");
		assertThat(execute(DOCUMENT, "text/event-stream").body()).doesNotContain("hasNext").contains("guest 3");
	}

	@Test
	void connectionInitPayloadEnablesIncrementalDelivery() {
		try (LiveClient client = LiveClient.connect(this.api, Map.of(), false)) {
			client.init(Map.of("Authorization", "Bearer " + this.api.signUp().token(), "incrementalSpec", "v0.2"));
			client.subscribe("1", DOCUMENT, Map.of());

			assertThat(client.next().json().toString()).contains("\"pending\":[{\"id\":\"0\"")
				.endsWith("\"hasNext\":true}");
			assertThat(client.next().json().toString()).contains("guest 3").endsWith("\"hasNext\":false}");
			assertThat(client.next().type()).isEqualTo("complete");
		}
		try (LiveClient client = LiveClient.webSocket(this.api.signUp(), DOCUMENT, Map.of())) {
			assertThat(client.next().json().toString()).doesNotContain("hasNext").contains("guest 3");
		}
	}

	@Test
	void completeOfAWebSocketCancelsTheDelivery() {
		try (LiveClient client = LiveClient.connect(this.api, Map.of(), false)) {
			client.init(Map.of("Authorization", "Bearer " + this.api.signUp().token(), "deferSpec", "20220824"));
			client.subscribe("1", STUCK, Map.of());
			assertThat(client.next().json().toString()).endsWith("\"hasNext\":true}");

			client.send(Map.of("id", "1", "type", "complete"));

			assertThatPermitIsFree();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { CURRENT, "text/event-stream;incrementalSpec=v0.2" })
	void disconnectCancelsTheDelivery(String accept) throws Exception {
		try (HttpClient client = HttpClient.newHttpClient()) {
			HttpResponse<InputStream> response = client.send(HttpRequest.newBuilder(this.api.uri("/graphql"))
				.header("Content-Type", "application/json")
				.header("Accept", accept)
				.POST(BodyPublishers.ofString(JSON.writeValueAsString(Map.of("query", STUCK))))
				.build(), BodyHandlers.ofInputStream());
			try (InputStream body = response.body()) {
				assertThat(readUntil(body, "\"hasNext\":true}")).contains("\"number\":3");
			}

			assertThatPermitIsFree();
		}
	}

	@Test
	void initialResultDoesNotWaitForTheRest() throws Exception {
		try (HttpClient client = HttpClient.newHttpClient()) {
			HttpResponse<InputStream> response = client.send(HttpRequest.newBuilder(this.api.uri("/graphql"))
				.header("Content-Type", "application/json")
				.header("Accept", CURRENT)
				.POST(BodyPublishers.ofString("{\"query\":\"{ visits { number } ... @defer { late { number } } }\"}"))
				.build(), BodyHandlers.ofInputStream());
			// The boundary makes clients process the part.
			assertThat(readUntil(response.body(), "\"hasNext\":true}\r\n---")).contains("\"number\":3");

			this.visits.complete(new WaitingOperationTests.Visit(7));

			assertThat(readUntil(response.body(), "\r\n-----\r\n")).contains("{\"late\":{\"number\":7}}");
		}
	}

	@Test
	@Timeout(20)
	void deliveryThatFailsMidwayClosesItsResponse() throws Exception {
		try (HttpClient client = HttpClient.newHttpClient()) {
			InputStream body = client
				.send(HttpRequest.newBuilder(this.api.uri("/failing-delivery")).build(), BodyHandlers.ofInputStream())
				.body();

			assertThat(readUntil(body, "{first=1}")).isEqualTo("{first=1}");
			assertThatIOException().isThrownBy(body::readAllBytes);
		}
	}

	/** Begins with a part that does not fit into the buffers of a connection. */
	private Socket openSlowReader() throws IOException {
		String document = "{ visits { number ... @defer { bulk } } late: visits { number ... @defer { guest } } }";
		String body = JSON.writeValueAsString(Map.of("query", document));
		Socket socket = new Socket();
		socket.setReceiveBufferSize(4096);
		socket.connect(new InetSocketAddress("localhost", this.api.uri("").getPort()));
		socket.getOutputStream()
			.write(("POST /graphql HTTP/1.1\r\nHost: kennel\r\nConnection: close\r\nContent-Type: application/json\r\n"
					+ "Accept: " + CURRENT + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
				.getBytes(StandardCharsets.US_ASCII));
		return socket;
	}

	@Test
	@Timeout(60)
	void slowReadersHoldNoPermitOnePayloadEachAndLimitedMemory() throws Exception {
		try (Socket socket = openSlowReader()) {
			readUntil(socket.getInputStream(), "xxxxxxxx");

			assertThatPermitIsFree();
			assertThat(this.visits.loadedGuests()).isEmpty();

			assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).contains("guest 3")
				.contains("\"hasNext\":false}");
			assertThat(this.visits.loadedGuests()).containsExactly(List.of(1, 2, 3));
		}
		List<Socket> sockets = new ArrayList<>();
		try {
			boolean refused = false;
			while (!refused) {
				assertThat(sockets).hasSizeLessThan(200);
				Socket socket = openSlowReader();
				sockets.add(socket);
				refused = isClosedBeforeItsSecondPart(socket.getInputStream());
			}
			assertThatPermitIsFree();
		}
		finally {
			for (Socket socket : sockets) {
				socket.close();
			}
		}
	}

	private static boolean isClosedBeforeItsSecondPart(InputStream body) {
		try {
			StringBuilder text = new StringBuilder();
			int read = body.read();
			while (read >= 0 && text.indexOf("xxxxxxxx") < 0) {
				text.append((char) read);
				read = body.read();
			}
			return read < 0;
		}
		catch (IOException ex) {
			return true;
		}
	}

	private static String defers(int count) {
		return "{ visits { host " + "... @defer { number } ".repeat(count) + "} }";
	}

	static Stream<Arguments> tooComplexDocuments() {
		String nested = "{ visits { " + "... @defer { ".repeat(60) + "number" + " }".repeat(60) + " } }";
		String bomb = "{ " + IntStream.range(0, 4)
			.mapToObj((i) -> "a" + i + ": myOwners(first: 50) { nodes { id ... @defer { dogs(first: 50) { nodes { id "
					+ "... @defer { name } } } } } } ")
			.collect(Collectors.joining()) + "}";
		String fragments = "{ visits { ...F0 @defer } } " + IntStream.range(0, 12)
			.mapToObj((i) -> "fragment F" + i + " on Visit { ...F" + (i + 1) + " @defer ...F" + (i + 1) + " @defer } ")
			.collect(Collectors.joining()) + "fragment F12 on Visit { number }";
		return Stream.of(Arguments.of(defers(51), "max-directives"),
				Arguments.of("{ visits { " + "...@defer{host}".repeat(10_000) + " } }", "max-document-size"),
				Arguments.of("{ visits { " + "...@defer{host}".repeat(6_000) + " } }", "max-directives"),
				Arguments.of(nested, "max-directives"), Arguments.of(fragments, "max-directives"),
				Arguments.of(bomb, "max-cost"),
				Arguments.of("{ myOwners(first: 200) { nodes { dogs(first: 2) { nodes { id "
						+ "... @defer { name } ".repeat(50) + "} } } } }", "max-cost"));
	}

	@ParameterizedTest
	@MethodSource("tooComplexDocuments")
	void documentWithTooManyDeliveriesIsRefused(String document, String limit) {
		Api.Response response = execute(document, CURRENT + ",application/graphql-response+json");

		assertThat(response.status()).isEqualTo(400);
		assertThat(response.codes()).containsExactly("OPERATION_TOO_COMPLEX");
		assertThat(response.json().at("/errors/0/extensions/limit").stringValue()).isEqualTo(limit);
		assertThatPermitIsFree();
	}

	@Test
	void sameFieldOfManyFragmentsIsDeliveredOnce() {
		List<String> parts = parts(execute(defers(50), CURRENT).body());

		assertThat(parts).hasSize(2);
		assertThat(parts.getLast().split("\"number\"", -1)).hasSize(1 + 3);
		assertThat(JSON.readTree(parts.getFirst()).get("pending")).hasSize(3 * 50);
		assertThat(JSON.readTree(parts.getLast()).get("completed")).hasSize(3 * 50);
	}

	@Test
	void nestedFragmentsAreDeliveredOneAfterTheOther() {
		StringBuilder document = new StringBuilder("{ visits { number ");
		for (int i = 0; i < 40; i++) {
			document.append("... @defer(label: \"l").append(i).append("\") { a").append(i).append(": guest ");
		}
		document.append("}".repeat(40)).append(" } }");

		List<String> parts = parts(execute(document.toString(), CURRENT).body());

		assertThat(parts).hasSize(1 + 40);
		assertThat(parts.getLast()).contains("\"a39\":\"guest 3\"").endsWith("\"hasNext\":false}");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			{ visits @stream(initialCount: -1) { number } }                             | GRAPHQL_VALIDATION_FAILED
			{ visits @stream(initialCount: 2147483648) { number } }                     | GRAPHQL_VALIDATION_FAILED
			{ visits @stream(initialCount: null) { number } }                           | GRAPHQL_VALIDATION_FAILED
			{ visits @stream(initialCount: "1") { number } }                            | GRAPHQL_VALIDATION_FAILED
			{ visits @stream(if: null) { number } }                                     | GRAPHQL_VALIDATION_FAILED
			{ visits { ... @defer(if: "true") { number } } }                            | GRAPHQL_VALIDATION_FAILED
			{ visits { ... @defer @defer { number } } }                                 | GRAPHQL_VALIDATION_FAILED
			{ visits @stream @stream { number } }                                       | GRAPHQL_VALIDATION_FAILED
			query ($n: Int = -1) { visits @stream(initialCount: $n) { number } }        | BAD_USER_INPUT
			query ($n: Int! = -1) { visits @stream(initialCount: $n) { number } }       | BAD_USER_INPUT
			""")
	void argumentOfADirectiveThatIsOutOfRangeIsRefused(String document, String code) {
		Api.Response response = execute(document, CURRENT + ",application/graphql-response+json");

		assertThat(response.codes()).as("%s", response).containsOnly(code);
		assertThat(response.header("Content-Type")).startsWith("application/graphql-response+json");
		assertThat(response.json().at("/data/visits").isContainer()).isFalse();
	}

	@Test
	void argumentOfADirectiveMayBeAVariable() {
		String document = "query ($n: Int! = 0, $s: Boolean = true, $d: Boolean!) { visits @stream(initialCount: $n, if: $s) "
				+ "{ number ... @defer(if: $d) { host } } }";

		assertThat(execute(document, Map.of("d", false, "n", 2147483647))).containsExactly(
				"{\"data\":{\"visits\":[{\"number\":1,\"host\":\"host 1\"},{\"number\":2,\"host\":\"host 2\"},"
						+ "{\"number\":3,\"host\":\"host 3\"}]}}");
		assertThat(execute(document, Map.of("d", false, "s", false))).hasSize(1);
		assertThat(execute(document, Map.of("d", false, "n", 2))).hasSize(2);
		assertThat(execute(document, Map.of("d", true, "n", 2))).hasSize(4);
	}

	private List<String> execute(String document, Map<String, ?> variables) {
		return parts(this.api.execute(document, variables, Map.of("Accept", CURRENT)).body());
	}

	private static String readUntil(InputStream body, String end) throws IOException {
		StringBuilder text = new StringBuilder();
		while (!text.toString().endsWith(end)) {
			int read = body.read();
			assertThat(read).as("%s", text).isNotNegative();
			text.append((char) read);
		}
		return new String(text.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
	}

	/** A response that fails after its first payload. */
	@TestConfiguration(proxyBeanMethods = false)
	static class FailingDelivery {

		@Bean
		RouteTable failingDelivery() {
			return RouteTable.of(Route.get("/failing-delivery", (exchange) -> {
				HttpPayloadSink payloads = new HttpPayloadSink(exchange, "text/plain",
						(payload, last) -> payload.toString().getBytes(StandardCharsets.US_ASCII));
				payloads.start(exchange, () -> {
					payloads.send(Map.of("first", 1), false, Duration.ofSeconds(20));
					throw new IllegalStateException("The delivery fails.");
				});
			}));
		}

	}

}
