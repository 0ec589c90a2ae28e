package dev.kennel.graphql.document;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;

import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import dev.kennel.test.LiveClient;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** Automatic persisted queries, with the protocol of Apollo Client's link. */
@KennelTest
class PersistedQueryTests {

	private final Api api;

	private final DocumentCache cache;

	PersistedQueryTests(Api api, DocumentCache cache) {
		this.api = api;
		this.cache = cache;
	}

	private static String hash(String document) throws Exception {
		return HexFormat.of()
			.formatHex(MessageDigest.getInstance("SHA-256").digest(document.getBytes(StandardCharsets.UTF_8)));
	}

	private Api.Response send(@Nullable String document, Object persistedQuery) {
		Map<String, Object> body = new HashMap<>(Map.of("extensions", Map.of("persistedQuery", persistedQuery)));
		if (document != null) {
			body.put("query", document);
		}
		return post(this.api, body);
	}

	private static Map<String, Object> version1(String hash) {
		return Map.of("version", 1, "sha256Hash", hash);
	}

	/** Returns a document that has not been sent before. */
	private static String document() {
		return "query Q" + UUID.randomUUID().toString().replace("-", "") + " { me { username } }";
	}

	@Test
	void unknownHashIsFoundOnceItsDocumentHasBeenSent() throws Exception {
		String document = document();
		String hash = hash(document);

		Api.Response unknown = send(null, version1(hash));
		Api.Response sent = send(document, version1(hash));
		Api.Response known = send(null, version1(hash));

		assertThat(unknown.status()).isEqualTo(400);
		assertThat(unknown.body()).isEqualTo("{\"errors\":[{\"message\":\"PersistedQueryNotFound\","
				+ "\"extensions\":{\"code\":\"PERSISTED_QUERY_NOT_FOUND\"}}]}");
		assertThat(sent.data().toString()).isEqualTo("{\"me\":null}");
		assertThat(known.data().toString()).isEqualTo("{\"me\":null}");
	}

	@Test
	void hashMayComeWithVariablesAndOperationName() throws Exception {
		Api ann = this.api.signUp();
		String owner = ann.createOwner("Ann");
		String document = "query A($id: ID!) { owner(id: $id) { name } } query B { me { id } }";
		ann.execute("query C { __typename } " + document);
		assertThat(post(ann, document, null, owner).codes()).containsExactly("OPERATION_RESOLUTION_FAILURE");

		assertThat(post(ann, null, "A", owner, hash(document)).text("/owner/name")).isEqualTo("Ann");
	}

	private static Api.Response post(Api api, @Nullable String document, @Nullable String name, String id,
			String... hash) {
		Map<String, Object> body = new HashMap<>();
		if (document != null) {
			body.put("query", document);
		}
		if (name != null) {
			body.put("operationName", name);
		}
		body.put("variables", Map.of("id", id));
		if (hash.length > 0) {
			body.put("extensions", Map.of("persistedQuery", version1(hash[0])));
		}
		return post(api, body);
	}

	@Test
	void webSocketAndEventStreamAcceptHashes() throws Exception {
		Api ann = this.api.signUp();
		ann.createOwner("Ann");
		String document = document().replace("me { username }", "myOwners { nodes { name } }");
		ann.execute(document).data();
		Map<String, Object> payload = Map.of("extensions", Map.of("persistedQuery", version1(hash(document))));

		try (LiveClient live = LiveClient.connect(ann, Map.of("Authorization", "Bearer " + ann.token()), false)) {
			live.init(Map.of());
			live.send(Map.of("id", "1", "type", "subscribe", "payload", payload));
			assertThat(live.next(1, "/myOwners/nodes/0/name")).containsExactly("Ann");
		}
		assertThat(ann.post(new JsonMapper().writeValueAsBytes(payload), Map.of("Accept", "text/event-stream")).body())
			.contains("{\"data\":{\"myOwners\":{\"nodes\":[{\"name\":\"Ann\"}]}}}");
	}

