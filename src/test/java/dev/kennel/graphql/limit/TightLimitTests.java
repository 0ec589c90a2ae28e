package dev.kennel.graphql.limit;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import com.zaxxer.hikari.HikariDataSource;
import dev.kennel.server.ManagementServer;
import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import dev.kennel.test.LiveClient;
import dev.kennel.test.Management;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A service with tight limits of time, budget and connections, and without introspection.
 */
@KennelTest
@TestPropertySource(properties = { "kennel.graphql.limits.deadline=1s", "kennel.graphql.limits.max-cost=1000",
		"kennel.graphql.limits.budget=5000", "kennel.graphql.introspection=false",
		"spring.datasource.hikari.maximum-pool-size=3", "kennel.graphql.limits.max-document-size=1KB",
		"kennel.graphql.trusted-documents.location=src/test/resources/trusted" })
class TightLimitTests {

	private final Api api;

	private final javax.sql.DataSource dataSource;

	private final Management management;

	TightLimitTests(Api api, javax.sql.DataSource dataSource, ManagementServer server) {
		this.api = api;
		this.dataSource = dataSource;
		this.management = Management.of(server);
	}

	@Test
	void statementAtTheDeadlineIsCancelledWithItsOperation() throws Exception {
		Api ann = this.api.signUp();
		String owner = ann.createOwner("Ann");
		try (Connection other = this.dataSource.getConnection(); Statement statement = other.createStatement()) {
			other.setAutoCommit(false);
			statement.execute("LOCK TABLE dogs IN ACCESS EXCLUSIVE MODE");

			Api.Response query = ann.execute("{ myDogs { nodes { id } } }");
			Api.Response mutation = ann
				.execute("mutation ($id: ID!) { a: createDog(input: {ownerId: $id, name: \"A\"}) { dog { id } } "
						+ "b: createOwner(input: {name: \"B\"}) { owner { id } } }", Map.of("id", owner));

			assertThat(query.codes()).containsExactly("TIMEOUT");
			assertThat(query.json().at("/errors/0/path").toString()).isEqualTo("[\"myDogs\"]");
			// The first was rolled back, and the second not begun.
			assertThat(mutation.codes()).containsExactly("TIMEOUT", "TIMEOUT");
			assertThat(mutation.json().get("data").toString()).isEqualTo("{\"a\":null,\"b\":null}");
			other.rollback();
		}
		assertThat(ann.execute("{ myDogs { totalCount } myOwners { totalCount } }").data().toString())
			.isEqualTo("{\"myDogs\":{\"totalCount\":0},\"myOwners\":{\"totalCount\":1}}");
		// No cancelled statement still waits in the database.
		assertThat(ann.createDog(owner, "C")).startsWith("dog_");
	}

	@ParameterizedTest
	@ValueSource(strings = { "throttle_buckets", "users" })
	void loginAtTheDeadlineIsCancelled(String table) throws Exception {
		String name = signUp();
		try (Connection other = this.dataSource.getConnection(); Statement statement = other.createStatement()) {
			other.setAutoCommit(false);
			statement.execute("LOCK TABLE " + table + " IN ACCESS EXCLUSIVE MODE");

			assertThat(logIn(name).codes()).containsExactly("TIMEOUT");

			other.rollback();
		}
		assertThat(logIn(name).text("/login/accessToken")).isNotEmpty();
	}

	@Test
	void loginThatCommitsAtTheDeadlineSucceeds() throws Exception {
		String name = signUp();
		execute("CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS "
				+ "'BEGIN PERFORM pg_sleep(1.5); RETURN NULL; END'");
		execute("CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON sessions DEFERRABLE INITIALLY DEFERRED "
				+ "FOR EACH ROW EXECUTE FUNCTION slow()");
		try {
			assertThat(logIn(name).text("/login/accessToken")).isNotEmpty();
		}
		finally {
			execute("DROP TRIGGER slow ON sessions");
			execute("DROP FUNCTION slow");
		}
	}

