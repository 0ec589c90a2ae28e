package dev.kennel.graphql.document;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import dev.kennel.test.LiveClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** The language of the September 2025 specification, end to end. */
@KennelTest
class DocumentLanguageTests {

	private static final String DESCRIBED = "\"What it is for.\" query Mine(\"\"\"How\n  many.\"\"\" $first: Int = 1) "
			+ "{ ...F } \"Of the query.\" fragment F on Query { myOwners(first: $first) { nodes { name } } }";

	private final Api api;

	DocumentLanguageTests(Api api) {
		this.api = api;
	}

	@Test
	void descriptionsOfOperationsFragmentsAndVariablesAreAcceptedOnEveryTransport() {
		Api ann = this.api.signUp();
		ann.createOwner("Ann");
		String response = "{\"myOwners\":{\"nodes\":[{\"name\":\"Ann\"}]}}";

		assertThat(ann.execute(DESCRIBED).data().toString()).isEqualTo(response);
		assertThat(ann
			.send("GET", "/graphql?query=" + URLEncoder.encode(DESCRIBED, StandardCharsets.UTF_8), new byte[0],
					Map.of())
			.data()
			.toString()).isEqualTo(response);
		try (LiveClient webSocket = LiveClient.webSocket(ann, DESCRIBED, Map.of());
				LiveClient events = LiveClient.events(ann, DESCRIBED, Map.of())) {
			assertThat(webSocket.next(1, "")).containsExactly(response);
			assertThat(events.next(1, "")).containsExactly(response);
		}
	}

	@Test
	void documentHashIncludesDescriptions() throws Exception {
		Api ann = this.api.signUp();
		ann.execute(DESCRIBED).data();
		String hash = HexFormat.of()
			.formatHex(MessageDigest.getInstance("SHA-256").digest(DESCRIBED.getBytes(StandardCharsets.UTF_8)));

		Api.Response response = ann.post(
				new JsonMapper().writeValueAsBytes(
						Map.of("extensions", Map.of("persistedQuery", Map.of("version", 1, "sha256Hash", hash)))),
				Map.of());

		assertThat(response.data().toString()).isEqualTo("{\"myOwners\":{\"nodes\":[]}}");
	}

	/** The parser reads 4096 characters at a time. */
	@ParameterizedTest
	@ValueSource(ints = { 2048, 4096, 8192 })
	void emojiMayCrossTheEndOfAParserBuffer(int bufferSize) {
		Api ann = this.api.signUp();
		ann.createOwner("😀");
		for (int position = bufferSize - 2; position <= bufferSize + 1; position++) {
			String start = "{ myOwners(filter: {name: {eq: ";
			String document = start + " ".repeat(position - start.length() - 1) + "\"😀\"}}) { totalCount } }";

			assertThat(ann.execute(document).data().toString()).as("At %d", position)
				.isEqualTo("{\"myOwners\":{\"totalCount\":1}}");
		}
	}

	@Test
	void descriptionsPreserveErrorLocations() {
		Api.Response response = this.api
			.execute("\"\"\"\n  One.\n\"\"\"\nquery Q(\"Two.\" $a: Nope) { me { id(x: $a) } }");

		assertThat(response.json().at("/errors").findValuesAsString("column")).containsOnly("20", "36");
		assertThat(response.json().at("/errors").findValuesAsString("line")).containsOnly("4");
	}

	/** As many strings as there may be tokens, of which one is a description. */
	@Test
	void descriptionsCountAsTokens() {
		assertThat(this.api.execute("query Q(" + "\"x\" ".repeat(10_000) + "$a: Int) { me { id } }")
			.json()
			.at("/errors/0/extensions/limit")).hasToString("\"max-tokens\"");
		StringBuilder many = new StringBuilder("query Q(");
		for (int i = 0; i < 2_000; i++) {
			many.append("\"x\" $a").append(i).append(": Int ");
		}
		assertThat(this.api.execute(many.append(") { me { id } }").toString())
			.json()
			.at("/errors/0/extensions/value")
			.asInt()).isEqualTo(10_010);
	}

	@Test
	void escapeSequencesInStringsAreDecoded() {
		Api ann = this.api.signUp();

		for (String literal : List.of("\"Bob \\u{1F415}\"", "\"Bob \\uD83D\\uDC15\"", "\"Bob \ud83d\udc15\"",
				"\"\"\"\n  Bob \ud83d\udc15\n\"\"\"")) {
			assertThat(ann.execute("mutation { createOwner(input: {name: " + literal + "}) { owner { name } } }")
				.text("/createOwner/owner/name")).isEqualTo("Bob \ud83d\udc15");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "\\uD83D", "\\u{DC15}", "\\u{D83D}\\u{DC15}", "\\u{110000}", "\\x" })
	void invalidEscapeSequencesAreRefusedAndChangeNothing(String sequence) {
		Api ann = this.api.signUp();

		Api.Response response = ann
			.execute("mutation {\n createOwner(input: {name: \"" + sequence + "\"}) { owner { name } } }");

		assertThat(response.codes()).containsExactly("GRAPHQL_PARSE_FAILED");
		assertThat(response.json().at("/errors/0/message").asString()).isEqualTo("Invalid syntax at line 2 column 29");
		assertThat(response.json().at("/errors/0/locations/0").toString()).isEqualTo("{\"line\":2,\"column\":29}");
		assertThat(ann.execute("{ myOwners { totalCount } }").data().toString())
			.isEqualTo("{\"myOwners\":{\"totalCount\":0}}");
	}

	/** graphql-java prints the missing name as 'null'. */
	@ParameterizedTest
	@ValueSource(strings = { "subscription { changes { cursor } b: changes { cursor } }",
			"subscription { ...F } fragment F on Subscription { changes { cursor } b: changes { cursor } }",
			"subscription { __typename }", "subscription { ...F } fragment F on Subscription { __typename }",
			"{ me { id } } { me { id } }", "query A { me { id } } { me { id } }", "{ me { id } } query A { me { id } }",
			"query ($a: Int) { me { id } }", "query { me { id(a: $b) } }", "query ($a: Int!) { me { id } }",
			"query ($a: Int! = null) { node(id: $a) { id } }", "mutation { nope }", "fragment F on Query { me { id } }",
			"{ me { id } } fragment F on Query { me { id } }", "query A { me { id } } query B { me { id } }",
			"mutation ($input: CreateOwnerInput!) { createOwner(input: $input) { owner { id } } }" })
	void anonymousOperationIsNotCalledNullInErrors(String document) {
		for (Map<String, Object> more : List.of(Map.<String, Object>of(),
				Map.<String, Object>of("operationName", ""))) {
			Map<String, Object> request = new java.util.HashMap<>(more);
			request.put("query", document);
			Api.Response response = this.api.post(new JsonMapper().writeValueAsBytes(request), Map.of());

			assertThat(response.json().at("/errors").size()).as(response.body()).isPositive();
			assertThat(response.body()).doesNotContain("null", "INTERNAL_SERVER_ERROR");
		}
	}

	@Test
	void operationNamedNullKeepsItsNameInErrors() {
		assertThat(this.api.execute("subscription null { changes { cursor } b: changes { cursor } }").body())
			.contains("Subscription operation 'null' must have exactly one root field");
	}

}
