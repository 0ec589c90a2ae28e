package dev.kennel.graphql.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.GZIPInputStream;

import com.aayushatharva.brotli4j.decoder.BrotliInputStream;
import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import dev.kennel.test.LiveClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

@KennelTest
class GetTests {

	private static final String SCHEMA = "{ __schema { types { name description fields { name description } } } }";

	private final Api api;

	GetTests(Api api) {
		this.api = api;
	}

	private static String encoded(String text) {
		return URLEncoder.encode(text, StandardCharsets.UTF_8);
	}

	private Api.Response get(String parameters) {
		return get(this.api, parameters, Map.of());
	}

	private static Api.Response get(Api client, String parameters, Map<String, String> headers) {
		return client.send("GET", "/graphql?" + parameters, new byte[0], headers);
	}

	@Test
	void queryIsExecuted() {
		Api ann = this.api.signUp();
		String owner = ann.createOwner("Björn 🐕");

		Api.Response response = get(ann,
				"query=" + encoded("query A { me { id } } query B($id: ID!) { owner(id: $id) { name } }")
						+ "&operationName=B&variables=" + encoded("{\"id\":\"" + owner + "\"}")
						+ "&extensions=%7B%7D&more=1",
				Map.of());

		assertThat(response.data().toString()).isEqualTo("{\"owner\":{\"name\":\"Björn 🐕\"}}");
		assertThat(
				get("query={me{id}}".replace("{", "%7B").replace("}", "%7D") + "&variables=&operationName=&extensions=")
					.data()
					.toString())
			.isEqualTo("{\"me\":null}");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "query=", "query", "quer%79", "query=%20",
			"query=%7Bme%7Bid%7D%7D&query=%7Bme%7Bid%7D%7D", "query=%7Bme%7Bid%7D%7D&quer%79=",
			"query=%7Bme%7Bid%7D%7D&variables=1", "query=%7Bme%7Bid%7D%7D&variables=x",
			"query=%7Bme%7Bid%7D%7D&variables=%5B%5D", "query=%7Bme%7Bid%7D%7D&variables=%7B%7D%7B%7D",
			"query=%7Bme%7Bid%7D%7D&extensions=%22%22", "query=%ff", "query=%c3%28", "query=%ed%a0%80",
			"variables=%7B%7D&operationName=A", "extensions=%7B%22persistedQuery%22%3A1%7D" })
	void invalidParametersAreRejected(String parameters) {
		Api.Response response = get(parameters);

		assertThat(response.status()).isEqualTo(400);
		assertThat(response.codes()).containsExactly("BAD_REQUEST");
		assertThat(response.header("Cache-Control")).isEqualTo("no-store");
		assertThat(response.header("ETag")).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "application/json", "application/graphql-response+json", "*/*", "text/event-stream" })
	void mutationIsRejectedAndNotExecuted(String accept) {
		Api ann = this.api.signUp();

		Api.Response response = get(ann,
				"operationName=B&query=" + encoded("query A { me { id } } mutation B { "
						+ "createOwner(input: {name: \"Cleo\"}) { owner { id } } logout { success } }"),
				Map.of("Accept", accept));

		if (accept.equals("text/event-stream")) {
			assertThat(response.body()).contains("METHOD_NOT_ALLOWED").doesNotContain("data\":");
		}
		else {
			assertThat(response.status()).isEqualTo(405);
			assertThat(response.header("Allow")).isEqualTo("POST");
			assertThat(response.codes()).containsExactly("METHOD_NOT_ALLOWED");
			assertThat(response.json().has("data")).isFalse();
		}
		assertThat(ann.execute("{ myOwners { totalCount } }").data().toString())
			.isEqualTo("{\"myOwners\":{\"totalCount\":0}}");
	}

	@Test
	void queryOfADocumentWithMutationIsExecuted() {
		assertThat(get("operationName=A&query=" + encoded("query A { me { id } } mutation B { logout { success } }"))
			.data()
			.toString()).isEqualTo("{\"me\":null}");
	}

	@Test
	void invalidDocumentHasTheSameStatusAsWithPost() {
		assertThat(get("query=%7B").status()).isEqualTo(400);
		assertThat(get("query=%7B").codes()).containsExactly("GRAPHQL_PARSE_FAILED");
		assertThat(get(this.api, "query=%7Bnope%7D", Map.of("Accept", "application/json")).status()).isEqualTo(200);
	}

	@Test
	void unchangedResultIsNotModified() {
		Api ann = this.api.signUp();
		String query = "query=" + encoded("{ myOwners { nodes { name } } }");

		Api.Response first = get(ann, query, Map.of());
		String tag = first.header("ETag");
		assertThat(tag).matches("W/\"[A-Za-z0-9_-]{22}\"");
		assertThat(first.header("Cache-Control")).isEqualTo("private, no-cache");
		assertThat(first.headers("Vary")).containsExactly("Accept, Accept-Encoding, Authorization, Cookie");
		for (String ifNoneMatch : new String[] { tag, tag.substring(2), "*", "\"x\", " + tag,
				"W/\"y\"," + tag + ",\"z\"", "\"a,b\\\", , " + tag }) {
			Api.Response again = get(ann, query, Map.of("If-None-Match", ifNoneMatch));
			assertThat(again.status()).as(ifNoneMatch).isEqualTo(304);
			assertThat(again.body()).isEmpty();
			assertThat(again.header("ETag")).isEqualTo(tag);
			assertThat(again.header("Cache-Control")).isEqualTo("private, no-cache");
		}
		assertThat(get(ann, query, Map.of("If-None-Match", tag, "Accept", "application/json")).status()).isEqualTo(200);

		ann.createOwner("Cleo");

		Api.Response changed = get(ann, query, Map.of("If-None-Match", tag));
		assertThat(changed.text("/myOwners/nodes/0/name")).isEqualTo("Cleo");
		assertThat(changed.header("ETag")).isNotEqualTo(tag);
	}

	@Test
	void errorIsNotCached() {
		Api.Response response = get("query=" + encoded("{ me { id } myOwners { totalCount } }"));

		assertThat(response.codes()).containsExactly("UNAUTHENTICATED");
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.header("Cache-Control")).isEqualTo("no-store");
		assertThat(response.header("ETag")).isEmpty();
	}

	@Test
	void headHasTheHeadersOfGetAndNoBody() {
		String query = "/graphql?query=" + encoded("{ me { id } }");
		Api.Response head = this.api.send("HEAD", query, new byte[0], Map.of());

		assertThat(head.status()).isEqualTo(200);
		assertThat(head.body()).isEmpty();
		assertThat(head.header("Content-Length")).isEqualTo("20");
		assertThat(head.header("ETag")).isEqualTo(get("query=" + encoded("{ me { id } }")).header("ETag"));
	}

	@Test
	void tooLongUrlIsRejected() {
		Api.Response response = get("query=" + "%7B".repeat(3000));

		assertThat(response.status()).isEqualTo(414);
		assertThat(response.codes()).containsExactly("BAD_REQUEST");
	}

	@ParameterizedTest
	@CsvSource({ "gzip, gzip", "'gzip, deflate, br', br", "'br;q=0.5, gzip', gzip", "*, br", "'*;q=0.1, br;q=0', gzip",
			"'gzip;q=0', ''", "identity, ''", "deflate, ''", "GZIP, gzip", "'gzip;q=nonsense', ''" })
	void largeResponseIsCompressedByNegotiation(String accepted, String coding) throws Exception {
		byte[] plain = getRaw(SCHEMA, "identity").body();
		HttpResponse<byte[]> response = getRaw(SCHEMA, accepted);

		assertThat(response.headers().firstValue("Content-Encoding").orElse("")).isEqualTo(coding);
		assertThat(response.headers().allValues("Vary")).contains("Accept, Accept-Encoding, Authorization, Cookie");
		assertThat(decompress(response.body(), coding)).isEqualTo(plain);
		if (!coding.isEmpty()) {
			assertThat(response.body().length).isLessThan(plain.length / 3);
		}
	}

	private static byte[] decompress(byte[] body, String coding) throws IOException {
		return switch (coding) {
			case "br" -> new BrotliInputStream(new ByteArrayInputStream(body)).readAllBytes();
			case "gzip" -> new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes();
			default -> body;
		};
	}

	private HttpResponse<byte[]> getRaw(String query, String acceptEncoding) throws Exception {
		try (HttpClient client = HttpClient.newHttpClient()) {
			return client.send(HttpRequest.newBuilder(this.api.uri("/graphql?query=" + encoded(query)))
				.header("Accept-Encoding", acceptEncoding)
				.build(), BodyHandlers.ofByteArray());
		}
	}

	@Test
	void mutationResponseIsNeverCompressed() {
		String name = "a".repeat(20);
		String aliases = java.util.stream.IntStream.range(0, 30)
			.mapToObj((i) -> " a" + i + ": user { id username createdAt }")
			.collect(java.util.stream.Collectors.joining());
		Api.Response response = this.api.execute(
				"mutation ($input: SignupInput!) { signup(input: $input) { accessToken " + aliases + " } }",
				Map.of("input",
						Map.of("username", name + System.nanoTime() % 1_000_000, "email",
								name + System.nanoTime() + "@example.com", "password", Api.PASSWORD)),
				Map.of("Accept-Encoding", "gzip, br"));

		assertThat(response.header("Content-Encoding")).isEmpty();
		assertThat(response.body().length()).isGreaterThan(2048);
		assertThat(response.text("/signup/accessToken")).isNotEmpty();
	}

	@Test
	void subscriptionIsServedToEventSource() {
		Api ann = this.api.signUp();
		String parameters = "query=" + encoded("subscription { myChanges(after: \"nonsense\") { cursor } }");

		Api.Response response = get(ann, parameters, Map.of("Accept", "text/event-stream"));

		assertThat(response.header("Content-Type")).isEqualTo("text/event-stream;charset=utf-8");
		assertThat(response.body()).startsWith("event: next\ndata: {\"errors\":")
			.endsWith("event: complete\ndata:\n\n");
		assertThat(get(ann, parameters, Map.of()).status()).isEqualTo(406);
	}

	@Test
	void queryIsJsonIfEventsAreNotPreferred() {
		Api ann = this.api.signUp();
		String all = "application/graphql-response+json, application/json, text/event-stream, multipart/mixed";

		assertThat(ann.execute("{ myOwners { totalCount } } # no subscription", Map.of(), Map.of("Accept", all))
			.header("Content-Type")).isEqualTo("application/graphql-response+json;charset=utf-8");
		assertThat(ann
			.execute("subscription { myChanges(after: \"nonsense\") { cursor } }", Map.of(), Map.of("Accept", all))
			.header("Content-Type")).isEqualTo("text/event-stream;charset=utf-8");
		assertThat(ann
			.execute("{ myOwners { totalCount } }", Map.of(),
					Map.of("Accept", "application/json;q=0.5, text/event-stream"))
			.header("Content-Type")).isEqualTo("text/event-stream;charset=utf-8");
	}

	@ParameterizedTest
	@ValueSource(strings = { "{ __typename }", "subscription { myChanges { cursor } }" })
	void headOfEventStreamHasItsHeadersAndEnds(String document) {
		Api ann = this.api.signUp();

		for (int i = 0; i < 60; i++) {
			Api.Response head = ann.send("HEAD", "/graphql?query=" + encoded(document), new byte[0],
					Map.of("Accept", "text/event-stream"));

			assertThat(head.status()).isEqualTo(200);
			assertThat(head.header("Content-Type")).isEqualTo("text/event-stream;charset=utf-8");
		}
		// No HEAD request counts against the account's limit of streams.
		try (LiveClient live = LiveClient.events(ann, "subscription { myChanges { kind } }", Map.of())) {
			ann.createOwner("Ann");
			assertThat(live.next(1, "/myChanges/kind")).containsExactly("CREATED");
		}
	}

}