	private static Api.Response post(Api api, Map<String, ?> body) {
		return api.post(new JsonMapper().writeValueAsBytes(body), Map.of());
	}

	@Test
	void documentIdIsFoundOnceItsDocumentHasBeenSent() throws Exception {
		String document = document();
		String id = "sha256:" + hash(document);

		Api.Response unknown = post(this.api, Map.of("documentId", id));
		Api.Response sent = post(this.api, Map.of("documentId", id, "query", document));
		Api.Response known = post(this.api, Map.of("documentId", id));

		assertThat(unknown).hasToString("400 {\"errors\":[{\"message\":\"PersistedQueryNotFound\","
				+ "\"extensions\":{\"code\":\"PERSISTED_QUERY_NOT_FOUND\"}}]}");
		assertThat(sent.data().toString()).isEqualTo("{\"me\":null}");
		assertThat(known.data().toString()).isEqualTo("{\"me\":null}");
		assertThat(post(this.api, Map.of("documentId", hash(document))).data().toString()).isEqualTo("{\"me\":null}");
		assertThat(post(this.api,
				Map.of("documentId", id, "extensions", Map.of("persistedQuery", version1(hash(document)))))
			.data()
			.toString()).isEqualTo("{\"me\":null}");
	}

	@Test
	void documentIdWorksOnEveryTransport() throws Exception {
		Api ann = this.api.signUp();
		ann.createOwner("Ann");
		String document = document().replace("me { username }", "myOwners { nodes { name } }");
		ann.execute(document).data();
		String result = "{\"data\":{\"myOwners\":{\"nodes\":[{\"name\":\"Ann\"}]}}}";
		String id = "sha256:" + hash(document);
		Map<String, Object> payload = Map.of("documentId", id);

		assertThat(ann.send("GET", "/graphql?documentId=" + id, new byte[0], Map.of()).body()).isEqualTo(result);
		assertThat(post(ann, payload).body()).isEqualTo(result);
		assertThat(ann.post(new JsonMapper().writeValueAsBytes(payload), Map.of("Accept", "text/event-stream")).body())
			.contains(result);
		try (LiveClient live = LiveClient.connect(ann, Map.of("Authorization", "Bearer " + ann.token()), false)) {
			live.init(Map.of());
			live.send(Map.of("id", "1", "type", "subscribe", "payload", payload));
			assertThat(live.next(1, "/myOwners/nodes/0/name")).containsExactly("Ann");
		}
	}

	@Test
	void mutationOfADocumentIdIsNotExecutedByGet() throws Exception {
		Api ann = this.api.signUp();
		String document = document().replace("query", "mutation")
			.replace("me { username }", "createOwner(input: {name: \"Ann\"}) { owner { id } }");
		ann.execute("{ __typename }" + document);
		ann.execute(document).data();

		Api.Response response = ann.send("GET", "/graphql?documentId=sha256:" + hash(document), new byte[0], Map.of());

		assertThat(response.status()).isEqualTo(405);
		assertThat(response.codes()).containsExactly("METHOD_NOT_ALLOWED");
		assertThat(ann.execute("{ myOwners { totalCount } }").data().toString())
			.isEqualTo("{\"myOwners\":{\"totalCount\":1}}");
	}

	@Test
	void documentIdOfAnotherDocumentIsRefusedAndNothingIsCached() throws Exception {
		String document = document();
		String other = "sha256:" + hash(document());

		assertThat(post(this.api, Map.of("documentId", other, "query", document)).codes())
			.containsExactly("BAD_USER_INPUT");
		assertThat(
				post(this.api,
						Map.of("documentId", other, "query", document, "extensions",
								Map.of("persistedQuery", version1(hash(document)))))
					.codes())
			.containsExactly("BAD_REQUEST");
		assertThat(post(this.api, Map.of("documentId", other)).codes()).containsExactly("PERSISTED_QUERY_NOT_FOUND");
		assertThat(post(this.api, Map.of("documentId", "sha256:" + hash(document))).codes())
			.containsExactly("PERSISTED_QUERY_NOT_FOUND");
	}