	private String signUp() {
		return this.api.signUp().execute("{ me { username } }").text("/me/username");
	}

	private Api.Response logIn(String name) {
		return this.api.execute("mutation ($input: LoginInput!) { login(input: $input) { accessToken } }",
				Map.of("input", Map.of("username", name, "password", Api.PASSWORD)));
	}

	private void execute(String sql) throws SQLException {
		try (Connection connection = this.dataSource.getConnection();
				Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
	}

	@Test
	void waitForAConnectionEndsAtTheDeadline() throws Exception {
		Api ann = this.api.signUp();
		HikariDataSource pool = this.dataSource.unwrap(HikariDataSource.class);
		Connection[] all = new Connection[pool.getMaximumPoolSize()];
		try {
			for (int i = 0; i < all.length; i++) {
				all[i] = pool.getConnection();
			}
			CompletableFuture<Api.Response> first = CompletableFuture
				.supplyAsync(() -> ann.execute("{ me { username } }"));
			Api.Response second = ann.execute("mutation { createOwner(input: {name: \"B\"}) { owner { id } } }");

			assertThat(first.join().codes()).containsExactly("UNAVAILABLE");
			assertThat(second.codes()).containsExactly("UNAVAILABLE");
		}
		finally {
			for (Connection connection : all) {
				if (connection != null) {
					connection.close();
				}
			}
		}
		// Threads do not stay interrupted.
		for (int i = 0; i < 20; i++) {
			assertThat(ann.execute("{ myOwners { totalCount } }").data().toString())
				.isEqualTo("{\"myOwners\":{\"totalCount\":0}}");
		}
	}

	@Test
	void exhaustedBudgetLimitsItsAccountOnly() {
		Api ann = this.api.from("192.0.2.7").signUp();
		Api bob = this.api.from("192.0.2.7").signUp();
		// Five leave a remainder, so that the sixth is costed: with an empty budget, it
		// would be refused before its cost is known.
		String document = "{ myOwners(first: 99) { nodes { dogs(first: 9) { nodes { id } } } } }";
		for (int i = 0; i < 5; i++) {
			ann.execute(document).data();
		}

		Api.Response refused = send(ann, document);

		assertThat(refused.codes()).containsExactly("RATE_LIMITED");
		assertThat(refused.json().has("data")).isFalse();
		int retryAfter = refused.json().at("/errors/0/extensions/retryAfter").asInt();
		assertThat(retryAfter).isBetween(1, 12);
		assertThat(refused.header("Retry-After")).isEqualTo(String.valueOf(retryAfter));
		assertThat(refused.header("RateLimit-Policy")).isEqualTo("\"cost\";q=5000;w=60");
		assertThat(refused.header("RateLimit")).matches("\"cost\";r=\\d{1,3};t=\\d\\d");
		assertThat(refused.json().at("/extensions/cost/requested").asInt()).isEqualTo(990);
		assertThat(refused.json().at("/extensions/cost/budget/limit").asInt()).isEqualTo(5_000);
		bob.execute(document).data();
	}

	private static Api.Response send(Api api, String document) {
		return api.post(new JsonMapper()
			.writeValueAsBytes(new HashMap<>(Map.of("query", document, "extensions", Map.of("cost", true)))), Map.of());
	}

	@Test
	void signedOutNetworksHaveBudgetsOfTheirOwn() {
		Api home = this.api.from("2001:db8:1:2:3::4");
		// Each operation costs at least one.
		for (int i = 0; i < 10; i++) {
			assertThat(home.execute("{ __typename }").header("RateLimit")).startsWith("\"cost\";r=");
		}
		int remaining = remaining(home.from("2001:db8:1:2:ffff::"));
		int remainingElsewhere = remaining(home.from("2001:db8:1:3::"));

		assertThat(remaining).isBetween(4_980, 4_999);
		assertThat(remainingElsewhere).isEqualTo(4_999);
	}

	private static int remaining(Api api) {
		return Integer.parseInt(api.execute("{ __typename }").header("RateLimit").replaceAll(".*r=(\\d+);.*", "$1"));
	}

	@Test
	void oversizedDocumentIsRefusedOnEveryTransport() {
		Api ann = this.api.signUp();
		// In UTF-8, a character of two units is four bytes.
		String longest = "{ __typename } #" + "\ud83d\udc15".repeat(252);
		String tooLong = longest + "4";
		String path = "/graphql?query=" + URLEncoder.encode(tooLong, StandardCharsets.UTF_8);

		assertThat(longest.getBytes(StandardCharsets.UTF_8)).hasSize(1_024);
		assertThat(this.api.execute(longest).data().toString()).isEqualTo("{\"__typename\":\"Query\"}");
		for (JsonNode error : List.of(this.api.execute(tooLong).json().at("/errors/0"),
				this.api.send("GET", path, new byte[0], Map.of()).json().at("/errors/0"),
				overWebSocket(ann, tooLong).get(0))) {
			assertThat(error.at("/extensions/code").asString()).isEqualTo("OPERATION_TOO_COMPLEX");
			assertThat(error.at("/extensions/limit").asString()).isEqualTo("max-document-size");
			assertThat(error.at("/extensions/value").asInt()).isEqualTo(1_025);
			assertThat(error.at("/message").asString())
				.isEqualTo("The document exceeds 1024 bytes (kennel.graphql.limits.max-document-size).");
		}
		assertThat(overWebSocket(ann, longest).toString()).isEqualTo("{\"data\":{\"__typename\":\"Query\"}}");
	}

	private static JsonNode overWebSocket(Api api, String document) {
		try (LiveClient client = LiveClient.webSocket(api, document, Map.of())) {
			LiveClient.Event event = client.next();
			assertThat(event.type()).as(event.toString()).isIn("next", "error");
			return event.json().has("errors") ? event.json().get("errors") : event.json();
		}
	}

	@Test
	void introspectionIsTurnedOffAndErrorsSuggestNoNames() {
		for (String document : List.of("{ __schema { types { name } } }", "{ __type(name: \"Dog\") { name } }",
				"{ me { id } ...A } fragment A on Query { a: __schema { queryType { name } } }")) {
			Api.Response response = this.api.execute(document);
			assertThat(response.codes()).containsExactly("GRAPHQL_VALIDATION_FAILED");
			assertThat(response.json().at("/errors/0/message").asString())
				.isEqualTo("Introspection is turned off (kennel.graphql.introspection).");
		}
		Api.Response document = this.api.send("GET", "/graphql/schema.graphql", new byte[0], Map.of());
		assertThat(document.status()).isEqualTo(404);
		assertThat(document.codes()).containsExactly("NOT_FOUND");
		assertThat(document.header("ETag")).isEmpty();
		assertThat(this.api.execute("{ __typename }").data().toString()).isEqualTo("{\"__typename\":\"Query\"}");
		assertThat(this.api.execute("{ meh myOwner { id } }").body()).doesNotContain("mean", "myOwners\"");
	}

	@Test
	void trustedDocumentsAreLoadedAtStartupAndCountedByName() {
		Api.Response response = this.api
			.post("{\"extensions\":{\"persistedQuery\":{\"version\":1,\"sha256Hash\":\"names\"}}}"
				.getBytes(java.nio.charset.StandardCharsets.UTF_8), Map.of());

		assertThat(response.data().toString()).isEqualTo("{\"me\":null}");
		assertThat(this.management.scrape()
			.sum("kennel_graphql_operation_duration_seconds_count", "graphql_operation_name", "Names", "error_type",
					"none"))
			.isEqualTo(1);
		// Other documents are still accepted.
		assertThat(this.api.execute("{ me { email } }").data().toString()).isEqualTo("{\"me\":null}");
	}

}
