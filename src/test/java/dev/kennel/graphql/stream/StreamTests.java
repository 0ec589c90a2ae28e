package dev.kennel.graphql.stream;

import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.sql.DataSource;

import dev.kennel.identity.AccountId;
import dev.kennel.identity.NodeId;
import dev.kennel.identity.NodeKind;
import dev.kennel.test.Api;
import dev.kennel.test.HeldRow;
import dev.kennel.test.KennelTest;
import dev.kennel.test.LiveClient;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@KennelTest
@TestPropertySource(properties = { "kennel.streams.heartbeat=200ms", "kennel.streams.max-per-account=3",
		"kennel.streams.max-per-connection=2", "kennel.streams.send-timeout=30s",
		"kennel.streams.connection-init-timeout=1s", "kennel.web.base-url=https://kennel.example.com",
		"kennel.web.cors.allowed-origins=https://app.example.com", "kennel.changes.max-backlog=5",
		"kennel.notifications.enabled=false", "kennel.changes.poll-interval=100ms",
		"kennel.streams.max-concurrent-operations=3", "kennel.streams.max-waiting-size=300B",
		"kennel.graphql.limits.deadline=5m" })
class StreamTests {

	private static final String CHANGES = "subscription { myChanges { cursor } }";

	private final Api api;

	private final StreamRegistry streams;

	private final DataSource dataSource;

	StreamTests(Api api, StreamRegistry streams, DataSource dataSource) {
		this.api = api;
		this.streams = streams;
		this.dataSource = dataSource;
	}

	/** A token that expires while its stream is open. */
	private static Api withExpiringToken(Api api) {
		return token(api, -2);
	}

	/** A token that expired some seconds ago. */
	private static Api token(Api api, int seconds) {
		String account = api.execute("{ me { id } }").text("/me/id");
		long now = Instant.now().getEpochSecond();
		String signed = base64("{\"typ\":\"at+jwt\",\"kid\":\"test\",\"alg\":\"HS256\"}") + "."
				+ base64("{\"iss\":\"kennel\",\"aud\":[\"kennel\"],\"sub\":\"" + account + "\",\"sid\":\""
						+ NodeKind.SESSION.id(UUID.randomUUID()) + "\",\"iat\":" + (now - 300) + ",\"exp\":"
						+ (now - seconds) + "}");
		return api.withToken(signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(sign(signed)));
	}

