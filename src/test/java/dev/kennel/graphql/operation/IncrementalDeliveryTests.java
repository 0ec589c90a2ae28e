package dev.kennel.graphql.operation;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import dev.kennel.test.LiveClient;
import dev.kennel.test.SqlRecorder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.context.annotation.Import;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

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
	void requestErrorIsNoPart() {
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
	void objectWhoseFieldsAreDeferredIsReadWithIt(String accept) {
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
	void webSocketDeliversToAClientThatAsksForItInItsPayload() {
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
	void clientThatIsGoneCancelsTheDelivery(String accept) throws Exception {
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

	private static String readUntil(InputStream body, String end) throws IOException {
		StringBuilder text = new StringBuilder();
		while (!text.toString().endsWith(end)) {
			int read = body.read();
			assertThat(read).as("%s", text).isNotNegative();
			text.append((char) read);
		}
		return new String(text.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
	}

}
