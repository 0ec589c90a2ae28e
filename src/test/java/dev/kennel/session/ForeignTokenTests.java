package dev.kennel.session;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import dev.kennel.identity.NodeId;
import dev.kennel.session.token.DeviceTokenCodec;
import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import dev.kennel.test.LiveClient;
import dev.kennel.test.TestMail;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Invalid texts for each token, cursor and id, over each transport: each is refused with
 * the code of its kind, and none causes an internal error or a change.
 */
@KennelTest
class ForeignTokenTests {

	/** Escapes unpaired surrogates, as a client may. */
	private static final JsonMapper JSON = JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

	private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

	private final Api api;

	private final DeviceTokenCodec devices;

	private final JdbcClient jdbc;

	private final String name = "f" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);

	private Api ann;

	private String refreshToken = "";

	private String deviceToken = "";

	ForeignTokenTests(Api api, DeviceTokenCodec devices, JdbcClient jdbc) {
		this.api = api;
		this.devices = devices;
		this.jdbc = jdbc;
		this.ann = api;
	}

	@BeforeEach
	void signUp() {
		Api.Response response = this.api.execute(
				"mutation ($input: SignupInput!) { signup(input: $input) { accessToken refreshToken deviceToken } }",
				Map.of("input",
						Map.of("username", this.name, "email", this.name + "@example.com", "password", Api.PASSWORD)));
		this.ann = this.api.withToken(response.text("/signup/accessToken"));
		this.refreshToken = response.text("/signup/refreshToken");
		this.deviceToken = response.text("/signup/deviceToken");
	}

	/** Returns texts that a header can carry, most of them as long as the token. */
	private static List<String> headerTexts(String own) {
		int length = own.length();
		List<String> texts = new ArrayList<>();
		for (String filler : List.of("A", "_", "=", ".", "/", "+", "%", "~")) {
			texts.add(filler.repeat(length));
		}
		texts.addAll(List.of("A".repeat(length - 2) + "==", "A".repeat(length - 1) + "=", "=" + own.substring(1),
				own + "=", own + "==", own + ".", own + "A", "." + own, own.substring(1), own.substring(0, length - 1),
				own.substring(0, length - 1) + "=", own.substring(0, length / 2) + "=" + own.substring(length / 2 + 1),
				own.substring(0, length / 2) + "+" + own.substring(length / 2 + 1), own.replaceAll("[A-Za-z0-9]", "x"),
				new StringBuilder(own).reverse().toString(), "null", "undefined", "a.b.c", "e30.e30.e30", "{}", "-1"));
		texts.remove(own);
		return texts;
	}

	/** Returns further texts that JSON can carry. */
	private static List<String> texts(String own) {
		int length = own.length();
		List<String> texts = headerTexts(own);
		for (String filler : List.of("\0", "\n", "ä", "Ā", "\ud800", "\udc00", "\u200b", "𝐀")) {
			texts.add(filler.repeat(length / filler.length()));
			texts.add(own.substring(0, length - filler.length()) + filler);
			texts.add(filler + own.substring(filler.length()));
		}
		texts.addAll(
				List.of("", " ", "A".repeat(100_000), own.substring(0, length / 2) + "\n" + own.substring(length / 2)));
		return texts;
	}

	/** Returns another encoding of the same bytes: the unused bits of a part are set. */
	private static List<String> otherTextsOf(String jwt) {
		List<String> texts = new ArrayList<>();
		String[] parts = jwt.split("\\.");
		for (int i = 0; i < parts.length; i++) {
			String part = parts[i];
			int last = ALPHABET.indexOf(part.charAt(part.length() - 1));
			List<String> others = new ArrayList<>();
			if (part.length() % 4 != 0) {
				others.add(part.substring(0, part.length() - 1) + ALPHABET.charAt(last + 1));
				others.add(part + "=".repeat(4 - part.length() % 4));
			}
			for (String other : others) {
				assertThat(Base64.getUrlDecoder().decode(other)).isEqualTo(Base64.getUrlDecoder().decode(part));
				String[] changed = parts.clone();
				changed[i] = other;
				texts.add(String.join(".", changed));
			}
		}
		assertThat(texts).isNotEmpty();
		return texts;
	}

	/** Headers that a client can forge. */
	private static List<String> oddHeaders(String jwt) {
		String[] parts = jwt.split("\\.");
		List<String> texts = new ArrayList<>();
		for (String header : List.of("{}", "[]", "null", "1", "\"\"", "{\"alg\":\"none\"}", "{\"alg\":null}",
				"{\"alg\":1,\"typ\":{},\"kid\":[]}", "{\"alg\":\"HS256\",\"typ\":\"at+jwt\",\"kid\":\"\"}",
				"{\"alg\":\"HS256\",\"typ\":\"at+jwt\",\"kid\":7}",
				"{\"alg\":\"RS256\",\"typ\":\"at+jwt\",\"kid\":\"k\"}", "{\"alg\":\"HS256\",\"alg\":\"none\"}",
				"{\"alg\":\"HS256\",\"zip\":\"DEF\"}", "{\"alg\":\"HS256\",\"b64\":false,\"crit\":[\"b64\"]}",
				"{\"alg\":\"HS256\",\"crit\":1}", "{\"alg\":\"HS256\",\"jwk\":{\"kty\":\"oct\",\"k\":\"AA\"}}",
				"{\"alg\":\"HS256\",\"jwk\":[]}", "{\"alg\":\"HS256\",\"x5c\":[\"AA\"]}",
				"{\"alg\":\"HS256\",\"x5u\":\"::\"}", "{\"alg\":\"HS256\",\"x5t\":1}",
				"{\"alg\":\"dir\",\"enc\":\"A256GCM\"}", "{\"alg\":\"HS256\"", "[".repeat(2_000), "\u0000",
				"{\"alg\":\"HS256\",\"p2c\":1e999999999}")) {
			texts.add(Base64.getUrlEncoder().withoutPadding().encodeToString(header.getBytes(StandardCharsets.UTF_8))
					+ "." + parts[1] + "." + parts[2]);
		}
		return texts;
	}

	private static String shown(String text) {
		return (text.length() <= 500) ? text : text.substring(0, 500) + "…";
	}

	private static Api.Response send(Api client, String document, Map<String, ?> variables) {
		return client.post(JSON.writeValueAsString(Map.of("query", document, "variables", variables))
			.getBytes(StandardCharsets.US_ASCII), Map.of());
	}

	/** Returns the rows of the account, without the last use. */
	private String rows() {
		return this.jdbc.sql("""
				SELECT (SELECT users::text FROM users WHERE username = ?) || coalesce(string_agg(s.id::text
				  || s.token_hash::text, ' ' ORDER BY s.id), '-') FROM sessions s JOIN users u ON u.id = s.user_id
				WHERE u.username = ?""").params(this.name, this.name).query(String.class).single();
	}

	private static List<String> accessTexts(String own) {
		List<String> texts = headerTexts(own);
		texts.addAll(otherTextsOf(own));
		texts.addAll(oddHeaders(own));
		return texts;
	}

	@Test
	void invalidAccessTokensInHeaderAreUnauthenticated() {
		for (String text : accessTexts(this.ann.token())) {
			assertThat(this.api.withToken(text).execute("{ me { id } }").reasons()).as(shown(text))
				.containsExactly("UNAUTHENTICATED TOKEN_INVALID");
		}
		assertThat(this.ann.execute("{ me { username } }").text("/me/username")).isEqualTo(this.name);
	}

	@Test
	void invalidAccessTokensOnWebSocketAreUnauthenticated() {
		List<String> all = accessTexts(this.ann.token());
		all.addAll(List.of("", "\0", "\n", "ä".repeat(300), "\u200b", "𝐀"));
		for (String text : all) {
			try (LiveClient live = LiveClient.connect(this.api, Map.of(), false)) {
				live.init(Map.of("Authorization", "Bearer " + text));
				// The scheme alone is not a token.
				assertThat(live.end().path("reason").asString()).as(shown(text))
					.startsWith(text.isBlank() ? "TOKEN_MISSING: " : "TOKEN_INVALID: ");
			}
		}
	}

	@Test
	void invalidRefreshTokensAreUnauthenticated() {
		String before = rows();
		List<String> all = texts(this.refreshToken);
		all.add(this.ann.token());
		all.add(this.deviceToken);
		for (String text : all) {
			Api.Response response = send(this.api,
					"mutation ($input: RefreshSessionInput!) { refreshSession(input: $input) { tokenType } }",
					Map.of("input", Map.of("refreshToken", text)));
			// A well-formed token is of an unknown session.
			assertThat(response.reasons()).as(shown(text))
				.containsExactly(text.matches("[A-Za-z0-9_-]{128}") ? "UNAUTHENTICATED SESSION_ENDED"
						: "UNAUTHENTICATED TOKEN_INVALID");
		}
		assertThat(rows()).isEqualTo(before);
	}

	@Test
	void invalidDeviceTokensAreIgnored() {
		List<String> all = texts(this.deviceToken);
		all.addAll(otherTextsOf(this.deviceToken));
		all.addAll(oddHeaders(this.deviceToken));
		all.add(this.ann.token());
		for (String text : all) {
			assertThat(this.devices.verify(text)).as(shown(text)).isNull();
		}
		assertThat(this.devices.verify(this.deviceToken)).isNotNull();
		for (String text : List.of("", "\0", "\ud800", "A".repeat(100_000), this.deviceToken + "=")) {
			assertThat(send(this.api, "mutation ($input: LoginInput!) { login(input: $input) { tokenType } }",
					Map.of("input", Map.of("username", this.name, "password", Api.PASSWORD, "deviceToken", text)))
				.codes()).as(shown(text)).isEmpty();
		}
	}

	@ParameterizedTest
	@CsvSource({ "VerifyEmailInput, verifyEmail", "ResetPasswordInput, resetPassword",
			"RestoreEmailInput, restoreEmail" })
	void invalidOneTimeTokensAreRefused(String type, String field) {
		this.ann.execute("mutation { requestEmailVerification { success } }").data();
		String own = TestMail.awaitToken(this.name + "@example.com", 1);
		assertThat(own).matches("[A-Za-z0-9_-]{64}");
		String before = rows();
		for (String text : texts(own)) {
			Map<String, String> input = field.equals("resetPassword")
					? Map.of("token", text, "newPassword", "a quite different sentence") : Map.of("token", text);
			Api.Response response = send(this.api,
					"mutation ($input: %s!) { %s(input: $input) { __typename } }".formatted(type, field),
					Map.of("input", input));
			assertThat(response.codes()).as(shown(text)).containsExactly("BAD_USER_INPUT");
			assertThat(response.violations()).as(shown(text)).containsExactly("input.token INVALID_TOKEN");
		}
		assertThat(rows()).isEqualTo(before);
		assertThat(this.api
			.execute("mutation ($input: VerifyEmailInput!) { verifyEmail(input: $input) { user { username } } }",
					Map.of("input", Map.of("token", own)))
			.text("/verifyEmail/user/username")).isEqualTo(this.name);
	}

	@ParameterizedTest
	@ValueSource(strings = { "myOwners", "myDogs", "myOwners(orderBy: { field: NAME })" })
	void invalidCursorsAreRefused(String list) {
		this.ann.createDog(this.ann.createOwner("Ada"), "Rex");
		String arguments = list.contains("(") ? list.replace(")", ", %s: $cursor)") : list + "(%s: $cursor)";
		String own = this.ann.execute("{ " + list + " { pageInfo { endCursor } } }")
			.text("/" + list.replaceFirst("\\(.*", "") + "/pageInfo/endCursor");
		for (String text : texts(own)) {
			for (String argument : List.of("after", "before")) {
				Api.Response response = send(this.ann,
						"query ($cursor: String) { " + arguments.formatted(argument) + " { totalCount } }",
						Map.of("cursor", text));
				assertThat(response.codes()).as(shown(text)).containsExactly("BAD_USER_INPUT");
				assertThat(response.violations()).as(shown(text)).containsExactly(argument + " CURSOR");
			}
		}
		assertThat(this.ann
			.execute("query ($cursor: String) { " + arguments.formatted("after") + " { nodes { id } } }",
					Map.of("cursor", own))
			.codes()).isEmpty();
	}

	@Test
	void invalidFeedCursorsAreRefused() {
		String document = "subscription ($after: String) { myChanges(after: $after) { cursor } }";
		String own = this.ann.execute("{ myChangesCursor }").text("/myChangesCursor");
		try (LiveClient live = LiveClient.connect(this.ann, Map.of(), false)) {
			live.init(Map.of("Authorization", "Bearer " + this.ann.token()));
			for (String text : texts(own)) {
				if (text.length() > 10_000) {
					// Exceeds the message size, which closes the WebSocket.
					continue;
				}
				live.send(JSON.writeValueAsString(Map.of("id", "1", "type", "subscribe", "payload",
						Map.of("query", document, "variables", Map.of("after", text)))));
				LiveClient.Event event = live.next();
				assertThat(event.type()).as(shown(text)).isEqualTo("error");
				assertThat(event.json().at("/0/extensions/code").asString()).as(shown(text))
					.isEqualTo("BAD_USER_INPUT");
				assertThat(event.json().at("/0/extensions/violations/0/code").asString()).as(shown(text))
					.isEqualTo("CURSOR");
			}
		}
	}

	/** The fields with an id, and its kind. */
	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "query ($id: ID!) { node(id: $id) { id } }|", "query ($id: ID!) { nodes(ids: [$id]) { id } }|",
					"query ($id: ID!) { owner(id: $id) { id } }|own", "query ($id: ID!) { dog(id: $id) { id } }|dog",
					"query ($id: ID!) { myDogs(filter: { ownerId: $id }) { totalCount } }|own",
					"mutation ($id: ID!) { createDog(input: { ownerId: $id, name: \"Rex\" }) { dog { id } } }|own",
					"mutation ($id: ID!) { updateDog(input: { id: $id, name: \"Rex\" }) { dog { id } } }|dog",
					"mutation ($id: ID!) { deleteDog(input: { id: $id }) { deletedDogId } }|dog",
					"mutation ($id: ID!) { updateOwner(input: { id: $id, name: \"Ada\" }) { owner { id } } }|own",
					"mutation ($id: ID!) { deleteOwner(input: { id: $id }) { deletedOwnerId } }|own",
					"mutation ($id: ID!) { revokeSession(input: { id: $id }) { revokedSessionId } }|ses" })
	void otherIdsAreRefusedOrUnknown(String document, String kind) {
		String owner = this.ann.createOwner("Ada");
		String dog = this.ann.createDog(owner, "Rex");
		String session = this.ann.execute("{ me { sessions { id } } }").text("/me/sessions/0/id");
		String before = rows();
		for (String own : List.of(owner, dog, session)) {
			for (String text : texts(own)) {
				assertThat(NodeId.parse(text)).as(shown(text)).isEmpty();
				Api.Response response = send(this.ann, document, Map.of("id", text));
				assertThat(response.codes()).as(shown(text)).containsExactly("BAD_USER_INPUT");
				assertThat(response.violations()).as(shown(text)).hasSize(1).first().asString().endsWith(" ID");
			}
			if (kind != null && !own.startsWith(kind)) {
				assertThat(send(this.ann, document, Map.of("id", own)).violations()).as(own).hasSize(1);
			}
		}
		assertThat(rows()).isEqualTo(before);
		assertThat(this.ann.execute("{ myDogs { nodes { id owner { id } } } }").data().toString())
			.isEqualTo("{\"myDogs\":{\"nodes\":[{\"id\":\"" + dog + "\",\"owner\":{\"id\":\"" + owner + "\"}}]}}");
	}

}