	private static String base64(String json) {
		return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.US_ASCII));
	}

	private static byte[] sign(String text) {
		try {
			Mac mac = Mac.getInstance("HmacSHA256");
			mac.init(new SecretKeySpec("a secret of tests, 256 bits long".getBytes(StandardCharsets.US_ASCII),
					"HmacSHA256"));
			return mac.doFinal(text.getBytes(StandardCharsets.US_ASCII));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void assertClosed(JsonNode end, int code, String reason) {
		assertThat(end.get("code").asInt()).isEqualTo(code);
		assertThat(end.get("reason").asString()).isEqualTo(reason);
	}

	@Test
	void expiredTokenClosesTheWebSocket() {
		Api ann = withExpiringToken(this.api.signUp());
		try (LiveClient live = LiveClient.webSocket(ann, CHANGES, Map.of())) {
			assertClosed(live.end(), 4403, "TOKEN_EXPIRED: The access token has expired.");
		}
	}

	@Test
	void expiredTokenEndsTheEventStreamWithAnError() {
		Api ann = withExpiringToken(this.api.signUp());
		try (LiveClient live = LiveClient.events(ann, CHANGES, Map.of())) {
			assertThat(live.next().json().at("/errors/0/extensions").toString())
				.isEqualTo("{\"code\":\"UNAUTHENTICATED\",\"reason\":\"TOKEN_EXPIRED\"}");
			assertThat(live.next().type()).isEqualTo("complete");
			assertThat(live.next().type()).isEqualTo("closed");
		}
	}

	@Test
	void revokedSessionEndsItsStreams() {
		Api ann = this.api.signUp();
		try (LiveClient webSocket = LiveClient.webSocket(ann, CHANGES, Map.of());
				LiveClient events = LiveClient.events(ann, CHANGES, Map.of())) {
			assertThat(events.await().type()).isEqualTo("heartbeat");
			ann.execute("mutation { logout { success } }").data();
			assertClosed(webSocket.end(), 4403, "SESSION_ENDED: The session has ended.");
			assertThat(events.next().json().at("/errors/0/extensions").toString())
				.isEqualTo("{\"code\":\"UNAUTHENTICATED\",\"reason\":\"SESSION_ENDED\"}");
			assertThat(events.next().type()).isEqualTo("complete");
		}
	}

	@Test
	void webSocketWithoutValidTokenIsClosed() {
		Api ann = this.api.signUp();
		Api loggedOut = this.api.signUp();
		loggedOut.execute("mutation { logout { success } }").data();
		String expired = "Bearer " + token(ann, 0).token();
		String revoked = "Bearer " + loggedOut.token();
		String valid = "Bearer " + ann.token();

		assertRefused("TOKEN_MISSING: There is no access token.", Map.of(), Map.of());
		for (String absent : List.of("", "Bearer ", "Basic dTpw")) {
			assertRefused("TOKEN_MISSING: There is no access token.", Map.of("Authorization", absent),
					Map.of("authorization", absent));
		}
		assertRefused("TOKEN_EXPIRED: The access token has expired.", Map.of(), Map.of("authorization", expired));
		assertRefused("TOKEN_EXPIRED: The access token has expired.", Map.of("Authorization", expired), Map.of());
		assertRefused("SESSION_ENDED: The session has ended.", Map.of(), Map.of("authorization", revoked));
		assertRefused("SESSION_ENDED: The session has ended.", Map.of("Authorization", revoked), Map.of());
		for (Object invalid : List.of("Bearer nonsense", expired + "x", 5, ann.token())) {
			assertRefused("TOKEN_INVALID: The access token is not valid.", Map.of(), Map.of("authorization", invalid));
		}
		assertRefused("TOKEN_INVALID: The access token is not valid.", Map.of("Authorization", valid + "x"), Map.of());
		assertRefused("TOKEN_INVALID: The access token is not valid.", Map.of(),
				Map.of("authorization", valid, "Authorization", valid));
		// The first message takes precedence over the handshake.
		assertRefused("TOKEN_EXPIRED: The access token has expired.", Map.of("Authorization", valid),
				Map.of("authorization", expired));
	}

	private void assertRefused(String reason, Map<String, String> handshake, Map<String, ?> payload) {
		try (LiveClient live = LiveClient.connect(this.api, handshake, false)) {
			live.init(payload);
			assertClosed(live.end(), 4403, reason);
		}
	}

	@Test
	void errorOnAWebSocketHasAReason() {
		String name = "w" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);
		Api ann = this.api.signUp(name);
		for (var refused : Map
			.of("mutation { login(input: {username: \"" + name + "\", password: \"wrong\"}) { accessToken } }",
					"INVALID_CREDENTIALS", "mutation { refreshSession { accessToken } }", "TOKEN_MISSING",
					"mutation { refreshSession(input: {refreshToken: \"x\"}) { accessToken } }", "TOKEN_INVALID")
			.entrySet()) {
			try (LiveClient live = LiveClient.webSocket(ann, refused.getKey(), Map.of())) {
				assertThat(live.next().json().at("/errors/0/extensions").toString())
					.isEqualTo("{\"code\":\"UNAUTHENTICATED\",\"reason\":\"" + refused.getValue() + "\"}");
			}
		}
	}

	@Test
	void tokenOfTheFirstMessageOrTheHandshakeAuthenticates() {
		Api ann = this.api.signUp();
		ann.createOwner("Ann");
		for (boolean handshake : List.of(true, false)) {
			try (LiveClient live = LiveClient.connect(ann,
					handshake ? Map.of("Authorization", "Bearer " + ann.token()) : Map.of(), false)) {
				live.init(handshake ? Map.of("authorization", "") : Map.of("aUTHORIZATION", "bEARER " + ann.token()));
				live.subscribe("a \"quoted\" id", "{ myOwners { nodes { name } } }", Map.of());
				assertThat(live.next(1, "/myOwners/nodes/0/name")).containsExactly("Ann");
			}
		}
	}

	@Test
	void connectionInitTimeoutClosesTheWebSocket() {
		try (LiveClient live = LiveClient.connect(this.api, Map.of(), false)) {
			assertClosed(live.end(), 4408, "Connection initialisation timeout");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "nonsense", "[]", "{\"type\":\"dance\"}", "{\"id\":\"1\",\"type\":\"subscribe\"}",
			"{\"id\":\"1\",\"type\":\"subscribe\",\"payload\":5}",
			"{\"id\":\"1\",\"id\":\"2\",\"type\":\"subscribe\",\"payload\":{\"query\":\"{ __typename }\"}}",
			"{\"type\":\"ping\",\"type\":\"pong\"}", "{\"type\":\"ping\"}{}", "{\"type\":\"ping\",\"payload\":[]}",
			"{\"id\":\"1\",\"type\":\"subscribe\",\"payload\":{\"query\":\"{ __typename }\",\"query\":\"{ a }\"}}",
			"{\"type\":\"connection_ack\"}", "{'type':'ping'}",
			"{\"id\":5,\"type\":\"subscribe\",\"payload\":{\"query\":\"{ __typename }\"}}",
			"{\"id\":\"\",\"type\":\"subscribe\",\"payload\":{\"query\":\"{ __typename }\"}}",
			"{\"type\":\"complete\"}" })
	void invalidMessageClosesTheWebSocket(String message) {
		Api ann = this.api.signUp();
		try (LiveClient live = LiveClient.connect(ann, Map.of(), false)) {
			live.init(Map.of("authorization", "Bearer " + ann.token()));
			live.send(message);
			JsonNode end = live.end();
			assertThat(end.get("code").asInt()).isEqualTo(4400);
			assertThat(end.get("reason").asString()).startsWith("Invalid message: ")
				.doesNotContain("Jackson", "Exception");
		}
	}

	@Test
	void excessiveNestingClosesTheWebSocket() {
		Api ann = this.api.signUp();
		try (LiveClient live = LiveClient.connect(ann, Map.of(), false)) {
			live.init(Map.of("authorization", "Bearer " + ann.token()));
			live.send(
					"{\"id\":\"1\",\"type\":\"subscribe\",\"payload\":{\"query\":\"{ __typename }\",\"variables\":{\"a\":"
							+ "[".repeat(501) + "]".repeat(501) + "}}}");
			assertThat(live.end().get("code").asInt()).isEqualTo(4400);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "{}", "{\"query\":7}", "{\"query\":\"\"}", "{\"query\":\"  \"}",
			"{\"query\":\"PersistedQueryMarker\"}", "{\"query\":\"{ __typename }\",\"variables\":5}",
			"{\"query\":\"{ __typename }\",\"variables\":[]}", "{\"query\":\"{ __typename }\",\"operationName\":{}}",
			"{\"query\":\"{ __typename }\",\"extensions\":\"\"}" })
	void invalidRequestEndsOnlyItsOperation(String payload) {
		Api ann = this.api.signUp();
		try (LiveClient live = LiveClient.connect(ann, Map.of(), false)) {
			live.init(Map.of("authorization", "Bearer " + ann.token()));
			live.send("{\"id\":\"\u00e9\",\"type\":\"subscribe\",\"payload\":" + payload + "}");

			LiveClient.Event refused = live.next();
			assertThat(refused.message())
				.startsWith("{\"id\":\"\\u00E9\",\"type\":\"error\",\"payload\":[{\"message\":\"");
			assertThat(refused.json().at("/0/extensions").toString()).isEqualTo("{\"code\":\"BAD_REQUEST\"}");
			live.subscribe("\u00e9", "{ __typename }", Map.of());
			assertThat(live.next(1, "/__typename")).containsExactly("Query");
		}
	}

	@Test
	void subscribeBeforeAcknowledgementClosesTheWebSocket() {
		try (LiveClient live = LiveClient.connect(this.api, Map.of(), false)) {
			live.subscribe("1", "{ __typename }", Map.of());
			assertClosed(live.end(), 4401, "Unauthorized");
		}
	}

	@Test
	void secondInitialisationClosesTheWebSocket() {
		Api ann = this.api.signUp();
		try (LiveClient live = LiveClient.connect(ann, Map.of(), false)) {
			live.init(Map.of("authorization", "Bearer " + ann.token()));
			live.init(Map.of("authorization", "Bearer " + ann.token()));
			assertClosed(live.end(), 4429, "Too many initialisation requests");
		}
	}

	@Test
	void messagesHaveExactlyTheMembersOfTheProtocol() {
		Api ann = this.api.signUp();
		try (LiveClient live = LiveClient.webSocket(ann, "{ __typename }", Map.of())) {
			assertThat(live.acknowledgement()).isEqualTo("{\"type\":\"connection_ack\"}");
			assertThat(live.next().message())
				.isEqualTo("{\"id\":\"1\",\"type\":\"next\",\"payload\":{\"data\":{\"__typename\":\"Query\"}}}");
			assertThat(live.next().message()).isEqualTo("{\"id\":\"1\",\"type\":\"complete\"}");
			live.send("{\"type\":\"ping\",\"payload\":{\"a\":1}}");
			assertThat(live.next().message()).isEqualTo("{\"type\":\"pong\"}");
			live.send("{\"type\":\"pong\"}");
			assertThat(live.await().message()).isEqualTo("{\"type\":\"ping\"}");
		}
	}

	/** Blocks all further writes of an account. */
	private HeldRow blockWrites(Api account) throws SQLException {
		account.createOwner("First");
		return new HeldRow(this.dataSource, "SELECT 1 FROM change_versions WHERE user_id = ? FOR UPDATE",
				account(account).value());
	}

	private static String createOwner(String name) {
		return "mutation { createOwner(input: {name: \"" + name + "\"}) { owner { name } } }";
	}

	@Test
	void longOperationDoesNotBlockItsConnection() throws SQLException {
		Api ann = this.api.signUp();
		try (HeldRow row = blockWrites(ann);
				LiveClient live = LiveClient.webSocket(ann, createOwner("Ann"), Map.of())) {
			row.awaitWaiter("%change_versions%");
			live.send(Map.of("type", "ping"));
			assertThat(live.next().type()).isEqualTo("pong");
			live.subscribe("2", "{ myOwners { totalCount } }", Map.of());
			assertThat(live.next(1, "/myOwners/totalCount")).containsExactly("1");
			assertThat(live.next().message()).isEqualTo("{\"id\":\"2\",\"type\":\"complete\"}");
			row.commit();
			assertThat(live.next(1, "/createOwner/owner/name")).containsExactly("Ann");
			assertThat(live.next().message()).isEqualTo("{\"id\":\"1\",\"type\":\"complete\"}");
		}
	}

	@Test
	void completedQueryIsCancelled() throws SQLException {
		Api ann = this.api.signUp();
		try (HeldRow table = blockWrites(ann)) {
			table.execute("LOCK TABLE users IN ACCESS EXCLUSIVE MODE");
			try (LiveClient live = LiveClient.webSocket(ann, "{ me { username } }", Map.of())) {
				table.awaitWaiter("%FROM users%");
				live.send(Map.of("id", "1", "type", "complete"));
				table.awaitNoWaiter("%FROM users%");
				live.subscribe("1", "{ __typename }", Map.of());
				assertThat(live.next().message())
					.isEqualTo("{\"id\":\"1\",\"type\":\"next\",\"payload\":{\"data\":{\"__typename\":\"Query\"}}}");
			}
		}
	}

	@Test
	void queryOfALostConnectionIsCancelled() throws SQLException {
		Api ann = this.api.signUp();
		try (HeldRow table = blockWrites(ann)) {
			table.execute("LOCK TABLE users IN ACCESS EXCLUSIVE MODE");
			try (LiveClient live = LiveClient.webSocket(ann, "{ me { username } }", Map.of())) {
				assertThat(live.acknowledgement()).isNotEmpty();
				table.awaitWaiter("%FROM users%");
			}
			table.awaitNoWaiter("%FROM users%");
		}
	}

	@Test
	void completedMutationFinishesWithoutSendingItsResult() throws SQLException {
		Api ann = this.api.signUp();
		try (HeldRow row = blockWrites(ann);
				LiveClient live = LiveClient.webSocket(ann, createOwner("Ann"), Map.of())) {
			row.awaitWaiter("%change_versions%");
			live.send(Map.of("id", "1", "type", "complete"));
			live.subscribe("2", "{ __typename }", Map.of());
			assertThat(live.next(1, "/__typename")).containsExactly("Query");
			assertThat(live.next().message()).isEqualTo("{\"id\":\"2\",\"type\":\"complete\"}");
			row.commit();
			assertOwnersAfterwards(ann, row);
			// Heartbeats show that no other message was sent.
			for (int i = 0; i < 3; i++) {
				assertThat(live.await().type()).isEqualTo("ping");
			}
		}
	}

	@Test
	void mutationOfALostConnectionFinishes() throws SQLException {
		Api ann = this.api.signUp();
		AccountId account = account(ann);
		try (HeldRow row = blockWrites(ann)) {
			try (LiveClient live = LiveClient.webSocket(ann, createOwner("Ann"), Map.of())) {
				assertThat(live.acknowledgement()).isNotEmpty();
				row.awaitWaiter("%change_versions%");
			}
			while (this.streams.hasOpenStream(account)) {
				Thread.onSpinWait();
			}
			row.commit();
			assertOwnersAfterwards(ann, row);
		}
	}

	/** Waits for pending writes by another write of the account. */
	private static void assertOwnersAfterwards(Api account, HeldRow row) throws SQLException {
		row.awaitNoWaiter("%change_versions%");
		account.createOwner("Last");
		assertThat(account.execute("{ myOwners { nodes { name } } }").texts("/myOwners/nodes", "name"))
			.containsExactlyInAnyOrder("First", "Ann", "Last");
	}

	private static AccountId account(Api api) {
		return new AccountId(NodeId.parse(api.execute("{ me { id } }").text("/me/id")).orElseThrow().uuid());
	}

	/** Three operations run concurrently here, and 300 characters may be queued. */
	@Test
	void operationsAreQueuedUpToTheLimit() throws SQLException {
		Api ann = this.api.signUp();
		try (HeldRow row = blockWrites(ann); LiveClient live = LiveClient.webSocket(ann, createOwner("1"), Map.of())) {
			live.subscribe("2", createOwner("2"), Map.of());
			live.subscribe("3", createOwner("3"), Map.of());
			live.subscribe("4", createOwner("4"), Map.of());
			live.subscribe("5", createOwner("5"), Map.of());
			live.subscribe("6", createOwner("6".repeat(50)), Map.of());
			LiveClient.Event refused = live.next();
			assertThat(refused.message()).startsWith("{\"id\":\"6\",\"type\":\"error\",");
			assertThat(refused.json().at("/0/extensions").toString())
				.isEqualTo("{\"code\":\"RATE_LIMITED\",\"retryAfter\":30}");
			live.send(Map.of("id", "4", "type", "complete"));
			live.send(Map.of("type", "ping"));
			assertThat(live.next().type()).isEqualTo("pong");
			row.commit();
			Set<String> names = new TreeSet<>();
			for (int i = 0; i < 8; i++) {
				LiveClient.Event event = live.next();
				if (event.type().equals("next")) {
					names.add(event.json().at("/data/createOwner/owner/name").asString());
				}
			}
			assertThat(names).containsExactly("1", "2", "3", "5");
			assertThat(ann.execute("{ myOwners { totalCount } }").text("/myOwners/totalCount")).isEqualTo("5");
		}
	}

	@Test
	void crossOriginWebSocketIsRejected() {
		assertThatExceptionOfType(CompletionException.class)
			.isThrownBy(() -> LiveClient.connect(this.api, Map.of("Origin", "https://evil.example.com"), false))
			.havingCause()
			.isInstanceOfSatisfying(WebSocketHandshakeException.class,
					(refused) -> assertThat(refused.getResponse().statusCode()).isEqualTo(403));
		LiveClient.connect(this.api, Map.of("Origin", "https://app.example.com"), false).close();
		LiveClient.connect(this.api, Map.of("Origin", this.api.uri("").toString()), false).close();
		LiveClient.connect(this.api, Map.of("Origin", "https://kennel.example.com"), false).close();
	}

	@ParameterizedTest
	@CsvSource({ "'{', GRAPHQL_PARSE_FAILED", "{ nothing }, GRAPHQL_VALIDATION_FAILED" })
	void invalidOperationIsAnErrorMessage(String document, String code) {
		Api ann = this.api.signUp();
		try (LiveClient live = LiveClient.webSocket(ann, document, Map.of())) {
			LiveClient.Event event = live.next();
			assertThat(event.type()).isEqualTo("error");
			assertThat(event.json().at("/0/extensions/code").asString()).isEqualTo(code);
			// The id is reusable, and no other message was sent.
			live.subscribe("1", "{ __typename }", Map.of());
			assertThat(live.next(1, "/__typename")).containsExactly("Query");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { CHANGES, "{ __typename }" })
	void duplicateIdClosesTheWebSocket(String document) {
		Api ann = this.api.signUp();
		try (LiveClient live = LiveClient.webSocket(ann, CHANGES, Map.of())) {
			live.subscribe("1", document, Map.of());
			assertClosed(live.end(), 4409, "Subscriber for 1 already exists");
		}
	}

	@Test
	void idIsReusableAfterItsOperationHasEnded() {
		Api ann = this.api.signUp();
		try (LiveClient live = LiveClient.webSocket(ann, CHANGES, Map.of())) {
			live.send(Map.of("id", "1", "type", "complete"));
			for (int i = 0; i < 3; i++) {
				live.subscribe("1", "{ __typename }", Map.of());
				assertThat(live.next().type()).isEqualTo("next");
				assertThat(live.next().type()).isEqualTo("complete");
			}
		}
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "graphql-ws", "chat" })
	void unsupportedSubprotocolClosesTheWebSocket(@Nullable String protocol) {
		try (LiveClient live = LiveClient.connect(this.api, Map.of(), false, protocol)) {
			assertClosed(live.end(), 4406, "Subprotocol not acceptable");
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "text/event-stream | text/event-stream", "text/event-stream, application/json | application/json",
					"application/json;q=0.5, text/event-stream | text/event-stream",
					"text/event-stream;q=0.1, application/json | application/json",
					"application/json, text/event-stream | application/json",
					"*/*, text/event-stream | application/json",
					"application/graphql-response+json, application/json, text/event-stream, multipart/mixed "
							+ "| application/graphql-response+json" })
	void queryIsAnEventStreamIfPreferredAndSubscriptionIfAccepted(String accept, String mediaType) {
		Api ann = this.api.signUp();

		Api.Response response = ann.execute("{ __typename }", Map.of(), Map.of("Accept", accept));

		assertThat(response.status()).isEqualTo(200);
		assertThat(response.header("Content-Type")).isEqualTo(mediaType + ";charset=utf-8");
		assertThat(ann
			.execute("subscription { myChanges(after: \"nonsense\") { cursor } }", Map.of(), Map.of("Accept", accept))
			.header("Content-Type")).isEqualTo("text/event-stream;charset=utf-8");
	}

	@Test
	void queryAsEventStreamDoesNotCountAsAStream() {
		Api ann = this.api.signUp();
		try (LiveClient first = LiveClient.events(ann, CHANGES, Map.of());
				LiveClient second = LiveClient.events(ann, CHANGES, Map.of());
				LiveClient third = LiveClient.events(ann, CHANGES, Map.of());
				LiveClient query = LiveClient.events(ann, "{ __typename }", Map.of())) {
			assertThat(List.of(first.await().type(), second.await().type(), third.await().type()))
				.containsOnly("heartbeat");
			assertThat(query.next(1, "/__typename")).containsExactly("Query");
		}
	}

	@Test
	void eventStreamReportsTheReasonOfARefusedToken() {
		Api ann = this.api.signUp();
		Map<String, Api> refused = Map.of("TOKEN_MISSING", this.api, "TOKEN_INVALID", this.api.withToken("nonsense"),
				"TOKEN_EXPIRED", token(ann, 0), "SESSION_ENDED", ann);
		ann.execute("mutation { logout { success } }").data();

		refused.forEach((reason,
				client) -> assertThat(client.execute(CHANGES, Map.of(), Map.of("Accept", "text/event-stream")).body())
					.contains("\"extensions\":{\"code\":\"UNAUTHENTICATED\",\"reason\":\"" + reason + "\"}"));
	}

	@Test
	void heartbeatsAreSent() {
		Api ann = this.api.signUp();
		try (LiveClient webSocket = LiveClient.webSocket(ann, CHANGES, Map.of());
				LiveClient events = LiveClient.events(ann, CHANGES, Map.of())) {
			assertThat(webSocket.await().type()).isEqualTo("ping");
			assertThat(events.await().type()).isEqualTo("heartbeat");
		}
	}

	@Test
	void streamsOfAnAccountAreLimited() {
		Api ann = this.api.signUp();
		Api bob = this.api.signUp();
		try (LiveClient first = LiveClient.events(ann, CHANGES, Map.of());
				LiveClient second = LiveClient.webSocket(ann, CHANGES, Map.of());
				LiveClient third = LiveClient.events(ann, CHANGES, Map.of());
				LiveClient bobsStream = LiveClient.events(bob, CHANGES, Map.of())) {
			assertThat(second.await().type()).isEqualTo("ping");
			assertThat(third.await().type()).isEqualTo("heartbeat");
			try (LiveClient fourth = LiveClient.events(ann, CHANGES, Map.of());
					LiveClient fifth = LiveClient.webSocket(ann, CHANGES, Map.of())) {
				JsonNode error = fourth.next().json().at("/errors/0/extensions");
				assertThat(error.get("code").asString()).isEqualTo("RATE_LIMITED");
				assertThat(error.get("retryAfter").asInt()).isEqualTo(30);
				assertClosed(fifth.end(), 1013, "The account has too many streams open.");
			}
			assertThat(bobsStream.await().type()).isEqualTo("heartbeat");
			// Ending a stream releases its slot.
			ann.execute("mutation { logout { success } }").data();
			first.end();
		}
	}

	@Test
	void subscriptionsOfAWebSocketAreLimited() {
		Api ann = this.api.signUp();
		try (LiveClient live = LiveClient.webSocket(ann, CHANGES, Map.of())) {
			live.subscribe("2", CHANGES, Map.of());
			live.subscribe("3", CHANGES, Map.of());
			LiveClient.Event refused = live.next();
			assertThat(refused.type()).isEqualTo("error");
			assertThat(refused.json().at("/0/extensions/code").asString()).isEqualTo("RATE_LIMITED");
			// They start concurrently: any of them may exceed the limit.
			boolean second = refused.message().startsWith("{\"id\":\"2\",");
			live.send(Map.of("id", second ? "3" : "2", "type", "complete"));
			live.subscribe("4", "subscription ($after: String) { myChanges(after: $after) { cursor } }",
					Map.of("after", ann.execute("{ myChangesCursor }").text("/myChangesCursor")));
			ann.createOwner("Ann");
			assertThat(live.next(2, "/myChanges/cursor")).hasSize(2);
		}
	}

	@Test
	void queriesAndMutationsAreExecutedOverStreams() {
		Api ann = this.api.signUp();
		try (LiveClient events = LiveClient.events(ann,
				"mutation { createOwner(input: {name: \"Ann\"}) { owner { name } } }", Map.of());
				LiveClient webSocket = LiveClient.webSocket(ann, "{ myOwners { totalCount } }", Map.of())) {
			assertThat(events.next(1, "/createOwner/owner/name")).containsExactly("Ann");
			assertThat(events.next().type()).isEqualTo("complete");
			assertThat(webSocket.next(1, "/myOwners/totalCount")).containsExactly("1");
			assertThat(webSocket.next().type()).isEqualTo("complete");
		}
	}

	@Test
	void changesArriveWithoutNotifications() {
		Api ann = this.api.signUp();
		// Notifications are disabled for this instance.
		try (LiveClient live = LiveClient.webSocket(ann, CHANGES, Map.of())) {
			assertThat(live.await().type()).isEqualTo("ping");
			ann.createOwner("Ann");
			assertThat(live.next(1, "/myChanges/cursor")).hasSize(1);
		}
	}

	@Test
	void clientThatDoesNotReadIsDisconnected() {
		Api ann = this.api.signUp();
		AccountId account = account(ann);
		String owner = ann.execute(
				"mutation ($dogs: [NewDogInput!]) { createOwner(input: {name: \"Ann\", dogs: $dogs}) { owner { id } } }",
				Map.of("dogs", IntStream.range(0, 100).mapToObj((i) -> Map.of("name", "x".repeat(100))).toList()))
			.text("/createOwner/owner/id");
		// Events of half a megabyte, so that a few of them fill the socket buffers.
		StringBuilder large = new StringBuilder("subscription { myChanges { cursor node { ... on Owner {");
		for (int i = 0; i < 40; i++) {
			large.append(" a" + i + ": dogs(first: 200) { nodes { name } }");
		}
		large.append(" } } } }");
		try (LiveClient live = LiveClient.connect(ann, Map.of(), true)) {
			live.init(Map.of("authorization", "Bearer " + ann.token()));
			// Reads the acknowledgement, and nothing after it.
			live.read(1);
			live.subscribe("1", large.toString(), Map.of());
			int changes = 0;
			do {
				changes++;
				assertThat(changes).as("The stream is still open").isLessThan(2000);
				ann.execute(
						"mutation ($id: ID!, $name: String) { updateOwner(input: {id: $id, name: $name}) { owner { id } } }",
						Map.of("id", owner, "name", "Ann " + changes))
					.data();
			}
			while (changes < 10 || this.streams.hasOpenStream(account));
			live.read(Long.MAX_VALUE);
			assertClosed(live.end(), 1013, "The stream has fallen too far behind. Connect again, and resume.");
		}
	}

}