	@ParameterizedTest
	@ValueSource(strings = { "1", "[]", "{}", "\"\"", "true", "\"sha256:\"", "\"sha256:0\"",
			"\"sha256:000000000000000000000000000000000000000000000000000000000000000A\"" })
	void malformedDocumentIdIsRefused(String documentId) {
		for (String member : new String[] { "", "\"query\":\"{me{id}}\"," }) {
			Api.Response response = this.api
				.post(("{" + member + "\"documentId\":" + documentId + "}").getBytes(StandardCharsets.UTF_8), Map.of());
			assertThat(response.codes()).containsExactly("BAD_REQUEST");
			assertThat(response.status()).isEqualTo(400);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "a", "md5:b", "x-app:a", ":", "SHA256:0", "../../etc/passwd" })
	void unknownDocumentIdIsNotFound(String documentId) {
		assertThat(post(this.api, Map.of("documentId", documentId)).codes())
			.containsExactly("PERSISTED_QUERY_NOT_FOUND");
		assertThat(post(this.api, Map.of("documentId", documentId, "query", "{ me { id } }")).codes())
			.containsExactly("BAD_USER_INPUT");
	}

	@Test
	void hashOfAnotherDocumentIsRefusedAndNothingIsCached() throws Exception {
		String document = document();
		String other = document();

		Api.Response response = send(document, version1(hash(other)));

		assertThat(response.codes()).containsExactly("BAD_USER_INPUT");
		assertThat(response.json().at("/errors/0/message").asString()).isEqualTo("provided sha does not match query");
		assertThat(send(null, version1(hash(other))).codes()).containsExactly("PERSISTED_QUERY_NOT_FOUND");
		assertThat(send(null, version1(hash(document))).codes()).containsExactly("PERSISTED_QUERY_NOT_FOUND");
	}

	@Test
	void invalidDocumentsAreNotCached() throws Exception {
		long before = this.cache.size();
		for (String document : new String[] { "{ nope" + UUID.randomUUID().toString().charAt(0) + " }", "{",
				"{ __typename " + "@skip(if: true) ".repeat(60) + "}" }) {
			assertThat(send(document, version1(hash(document))).codes()).hasSize(1);
			assertThat(send(null, version1(hash(document))).codes()).containsExactly("PERSISTED_QUERY_NOT_FOUND");
		}
		assertThat(this.cache.size()).isEqualTo(before);
	}

	@ParameterizedTest
	@ValueSource(strings = { "{}", "{\"version\":2,\"sha256Hash\":\"a\"}", "{\"version\":\"1\",\"sha256Hash\":\"a\"}",
			"{\"version\":1}", "{\"version\":1,\"sha256Hash\":1}", "{\"version\":1,\"sha256Hash\":\"\"}" })
	void malformedExtensionIsRefused(String extension) {
		for (String member : new String[] { "", "\"query\":\"{me{id}}\"," }) {
			Api.Response response = this.api
				.post(("{" + member + "\"extensions\":{\"persistedQuery\":" + extension + "}}")
					.getBytes(StandardCharsets.UTF_8), Map.of());
			assertThat(response.codes()).containsExactly("BAD_REQUEST");
			assertThat(response.status()).isEqualTo(400);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "a", "../../etc/passwd", "zz",
			"0000000000000000000000000000000000000000000000000000000000000000" })
	void malformedHashIsNotFound(String hash) {
		assertThat(send(null, version1(hash)).codes()).containsExactly("PERSISTED_QUERY_NOT_FOUND");
		assertThat(send("{ me { id } }", version1(hash)).codes()).containsExactly("BAD_USER_INPUT");
	}

}
