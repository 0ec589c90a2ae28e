package dev.kennel.graphql.operation;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import dev.kennel.test.LiveClient;
import dev.kennel.test.SqlRecorder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import static org.assertj.core.api.Assertions.assertThat;

/** The {@code onError} of requests. */
@KennelTest
class ErrorBehaviorTests {

	/** A page size out of range is an error of a non-null field. */
	private static final String TWO_ERRORS = "{ a: me { owners(first: 999) { totalCount } __typename } "
			+ "b: me { dogs(first: 999) { totalCount } } }";

	private final Api api;

	private final SqlRecorder sql;

	ErrorBehaviorTests(Api api, SqlRecorder sql) {
		this.api = api;
		this.sql = sql;
	}

	private static Map<String, Object> request(String document, @Nullable String onError) {
		Map<String, Object> request = new HashMap<>(Map.of("query", document));
		if (onError != null) {
			request.put("onError", onError);
		}
		return request;
	}

	private static Api.Response post(Api api, String document, @Nullable String onError) {
		return api.post(new JsonMapper().writeValueAsBytes(request(document, onError)), Map.of());
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', nullValues = "absent", textBlock = """
			absent | 2 | {"a":null,"b":null}
			PROPAGATE | 2 | {"a":null,"b":null}
			NULL | 2 | {"a":{"owners":null,"__typename":"User"},"b":{"dogs":null}}
			HALT | 1 | null
			""")
	void errorsAreHandledAsRequested(@Nullable String onError, int errors, String data) {
		Api ann = this.api.signUp();

		Api.Response response = post(ann, TWO_ERRORS, onError);

		assertThat(response.status()).isEqualTo(200);
		assertThat(response.json().get("data").toString()).isEqualTo(data);
		assertThat(response.codes()).hasSize(errors).containsOnly("BAD_USER_INPUT");
		assertThat(response.json().at("/errors/0/path").toString()).isEqualTo("[\"a\",\"owners\"]");
		assertThat(post(ann, "{ me { __typename } }", onError).body())
			.isEqualTo("{\"data\":{\"me\":{\"__typename\":\"User\"}}}");
	}

	@Test
	void sameDocumentIsExecutedWithEachBehavior() {
		Api ann = this.api.signUp();
		String document = "{ me { owners(first: 999) { totalCount } } }";

		assertThat(post(ann, document, "NULL").json().get("data")).hasToString("{\"me\":{\"owners\":null}}");
		assertThat(post(ann, document, null).json().get("data")).hasToString("{\"me\":null}");
		assertThat(post(ann, document, "HALT").json().get("data")).hasToString("null");
		assertThat(post(ann, document, "NULL").json().get("data")).hasToString("{\"me\":{\"owners\":null}}");
	}

	@Test
	void errorBehaviorIsRequestedOnEveryTransport() {
		Api ann = this.api.signUp();
		String document = "{ me { owners(first: 999) { totalCount } } }";
		String data = "\"data\":{\"me\":{\"owners\":null}}";

		assertThat(ann
			.send("GET", "/graphql?onError=NULL&query=%7Bme%7Bowners(first:999)%7BtotalCount%7D%7D%7D", new byte[0],
					Map.of())
			.body()).contains(data);
		assertThat(ann
			.post(new JsonMapper().writeValueAsBytes(request(document, "NULL")), Map.of("Accept", "text/event-stream"))
			.body()).contains(data);
		try (LiveClient live = LiveClient.connect(ann, Map.of("Authorization", "Bearer " + ann.token()), false)) {
			live.init(Map.of());
			live.send(Map.of("id", "1", "type", "subscribe", "payload", request(document, "NULL")));
			assertThat(live.next().message()).contains(data);
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', nullValues = "absent", textBlock = """
			absent | {"myChanges":{"kind":"CREATED","node":null}}
			NULL | {"myChanges":{"kind":"CREATED","node":{"owner":{"dogs":null}}}}
			HALT | null
			""")
	void eventsOfASubscriptionHaveItsErrorBehavior(@Nullable String onError, String data) {
		Api ann = this.api.signUp();
		String owner = ann.createOwner("Ann");
		Map<String, Object> request = request(
				"subscription ($after: String) { myChanges(after: $after) { kind node { ... on Dog { "
						+ "owner { dogs(first: 999) { totalCount } } } } } }",
				onError);
		request.put("variables", Map.of("after", ann.execute("{ myChangesCursor }").text("/myChangesCursor")));
		try (LiveClient live = LiveClient.connect(ann, Map.of("Authorization", "Bearer " + ann.token()), false)) {
			live.init(Map.of());
			live.send(Map.of("id", "1", "type", "subscribe", "payload", request));
			ann.createDog(owner, "Rex");
			ann.createDog(owner, "Ace");

			assertThat(live.next().json().get("data")).hasToString(data);
			assertThat(live.next().json().get("data")).hasToString(data);
		}
	}

	@Test
	void noFieldOfAMutationIsExecutedAfterTheErrorThatHaltsIt() {
		Api ann = this.api.signUp();

		Api.Response response = post(ann,
				"mutation { a: createOwner(input: {name: \"Ann\"}) { owner { id } } b: createOwner(input: {name: \"\"}) "
						+ "{ owner { id } } c: createOwner(input: {name: \"Cleo\"}) { owner { id } } }",
				"HALT");

		assertThat(response.json().get("data")).hasToString("null");
		assertThat(response.json().at("/errors/0/path")).hasToString("[\"b\"]");
		assertThat(response.codes()).containsExactly("BAD_USER_INPUT");
		assertThat(ann.execute("{ myOwners { nodes { name } } }").texts("/myOwners/nodes", "name"))
			.containsExactly("Ann");
	}

	@Test
	void haltedQueryExecutesNoFurtherStatement() {
		Api ann = this.api.signUp();
		String document = "{ myOwners { totalCount } myDogs(first: 999) { totalCount } }";

		assertThat(this.sql
			.record(() -> assertThat(post(ann, document, "HALT").codes()).containsExactly("BAD_USER_INPUT"))).isEmpty();
		assertThat(this.sql
			.record(() -> assertThat(post(ann, document, "NULL").codes()).containsExactly("BAD_USER_INPUT")))
			.hasSize(1);
	}

	@Test
	void introspectionFollowsTheErrorBehaviorAsWell() {
		Api ann = this.api.signUp();
		String document = "{ __type(name: \"Dog\") { name } me { owners(first: 999) { totalCount } } }";

		assertThat(post(ann, document, "NULL").json().get("data"))
			.hasToString("{\"__type\":{\"name\":\"Dog\"},\"me\":{\"owners\":null}}");
		assertThat(post(ann, document, "PROPAGATE").json().get("data"))
			.hasToString("{\"__type\":{\"name\":\"Dog\"},\"me\":null}");
		Api.Response halted = post(ann, document, "HALT");
		assertThat(halted.json().get("data")).hasToString("null");
		assertThat(halted.codes()).containsExactly("BAD_USER_INPUT");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', nullValues = "absent",
			textBlock = """
					absent | 3 | {"completed":[{"id":"0","errors":[{"path":["me","owners"]}]}],"hasNext":true}
					NULL | 3 | {"incremental":[{"id":"0","data":{"owners":null},"errors":[{"path":["me","owners"]}]}],"completed":[{"id":"0"}],"hasNext":true}
					HALT | 2 | {"completed":[{"id":"0","errors":[{"path":["me","owners"]}]},{"id":"1","errors":[{"path":["me","owners"]}]}],"hasNext":false}
					""")
	void partsHaveTheErrorBehaviorOfTheRequest(@Nullable String onError, int count, String second) {
		String document = "{ me { __typename ... @defer { owners(first: 999) { totalCount } __typename } } "
				+ "other: me { ... @defer { __typename } } }";

		List<String> parts = parts(this.api.signUp(), document, onError);

		assertThat(parts).hasSize(count);
		assertThat(parts.getFirst()).startsWith("{\"data\":{\"me\":{\"__typename\":\"User\"},\"other\":{}},");
		assertThat(parts.get(1)).isEqualTo(second);
	}

	/** Returns the parts of a response, with the path of each error. */
	private static List<String> parts(Api api, String document, @Nullable String onError) {
		JsonMapper json = new JsonMapper();
		String body = api
			.post(json.writeValueAsBytes(request(document, onError)),
					Map.of("Accept", "multipart/mixed;incrementalSpec=v0.2"))
			.body();
		List<String> parts = new ArrayList<>();
		for (String part : body.split("\r\n---")) {
			if (part.contains("{")) {
				JsonNode payload = json.readTree(part.substring(part.indexOf('{')));
				payload.findValues("errors")
					.forEach((errors) -> errors.forEach((error) -> ((ObjectNode) error).retain("path")));
				parts.add(payload.toString());
			}
		}
		return parts;
	}

	@Test
	void deliveredPayloadsRemainWhenADeliveryHalts() {
		Api ann = this.api.signUp();

		List<String> parts = parts(ann,
				"mutation { createOwner(input: {name: \"Ann\"}) { owner { name ... @defer { dogs(first: 999) { totalCount } } } } }",
				"HALT");

		assertThat(parts).containsExactly(
				"{\"data\":{\"createOwner\":{\"owner\":{\"name\":\"Ann\"}}},"
						+ "\"pending\":[{\"id\":\"0\",\"path\":[\"createOwner\",\"owner\"]}],\"hasNext\":true}",
				"{\"completed\":[{\"id\":\"0\",\"errors\":[{\"path\":[\"createOwner\",\"owner\",\"dogs\"]}]}],"
						+ "\"hasNext\":false}");
		assertThat(ann.execute("{ myOwners { nodes { name } } }").texts("/myOwners/nodes", "name"))
			.containsExactly("Ann");
	}

	@Test
	void directiveOfTheOperationAppliesToItsParts() {
		assertThat(parts(this.api.signUp(),
				"query @experimental_disableErrorPropagation { me { __typename ... @defer { owners(first: 999) "
						+ "{ totalCount } } } }",
				null)
			.getLast()).contains("\"data\":{\"owners\":null}").endsWith("\"hasNext\":false}");
	}

	@Test
	void requestPrecedesTheDirectiveOfTheOperation() {
		Api ann = this.api.signUp();
		String document = "query @experimental_disableErrorPropagation { me { owners(first: 999) { totalCount } } }";

		assertThat(post(ann, document, null).json().get("data")).hasToString("{\"me\":{\"owners\":null}}");
		assertThat(post(ann, document, "PROPAGATE").json().get("data")).hasToString("{\"me\":null}");
		assertThat(post(ann, document, "HALT").json().get("data")).hasToString("null");
	}

	@ParameterizedTest
	@ValueSource(strings = { "\"null\"", "\"ABORT\"", "\"\"", "1", "[]", "{}", "true" })
	void unknownErrorBehaviorIsRefusedAndNothingIsExecuted(String onError) {
		Api ann = this.api.signUp();

		Api.Response response = ann
			.post(("{\"query\":\"mutation { createOwner(input: {name: \\\"Ann\\\"}) { owner { id } } }\",\"onError\":"
					+ onError + "}")
				.getBytes(StandardCharsets.UTF_8), Map.of());

		assertThat(response.status()).isEqualTo(400);
		assertThat(response.codes()).containsExactly("BAD_REQUEST");
		assertThat(ann.execute("{ myOwners { totalCount } }").data().toString())
			.isEqualTo("{\"myOwners\":{\"totalCount\":0}}");
	}

}
