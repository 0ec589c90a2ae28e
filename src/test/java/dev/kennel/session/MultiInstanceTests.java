package dev.kennel.session;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

import javax.sql.DataSource;

import dev.kennel.identity.NodeId;
import dev.kennel.session.token.TestKeys;
import dev.kennel.test.Api;
import dev.kennel.test.Instance;
import dev.kennel.test.KennelTest;
import dev.kennel.test.LiveClient;
import dev.kennel.test.SqlRecorder;
import dev.kennel.test.TestMail;
import dev.kennel.throttle.SmallBuckets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Three instances on one database: the one of all tests; a second one with its own
 * signing key; and a third one with the cookie driver, which receives no notifications.
 */
@KennelTest
class MultiInstanceTests {

	private static final String RSA = TestKeys.rsa(2_048);

	private static @Nullable Instance second;

	private static @Nullable Instance third;

	private final Api api;

	private final Environment environment;

	private final JdbcClient jdbc;

	private final DataSource dataSource;

	private final SqlRecorder sql;

	private final String name = "i" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);

	private Api ann;

	MultiInstanceTests(Api api, Environment environment, JdbcClient jdbc, DataSource dataSource, SqlRecorder sql) {
		this.sql = sql;
		this.api = api;
		this.environment = environment;
		this.jdbc = jdbc;
		this.dataSource = dataSource;
		this.ann = api;
	}

	@BeforeEach
	void signUp() {
		this.ann = this.api.signUp(this.name);
	}

	@AfterAll
	static void close() {
		if (second != null) {
			second.close();
		}
		if (third != null) {
			third.close();
		}
	}

	private Instance second() {
		if (second == null) {
			second = Instance.beside(this.environment,
					Map.of("kennel.auth.keys[0].id", "new", "kennel.auth.keys[0].algorithm", "ES256",
							"kennel.auth.keys[0].secret", "", "kennel.auth.keys[0].private-key", TestKeys.P256,
							"kennel.auth.keys[1].id", "test", "kennel.auth.keys[1].secret",
							this.environment.getRequiredProperty("kennel.auth.keys[0].secret"),
							"kennel.auth.keys[2].id", "rsa", "kennel.auth.keys[2].algorithm", "RS256",
							"kennel.auth.keys[2].private-key", RSA, "kennel.changes.poll-interval", "1h"));
		}
		return second;
	}

	private Instance third() {
		if (third == null) {
			third = Instance.beside(this.environment,
					Map.of("kennel.auth.driver", "cookie", "kennel.notifications.enabled", "false"));
		}
		return third;
	}

	private Api atThird(String accessToken) {
		return third().api().withHeaders(Map.of("Cookie", "__Host-kennel-access=" + accessToken));
	}

	private static boolean isSignedIn(Api client) {
		return client.execute("{ me { id } }").codes().isEmpty();
	}

	private static void awaitSignedOut(Api client) {
		TestMail.await(() -> isSignedIn(client), (signedIn) -> !signedIn);
	}

	private String login() {
		return this.api
			.execute("mutation ($input: LoginInput!) { login(input: $input) { accessToken } }",
					Map.of("input", Map.of("username", this.name, "password", Api.PASSWORD)))
			.text("/login/accessToken");
	}

	/** The operations that revoke the other session, or both. */
	enum End {

		LOGOUT((test) -> test.other("mutation { logout { success } }", Map.of())),

		REVOKE((test) -> test.ann
			.execute("mutation ($id: ID!) { revokeSession(input: { id: $id }) { revokedSessionId } }",
					Map.of("id", test.session(test.otherToken)))
			.data()),

		REVOKE_OTHERS((test) -> test.ann.execute("mutation { revokeOtherSessions { revokedCount } }").data()),

		CHANGE_PASSWORD((test) -> test.ann
			.execute("mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { user { id } } }",
					Map.of("input",
							Map.of("currentPassword", Api.PASSWORD, "newPassword", "a quite different sentence")))
			.data()),

		RESET_PASSWORD((test) -> {
			test.api.execute(
					"mutation ($input: RequestPasswordResetInput!) { requestPasswordReset(input: $input) { success } }",
					Map.of("input", Map.of("email", test.name + "@example.com")))
				.data();
			test.api
				.execute("mutation ($input: ResetPasswordInput!) { resetPassword(input: $input) { success } }",
						Map.of("input", Map.of("token", TestMail.awaitToken(test.name + "@example.com", 1),
								"newPassword", "a quite different sentence")))
				.data();
		}),

		DELETE_ME((test) -> test.ann
			.execute("mutation ($input: DeleteMeInput!) { deleteMe(input: $input) { deletedUserId } }",
					Map.of("input", Map.of("password", Api.PASSWORD)))
			.data());

		private final Consumer<MultiInstanceTests> act;

		End(Consumer<MultiInstanceTests> act) {
			this.act = act;
		}

	}

	private String otherToken = "";

	private void other(String document, Map<String, ?> variables) {
		this.api.withToken(this.otherToken).execute(document, variables).data();
	}

	private String session(String token) {
		for (var session : this.api.withToken(token)
			.execute("{ me { sessions { id current } } }")
			.data()
			.at("/me/sessions")) {
			if (session.get("current").asBoolean()) {
				return session.get("id").asString();
			}
		}
		throw new AssertionError("No session");
	}

	@ParameterizedTest
	@EnumSource
	void revocationOnOneInstanceAppliesToAll(End end) {
		this.otherToken = login();
		Api here = this.api.withToken(this.otherToken);
		Api there = second().api().withToken(this.otherToken);
		Api unnotified = atThird(this.otherToken);
		assertThat(List.of(here, there, unnotified)).allMatch(MultiInstanceTests::isSignedIn);

		end.act.accept(this);

		assertThat(isSignedIn(here)).isFalse();
		awaitSignedOut(there);
		awaitSignedOut(unnotified);
	}

	@Test
	void cookiesAreSetOverServerSentEvents() {
		Api.Response response = third().api()
			.execute("mutation ($input: LoginInput!) { login(input: $input) { accessToken } }",
					Map.of("input", Map.of("username", this.name, "password", Api.PASSWORD)),
					Map.of("Accept", "text/event-stream"));

		assertThat(response.header("Content-Type")).isEqualTo("text/event-stream;charset=utf-8");
		assertThat(cookies(response)).containsOnlyKeys("__Host-kennel-access", "__Host-kennel-refresh",
				"__Host-kennel-device");
	}

	/** Also of a write before LISTEN takes effect. The second instance does not poll. */
	@Test
	void changeByAnotherInstanceArrivesWithoutPolling() {
		Api there = second().api().withToken(this.ann.token());

		try (LiveClient stream = LiveClient.events(there,
				"subscription { myChanges { node { ... on Owner { name } } } }", Map.of())) {
			for (int i = 1; i <= 20; i++) {
				this.ann.createOwner("Owner " + i);
				assertThat(stream.next(1, "/myChanges/node/name")).containsExactly("Owner " + i);
			}
		}
	}

	@Test
	void notificationAloneRevokesSession() {
		Api there = second().api().withToken(this.ann.token());
		assertThat(isSignedIn(there)).isTrue();
		UUID session = NodeId.parse(session(this.ann.token())).orElseThrow().uuid();

		// Nothing is written, so that polling does not find it.
		this.jdbc.sql("SELECT pg_notify('kennel_sessions_revoked', ?)").param(session.toString()).query((row) -> {
		});

		awaitSignedOut(there);
		awaitSignedOut(this.ann);
	}

	@Test
	void revocationWithoutNotificationIsPolled() {
		Api there = second().api().withToken(this.ann.token());
		assertThat(isSignedIn(there)).isTrue();

		// No notification is sent.
		this.jdbc
			.sql("INSERT INTO session_revocations (user_id, session_id, revoked_at) "
					+ "SELECT user_id, sessions.id, clock_timestamp() FROM sessions "
					+ "JOIN users ON users.id = user_id WHERE username = ?")
			.param(this.name)
			.update();

		awaitSignedOut(there);
		awaitSignedOut(this.ann);
	}

	@Test
	void eachRevocationIsPublishedOutsideOfItsTransaction() throws SQLException {
		try (Connection connection = this.dataSource.getConnection();
				Statement statement = connection.createStatement()) {
			statement.execute("LISTEN kennel_sessions_revoked");
			UUID session = NodeId.parse(session(this.ann.token())).orElseThrow().uuid();
			assertThat(this.sql.record(() -> this.ann.execute("mutation { logout { success } }").data())).isNotEmpty()
				.noneMatch((sent) -> sent.toLowerCase(java.util.Locale.ROOT).contains("notify"));

			Set<String> heard = new HashSet<>();
			TestMail.await(() -> {
				try {
					PGNotification[] notifications = connection.unwrap(PGConnection.class).getNotifications(50);
					for (PGNotification notification : notifications) {
						heard.add(notification.getParameter());
					}
					return heard;
				}
				catch (SQLException ex) {
					throw new IllegalStateException(ex);
				}
			}, (all) -> all.contains(session.toString()));
			statement.execute("UNLISTEN *");
		}
	}

	@Test
	void startingInstanceLoadsEarlierRevocations() {
		String token = this.ann.token();
		this.ann.execute("mutation { logout { success } }").data();

		// With its first response, before it polls for revocations.
		List<String> first = new ArrayList<>();
		Instance
			.beside(this.environment, Map.of("kennel.notifications.enabled", "false"),
					(fourth) -> first.addAll(fourth.withToken(token).execute("{ me { id } }").reasons()))
			.close();

		assertThat(first).containsExactly("UNAUTHENTICATED SESSION_ENDED");
	}

	@Test
	void signingKeyRotationKeepsSessions() {
		assertThat(isSignedIn(second().api().withToken(this.ann.token()))).isTrue();
		String token = second().api()
			.execute("mutation ($input: LoginInput!) { login(input: $input) { accessToken } }",
					Map.of("input", Map.of("username", this.name, "password", Api.PASSWORD)))
			.text("/login/accessToken");

		assertThat(isSignedIn(second().api().withToken(token))).isTrue();
		// This instance does not have the new key yet.
		assertThat(isSignedIn(this.api.withToken(token))).isFalse();
	}

	@Test
	void publicKeysArePublishedAndSecretsAreNot() {
		Api.Response keys = second().api().send("GET", "/.well-known/jwks.json", new byte[0], Map.of("Accept", "*/*"));

		assertThat(keys.status()).isEqualTo(200);
		assertThat(keys.header("Content-Type")).isEqualTo("application/json");
		assertThat(keys.header("Cache-Control")).isEqualTo("max-age=300, public");
		assertThat(keys.json().get("keys")).hasSize(2);
		assertThat(keys.json().at("/keys/0").propertyNames()).containsExactlyInAnyOrder("kty", "crv", "x", "y", "kid",
				"alg", "use");
		assertThat(keys.json().at("/keys/0/kid").asString()).isEqualTo("new");
		assertThat(keys.json().at("/keys/0/alg").asString()).isEqualTo("ES256");
		assertThat(keys.json().at("/keys/1").propertyNames()).containsExactlyInAnyOrder("kty", "n", "e", "kid", "alg",
				"use");
		assertThat(
				this.api.send("GET", "/.well-known/jwks.json", new byte[0], Map.of("Accept", "*/*")).json().toString())
			.isEqualTo("{\"keys\":[]}");
	}

	@Test
	void publicKeyIsNotAcceptedAsAnHmacSecret() {
		String claims = this.ann.token().split("\\.")[1];
		var encoder = java.util.Base64.getUrlEncoder().withoutPadding();
		for (String kid : List.of("rsa", "new")) {
			String header = encoder.encodeToString(("{\"typ\":\"at+jwt\",\"alg\":\"HS256\",\"kid\":\"" + kid + "\"}")
				.getBytes(java.nio.charset.StandardCharsets.UTF_8));
			byte[] signature = TestKeys.hmac(TestKeys.publicKey(RSA), header + "." + claims);
			assertThat(isSignedIn(
					second().api().withToken(header + "." + claims + "." + encoder.encodeToString(signature))))
				.isFalse();
		}
	}

	// Cookies

	private Api.Response loginAtThird(Map<String, String> headers) {
		return third().api()
			.withHeaders(headers)
			.execute(
					"mutation ($input: LoginInput!) { login(input: $input) "
							+ "{ accessToken refreshToken tokenType session { current } } }",
					Map.of("input", Map.of("username", this.name, "password", Api.PASSWORD)));
	}

	/** Returns the cookies of a response that a browser would store. */
	private static Map<String, String> cookies(Api.Response response) {
		Map<String, String> cookies = new HashMap<>();
		response.headers("Set-Cookie").forEach((cookie) -> {
			String[] pair = cookie.split(";", 2)[0].split("=", 2);
			cookies.put(pair[0], pair[1]);
		});
		return cookies;
	}

	private static Api with(Api client, Map<String, String> cookies) {
		return client.withHeaders(Map.of("Cookie", String.join("; ",
				cookies.entrySet().stream().map((it) -> it.getKey() + "=" + it.getValue()).toList())));
	}

	@Test
	void cookiesCarryTheTokensAndThePayloadHasNone() {
		Api.Response response = loginAtThird(Map.of());

		assertThat(response.data().toString()).isEqualTo("{\"login\":{\"accessToken\":null,\"refreshToken\":null,"
				+ "\"tokenType\":\"Cookie\",\"session\":{\"current\":true}}}");
		List<String> cookies = response.headers("Set-Cookie");
		assertThat(cookies).hasSize(3);
		assertThat(cookies.get(0)).matches("__Host-kennel-access=[A-Za-z0-9._-]+; Path=/; Max-Age=\\d+; "
				+ "Expires=[^;]+; Secure; HttpOnly; SameSite=Lax");
		assertThat(cookies.get(1)).matches("__Host-kennel-refresh=[A-Za-z0-9_-]+; Path=/; Max-Age=\\d+; "
				+ "Expires=[^;]+; Secure; HttpOnly; SameSite=Lax");
		assertThat(cookies.get(2)).matches("__Host-kennel-device=[A-Za-z0-9._-]+; Path=/; Max-Age=31536000; "
				+ "Expires=[^;]+; Secure; HttpOnly; SameSite=Lax");
		assertThat(with(third().api(), cookies(response)).execute("{ me { username } }").text("/me/username"))
			.isEqualTo(this.name);
	}

	@Test
	void deviceCookieOutlivesSessionAndPermitsFurtherAttempts() {
		Map<String, String> cookies = cookies(loginAtThird(Map.of()));
		Map<String, String> device = Map.of("__Host-kennel-device", cookies.get("__Host-kennel-device"));
		Api.Response loggedOut = with(third().api(), cookies).execute("mutation { logout { success } }");
		assertThat(cookies(loggedOut)).doesNotContainKey("__Host-kennel-device");
		SmallBuckets.exhaustName(this.dataSource, this.name);
		String login = "mutation ($input: LoginInput!) { login(input: $input) { deviceToken } }";
		Map<String, String> input = Map.of("username", this.name, "password", Api.PASSWORD);
		Map<String, String> withToken = Map.of("username", this.name, "password", Api.PASSWORD, "deviceToken",
				String.valueOf(device.get("__Host-kennel-device")));

		assertThat(third().api().execute(login, Map.of("input", input)).codes()).containsExactly("RATE_LIMITED");
		assertThat(third().api().execute(login, Map.of("input", withToken)).codes()).containsExactly("RATE_LIMITED");
		assertThat(with(third().api(), device).execute(login, Map.of("input", input)).data().toString())
			.isEqualTo("{\"login\":{\"deviceToken\":null}}");
	}

	@Test
	void cookieDriverIgnoresAuthorizationHeader() {
		String token = String.valueOf(cookies(loginAtThird(Map.of())).get("__Host-kennel-access"));

		assertThat(third().api().withToken(token).execute("{ me { id } }").data().toString())
			.isEqualTo("{\"me\":null}");
	}

	@Test
	void sessionIsRefreshedByCookie() {
		Map<String, String> first = cookies(loginAtThird(Map.of()));

		Api.Response response = with(third().api(), first).execute("mutation { refreshSession { tokenType } }");

		Map<String, String> second = cookies(response);
		assertThat(second.keySet()).containsExactlyInAnyOrder("__Host-kennel-access", "__Host-kennel-refresh");
		assertThat(second.get("__Host-kennel-refresh")).isNotEqualTo(first.get("__Host-kennel-refresh"));
		assertThat(with(third().api(), second).execute("{ me { username } }").text("/me/username"))
			.isEqualTo(this.name);
	}

	@Test
	void invalidRefreshCookieIsCleared() {
		Api.Response response = with(third().api(), Map.of("__Host-kennel-refresh", "dead"))
			.execute("mutation { refreshSession { tokenType } }");

		assertThat(response.codes()).containsExactly("UNAUTHENTICATED");
		assertThat(response.headers("Set-Cookie"))
			.allMatch((cookie) -> cookie.contains("=; ") && cookie.contains("Max-Age=0"))
			.hasSize(2);
	}

	@Test
	void logoutWithExpiredAccessTokenClearsCookiesAndRevokesSession() {
		Map<String, String> cookies = cookies(loginAtThird(Map.of()));
		Map<String, String> expired = new HashMap<>(cookies);
		// As if its key were removed.
		expired.computeIfPresent("__Host-kennel-access", (cookie, token) -> token + "x");

		Api.Response response = with(third().api(), expired).execute("mutation { logout { success } }");

		assertThat(response.data().toString()).isEqualTo("{\"logout\":{\"success\":true}}");
		assertThat(response.headers("Set-Cookie")).hasSize(2).allMatch((cookie) -> cookie.contains("Max-Age=0"));
		assertThat(with(third().api(), cookies).execute("{ me { id } }").codes()).containsExactly("UNAUTHENTICATED");
		assertThat(with(third().api(), cookies).execute("mutation { refreshSession { tokenType } }").codes())
			.containsExactly("UNAUTHENTICATED");
	}

	@Test
	void logoutWithInvalidRefreshTokenRevokesSessionOfAccessToken() {
		Map<String, String> cookies = cookies(loginAtThird(Map.of()));
		Map<String, String> bad = new HashMap<>(cookies);
		bad.put("__Host-kennel-refresh", "nonsense");

		assertThat(with(third().api(), bad).execute("mutation { logout { success } }").text("/logout/success"))
			.isEqualTo("true");

		assertThat(with(third().api(), cookies).execute("{ me { id } }").codes()).containsExactly("UNAUTHENTICATED");
		bad.put("__Host-kennel-access", "nonsense");
		Api.Response unauthenticated = with(third().api(), bad).execute("mutation { logout { success } }");
		assertThat(unauthenticated.codes()).containsExactly("UNAUTHENTICATED");
		assertThat(unauthenticated.headers("Set-Cookie")).hasSize(2).allMatch((cookie) -> cookie.contains("Max-Age=0"));
	}

	/** A sibling host could have set the cookie. */
	@Test
	void refreshCookieOfEarlierVersionsIsClearedAndNotRead() {
		Map<String, String> cookies = cookies(loginAtThird(Map.of()));
		String refreshToken = String.valueOf(cookies.remove("__Host-kennel-refresh"));
		cookies.put("__Secure-kennel-refresh", refreshToken);

		Api.Response refused = with(third().api(), cookies).execute("mutation { refreshSession { tokenType } }");

		assertThat(refused.reasons()).containsExactly("UNAUTHENTICATED TOKEN_MISSING");
		assertThat(refused.headers("Set-Cookie")).hasSize(3).allMatch((cookie) -> cookie.contains("Max-Age=0"));
		assertThat(refused.headers("Set-Cookie").get(2)).matches("__Secure-kennel-refresh=; Path=/graphql; "
				+ "Max-Age=0; Expires=[^;]+; Secure; HttpOnly; SameSite=Lax");
		Api.Response login = loginAtThird(Map.of("Cookie", "__Secure-kennel-refresh=" + refreshToken));
		assertThat(login.headers("Set-Cookie")).hasSize(4)
			.satisfiesOnlyOnce((cookie) -> assertThat(cookie).matches(
					"__Secure-kennel-refresh=; Path=/graphql; Max-Age=0; Expires=[^;]+; Secure; HttpOnly; SameSite=Lax"));
		// The session stays valid, with the cookies that were set.
		cookies.put("__Host-kennel-refresh", refreshToken);
		assertThat(with(third().api(), cookies).execute("mutation { refreshSession { tokenType } }").codes()).isEmpty();
	}

	@Test
	void crossSiteRequestsOfBrowsersAreRefused() throws Exception {
		Map<String, String> cookies = cookies(loginAtThird(Map.of()));
		Api browser = with(third().api(), cookies);
		byte[] body = "{\"query\":\"mutation { logout { success } }\"}"
			.getBytes(java.nio.charset.StandardCharsets.UTF_8);
		for (Map<String, String> forged : List.of(Map.of("Sec-Fetch-Site", "cross-site"),
				Map.of("Sec-Fetch-Site", "same-site"),
				Map.of("Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"),
				Map.of("Origin", "https://evil.example"), Map.of("Origin", "null"),
				Map.of("Origin", "http://localhost:1"),
				Map.of("Sec-Fetch-Site", "same-origin", "Origin", "https://evil.example"),
				Map.of("Content-Type", "text/plain"), Map.of("Content-Type", "application/x-www-form-urlencoded"),
				Map.of("Content-Type", "multipart/form-data; boundary=x"),
				Map.of("Content-Type", "text/plain; application/json"))) {
			Api.Response response = browser.post(body, forged);
			assertThat(response.status()).as(forged.toString()).isEqualTo(403);
			assertThat(response.codes()).containsExactly("FORBIDDEN");
			assertThat(response.headers("Set-Cookie")).isEmpty();
		}
		// Another encoding of the path is another path.
		assertThat(browser.send("POST", "/%67raphql", body, Map.of("Origin", "https://evil.example")).status())
			.isEqualTo(404);
		java.net.http.HttpResponse<String> get = get(
				third().api().uri("/graphql?query=mutation%7Blogout%7Bsuccess%7D%7D"), cookies);
		assertThat(get.statusCode()).isEqualTo(403);

		assertThat(browser.execute("{ me { username } }").text("/me/username")).isEqualTo(this.name);
		for (Map<String, String> own : List.of(Map.of("Sec-Fetch-Site", "same-origin"),
				Map.of("Origin", third().api().uri("").toString()), Map.of("Origin", "http://localhost:8080"),
				Map.of("Sec-Fetch-Site", "cross-site", "Origin", "http://localhost:8080"))) {
			assertThat(browser
				.post("{\"query\":\"{ me { username } }\"}".getBytes(java.nio.charset.StandardCharsets.UTF_8), own)
				.text("/me/username")).as(own.toString()).isEqualTo(this.name);
		}
	}

	private static java.net.http.HttpResponse<String> get(URI uri, Map<String, String> cookies) throws Exception {
		try (HttpClient client = HttpClient.newHttpClient()) {
			return client.send(HttpRequest.newBuilder(uri)
				.header("Cookie", "__Host-kennel-access=" + cookies.get("__Host-kennel-access"))
				.build(), BodyHandlers.ofString());
		}
	}

	@Test
	void getRequestExecutesNoMutation() {
		Api.Response response = with(third().api(), cookies(loginAtThird(Map.of()))).send("GET",
				"/graphql?query=mutation%7Blogout%7Bsuccess%7D%7D", new byte[0],
				Map.of("Apollo-Require-Preflight", "true"));

		assertThat(response.status()).isEqualTo(405);
		assertThat(response.headers("Set-Cookie")).isEmpty();
	}

}
