package dev.kennel.graphql.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

@KennelTest
class GraphQlEndpointTests {

	private static final String ME = "{\"query\":\"{ me { id } }\"}";

	private final Api api;

	GraphQlEndpointTests(Api api) {
		this.api = api;
	}

	@AfterEach
	void serviceStillResponds() {
		assertThat(this.api.execute("{ me { id } }").data().toString()).isEqualTo("{\"me\":null}");
	}

	private Api.Response post(String body) {
		return this.api.post(body.getBytes(StandardCharsets.UTF_8), Map.of());
	}

	private void assertRefused(Api.Response response, int status, String code) {
		assertThat(response.status()).isEqualTo(status);
		assertThat(response.codes()).containsExactly(code);
		assertThat(response.json().has("data")).isFalse();
		assertThat(response.header("X-Request-Id")).hasSize(36);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "nonsense", "{", "[]", "null", "1", "\"{me{id}}\"", "{\"query\":\"{me{id}}\"", "{}",
			"{\"query\":null}", "{\"query\":\"\"}", "{\"query\":\"  \"}", "{\"query\":1}", "{\"query\":{}}",
			"{\"query\":\"{me{id}}\",\"variables\":[]}", "{\"query\":\"{me{id}}\",\"variables\":\"{}\"}",
			"{\"query\":\"{me{id}}\",\"operationName\":1}", "{\"query\":\"{me{id}}\",\"extensions\":1}" })
	void invalidBodyIsRejected(String body) {
		assertRefused(post(body), 400, "BAD_REQUEST");
	}

	/**
	 * C0 AF is an overlong slash, F4 90 80 80 is beyond U+10FFFF.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "c0af", "e080af", "f08080af", "f4908080", "f8888080", "eda080", "80" })
	void invalidUtf8IsRejected(String bytes) {
		byte[] start = "{\"query\":\"{__typename} #".getBytes(StandardCharsets.UTF_8);
		byte[] middle = HexFormat.of().parseHex(bytes);
		ByteArrayOutputStream body = new ByteArrayOutputStream();
		body.writeBytes(start);
		body.writeBytes(middle);
		body.writeBytes("\"}".getBytes(StandardCharsets.UTF_8));

		assertRefused(this.api.post(body.toByteArray(), Map.of()), 400, "BAD_REQUEST");
	}

	@Test
	void validUtf8OfEachLengthIsAccepted() {
		assertThat(post("{\"query\":\"{__typename} # \u00df \u20ac \ud83d\udc15 \udbff\udffd\"}").status())
			.isEqualTo(200);
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "", " ", ",", " , ,", "application/json,", ", application/json", "nonsense, application/json",
					"text/html;a=\"b, text/html\", application/json", "application/json;charset=\"UTF-8\"",
					"application/json; charset=utf8; q=.5", "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2" })
	void lenientAcceptHeaderYieldsJson(String accept) {
		Api.Response response = this.api.post(ME.getBytes(StandardCharsets.UTF_8), Map.of("Accept", accept));

		assertThat(response.status()).isEqualTo(200);
		assertThat(response.header("Content-Type")).isEqualTo("application/json;charset=utf-8");
	}

	@ParameterizedTest
	@CsvSource({ "'', 200", "',', 200", "identity, 200", "'identity, Identity', 200", "gzip, 415",
			"'identity, gzip', 415" })
	void onlyIdentityContentEncodingIsAccepted(String coding, int status) {
		assertThat(this.api.post(ME.getBytes(StandardCharsets.UTF_8), Map.of("Content-Encoding", coding)).status())
			.isEqualTo(status);
	}

	@Test
	void bodyWithInvalidUtf8NameIsRejected() {
		assertRefused(this.api.post(new byte[] { '{', '"', (byte) 0xc3, '"', '}' }, Map.of()), 400, "BAD_REQUEST");
	}

	@Test
	void excessivelyNestedBodyIsRejected() {
		assertRefused(post("{\"query\":\"{me{id}}\",\"variables\":{\"a\":" + "[".repeat(100_000)), 400, "BAD_REQUEST");
	}

	@ParameterizedTest
	@CsvSource({ "{, GRAPHQL_PARSE_FAILED", "{ nope }, GRAPHQL_VALIDATION_FAILED", "{ me }, GRAPHQL_VALIDATION_FAILED",
			"{ me(a: 1) { id } }, GRAPHQL_VALIDATION_FAILED",
			"{ me { id } } fragment A on User { ...A }, GRAPHQL_VALIDATION_FAILED",
			"query A { me { id } } query B { me { id } }, OPERATION_RESOLUTION_FAILURE",
			"fragment A on User { id }, GRAPHQL_VALIDATION_FAILED",
			"query ($a: ID!) { owner(id: $a) { id } }, BAD_USER_INPUT",
			"{ myOwners(first: 1.5) { totalCount } }, GRAPHQL_VALIDATION_FAILED",
			"{ owner(id: null) { id } }, GRAPHQL_VALIDATION_FAILED" })
	void invalidOperationIsRejectedBeforeExecution(String document, String code) {
		Api.Response response = this.api.execute(document);

		assertThat(response.status()).isEqualTo(400);
		assertThat(response.codes().getFirst()).isEqualTo(code);
		assertThat(response.json().has("data")).isFalse();
	}

	@Test
	void invalidDocumentIs200ForApplicationJson() {
		Api.Response response = this.api.post("{\"query\":\"{ nope }\"}".getBytes(StandardCharsets.UTF_8),
				Map.of("Accept", "application/json"));

		assertRefused(response, 200, "GRAPHQL_VALIDATION_FAILED");
		assertThat(response.header("Content-Type")).isEqualTo("application/json;charset=utf-8");
	}

	@Test
	void operationIsSelectedByName() {
		assertThat(post("{\"query\":\"query A { me { id } } query B { b: me { id } }\",\"operationName\":\"B\"}").data()
			.toString()).isEqualTo("{\"b\":null}");
		assertRefused(post("{\"query\":\"query A { me { id } }\",\"operationName\":\"B\"}"), 400,
				"OPERATION_RESOLUTION_FAILURE");
	}

	@Test
	void tooLargeDocumentIsRejected() {
		String padding = "#".repeat(900_000);
		Api.Response response = post("{\"query\":\"{ me { id } } " + padding + "\"}");
		assertRefused(response, 400, "OPERATION_TOO_COMPLEX");
		JsonNode extensions = response.json().at("/errors/0/extensions");
		assertThat(extensions.get("limit").asString()).isEqualTo("max-document-size");
		assertThat(extensions.get("value").asInt()).isEqualTo("{ me { id } } ".length() + padding.length());
		assertThat(extensions.get("max").asInt()).isEqualTo(100 * 1024);
	}

	@Test
	void tooLargeBodyIsRejected() {
		assertRefused(post("{\"query\":\"" + "a".repeat(10_000_000) + "\"}"), 413, "PAYLOAD_TOO_LARGE");
		assertRefused(post(ME + " ".repeat(1_048_577 - ME.length())), 413, "PAYLOAD_TOO_LARGE");
		assertThat(post(ME + " ".repeat(1_048_576 - ME.length())).status()).isEqualTo(200);
	}

	@ParameterizedTest
	@ValueSource(strings = { "text/plain", "application/graphql", "application/x-www-form-urlencoded", "nonsense",
			"application/json; charset=utf-16", "application/xml", "",
			"application/json; charset=utf-8; charset=utf-16", "application/json, application/json",
			"application/json; charset=\"utf-8", "*/*", "application/*" })
	void otherContentTypeIsRejected(String contentType) {
		assertRefused(this.api.post(ME.getBytes(StandardCharsets.UTF_8), Map.of("Content-Type", contentType)), 415,
				"UNSUPPORTED_MEDIA_TYPE");
	}

	@ParameterizedTest
	@ValueSource(strings = { "application/json", "application/json; charset=utf-8", "application/json;charset=UTF-8",
			"Application/JSON", "application/json;charset=\"utf-8\"", "application/json; charset=utf8",
			"application/json;", "application/json; charset=" })
	void jsonContentTypeIsAccepted(String contentType) {
		assertThat(this.api.post(ME.getBytes(StandardCharsets.UTF_8), Map.of("Content-Type", contentType)).status())
			.isEqualTo(200);
	}

	@ParameterizedTest
	@CsvSource({ "application/graphql-response+json, application/graphql-response+json",
			"application/json, application/json", "*/*, application/json", "application/*, application/json",
			"'application/graphql-response+json; charset=utf-8, application/json; charset=utf-8', application/graphql-response+json",
			"'application/json, application/graphql-response+json', application/graphql-response+json",
			"'application/json, text/plain, */*', application/json", "'*/*, application/json', application/json",
			"'application/graphql-response+json, application/json;q=0.9', application/graphql-response+json",
			"'application/json;q=0.5, application/graphql-response+json;q=0.4', application/json",
			"'*/*;q=0.1, application/graphql-response+json', application/graphql-response+json",
			"'application/json;q=0, */*', application/graphql-response+json", "nonsense, application/json",
			"text/html;q=2, application/json", "';, /, a/b;c', application/json",
			"'text/html, application/json;q=0.2', application/json" })
	void responseMediaTypeIsNegotiated(String accept, String contentType) {
		Api.Response response = this.api.post(ME.getBytes(StandardCharsets.UTF_8), Map.of("Accept", accept));

		assertThat(response.status()).isEqualTo(200);
		assertThat(response.header("Content-Type")).isEqualTo(contentType + ";charset=utf-8");
	}

	@ParameterizedTest
	@ValueSource(strings = { "text/html", "application/xml", "application/json;q=0", "nonsense, text/html",
			"application/json;charset=utf-16", "text/html;a=\"b, application/json\"" })
	void notAcceptableErrorIsJson(String accept) {
		assertRefused(this.api.post(ME.getBytes(StandardCharsets.UTF_8), Map.of("Accept", accept)), 406,
				"NOT_ACCEPTABLE");
	}

	@ParameterizedTest
	@ValueSource(strings = { "PUT", "DELETE", "PATCH", "QUERY", "get" })
	void otherMethodsAreRejected(String method) {
		Api.Response response = this.api.send(method, "/graphql", new byte[0], Map.of());

		assertRefused(response, 405, "METHOD_NOT_ALLOWED");
		assertThat(response.header("Allow")).isEqualTo("GET, HEAD, OPTIONS, POST");
	}

	@Test
	void optionsListsTheMethods() {
		Api.Response response = this.api.send("OPTIONS", "/graphql", new byte[0], Map.of());

		assertThat(response.status()).isEqualTo(204);
		assertThat(response.header("Allow")).isEqualTo("GET, HEAD, OPTIONS, POST");
		assertThat(response.header("Access-Control-Allow-Origin")).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"query\":\"{me{id}}\",\"query\":\"{me{id}}\"}",
			"{\"query\":\"{me{id}}\",\"variables\":{\"a\":1,\"a\":1}}", "{\"query\":\"{me{id}}\"} {}",
			"{\"query\":\"{me{id}}\"}]", "{\"query\":\"{me{id}}\",}", "{'query':'{me{id}}'}",
			"{\"query\":\"{me{id}}\",\"variables\":{\"a\":NaN}}", "{\"query\":\"{me{id}}\",\"variables\":{\"a\":01}}",
			"[{\"query\":\"{me{id}}\"}]", "[]", "{\"query\":\"PersistedQueryMarker\"}",
			"{\"extensions\":{\"persistedQuery\":\"x\"}}" })
	void ambiguousJsonIsRejected(String body) {
		Api.Response response = post(body);

		assertRefused(response, 400, "BAD_REQUEST");
		assertThat(response.body()).doesNotContain("Jackson", "Feature", "StreamRead", "Exception");
	}

	@Test
	void excessiveNumbersAndNestingAreRejected() {
		for (String value : new String[] { "9".repeat(1_001), "[".repeat(501) + "]".repeat(501),
				"{\"a\":".repeat(501) + "1" + "}".repeat(501), "\"" + "a".repeat(100) }) {
			Api.Response response = post("{\"query\":\"{me{id}}\",\"variables\":{\"a\":" + value + "}}");

			assertRefused(response, 400, "BAD_REQUEST");
			assertThat(response.body()).doesNotContain("StreamReadConstraints");
		}
		assertThat(
				post("{\"query\":\"{me{id}}\",\"variables\":{\"a\":1e999999999,\"b\":" + "9".repeat(999) + "}}").data()
					.toString())
			.isEqualTo("{\"me\":null}");
	}

	@Test
	void byteOrderMarkIsSkippedAndOtherEncodingsAreRejected() {
		byte[] me = ME.getBytes(StandardCharsets.UTF_8);
		byte[] marked = new byte[me.length + 3];
		System.arraycopy(new byte[] { (byte) 0xef, (byte) 0xbb, (byte) 0xbf }, 0, marked, 0, 3);
		System.arraycopy(me, 0, marked, 3, me.length);

		assertThat(this.api.post(marked, Map.of()).data().toString()).isEqualTo("{\"me\":null}");
		for (Charset charset : List.of(StandardCharsets.UTF_16, StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE,
				Charset.forName("UTF-32BE"), Charset.forName("UTF-32LE"))) {
			assertRefused(this.api.post(ME.getBytes(charset), Map.of()), 400, "BAD_REQUEST");
		}
	}

	@Test
	void compressedBodyIsRejected() {
		Api.Response response = this.api.post(ME.getBytes(StandardCharsets.UTF_8), Map.of("Content-Encoding", "gzip"));

		assertRefused(response, 415, "UNSUPPORTED_MEDIA_TYPE");
		assertThat(response.header("Accept-Encoding")).isEqualTo("identity");
	}

	@Test
	void unknownMembersAreIgnored() {
		assertThat(post("{\"query\":\"{me{id}}\",\"id\":1,\"extensions\":{\"a\":[{}]},\"operationName\":null}").data()
			.toString()).isEqualTo("{\"me\":null}");
	}

	@Test
	void postResponsesAreNotCached() {
		assertThat(post(ME).header("Cache-Control")).isEqualTo("no-store");
		assertThat(post("{").header("Cache-Control")).isEqualTo("no-store");
		assertThat(post(ME).header("ETag")).isEmpty();
	}

	@Test
	void unpairedSurrogatesAndNullCharactersAreClientErrors() {
		Api ann = this.api.signUp();
		for (String bad : new String[] { "\\ud800", "\\u0000", "\\udc00\\ud800" }) {
			for (String operation : new String[] {
					"query($v: String) { myOwners(filter: {name: {contains: $v}}) { totalCount } }",
					"query($v: String) { myDogs(filter: {breed: {eq: $v}}) { totalCount } }",
					"query($v: String!) { myDogs(filter: {name: {in: [$v]}}) { totalCount } }",
					"query($v: String) { myOwners(after: $v) { totalCount } }",
					"query($v: ID!) { owner(id: $v) { id } }", "query($v: ID!) { nodes(ids: [$v]) { id } }",
					"query($v: Date) { myDogs(filter: {birthDate: {gte: $v}}) { totalCount } }",
					"query($v: DateTime) { myDogs(filter: {createdAt: {lt: $v}}) { totalCount } }",
					"mutation($v: String!) { createOwner(input: {name: $v}) { owner { id } } }",
					"mutation($v: String!) { signup(input: {username: $v, email: $v, password: $v}) { tokenType } }" }) {
				Api.Response response = ann
					.post(("{\"query\":\"" + operation + "\",\"variables\":{\"v\":\"" + bad + "\"}}")
						.getBytes(StandardCharsets.UTF_8), Map.of());

				assertThat(response.codes()).as(operation + " with " + bad + ": " + response)
					.containsExactly("BAD_USER_INPUT");
			}
			Api.Response login = ann.post(
					("{\"query\":\"mutation($v: String!) { login(input: {username: $v, password: $v}) { tokenType } }\","
							+ "\"variables\":{\"v\":\"" + bad + "\"}}")
						.getBytes(StandardCharsets.UTF_8),
					Map.of());
			assertThat(login.codes()).as(login.toString()).containsExactly("UNAUTHENTICATED");
			assertThat(post("{\"query\":\"{ me { id " + bad + " } }\"}").codes())
				.containsExactly("GRAPHQL_PARSE_FAILED");
		}
		assertThat(ann.execute("{ myOwners { totalCount } }").data().at("/myOwners/totalCount").asInt()).isZero();
	}

}
