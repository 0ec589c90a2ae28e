package dev.kennel.session;

import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import javax.sql.DataSource;

import dev.kennel.factor.Authenticator;
import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import dev.kennel.test.LiveClient;
import dev.kennel.test.SqlRecorder;
import dev.kennel.test.TestMail;
import dev.kennel.throttle.SmallBuckets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Cookies without a prefix, as on a localhost without TLS, where a sibling host can plant
 * others. {@link MultiInstanceTests} tests the prefix.
 */
@KennelTest
@TestPropertySource(properties = { "kennel.auth.driver=cookie", "kennel.auth.cookie-secure=false",
		"kennel.graphql.batching.max-size=3" })
class CookieTests {

	private static final String REFRESH = "mutation { refreshSession { tokenType } }";

	private static final String LOGOUT = "mutation { logout { success } }";

	private static final String ME = "{ me { username } }";

	private static final String LOGIN = "mutation ($input: LoginInput!) { login(input: $input) { tokenType } }";

	private static final String DELETE_ME = "mutation ($input: DeleteMeInput!) { deleteMe(input: $input) { deletedUserId } }";

	private static final String OLD = "kennel-refresh=; Path=/graphql; Max-Age=0; ";

	private final Api api;

	private final JdbcClient jdbc;

	private final SqlRecorder sql;

	private final DataSource dataSource;

	private final String name = "k" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);

	private final String mallory = "m" + this.name;

	private Cookies own = new Cookies("", "");

	private Cookies planted = new Cookies("", "");

	CookieTests(Api api, JdbcClient jdbc, SqlRecorder sql, DataSource dataSource) {
		this.dataSource = dataSource;
		this.api = api;
		this.jdbc = jdbc;
		this.sql = sql;
	}

	/** The cookies of a session. */
	record Cookies(String access, String refresh) {

		static Cookies of(Api.Response response) {
			Map<String, String> cookies = new HashMap<>();
			for (String cookie : response.headers("Set-Cookie")) {
				if (!cookie.startsWith(OLD)) {
					String[] pair = cookie.split(";", 2)[0].split("=", 2);
					cookies.put(pair[0], pair[1]);
				}
			}
			assertThat(cookies).containsKeys("kennel-access", "kennel-refresh");
			return new Cookies(String.valueOf(cookies.get("kennel-access")),
					String.valueOf(cookies.get("kennel-refresh")));
		}

		/** As if the key of the access token were removed, or the token had expired. */
		Cookies spoiled() {
			return new Cookies(this.access.substring(0, this.access.lastIndexOf('.') + 1) + "spoiled", this.refresh);
		}

		String accessOnly() {
			return "kennel-access=" + this.access;
		}

		String refreshOnly() {
			return "kennel-refresh=" + this.refresh;
		}

		@Override
		public String toString() {
			return accessOnly() + "; " + refreshOnly();
		}

	}

	@BeforeEach
	void signUp() {
		this.own = Cookies.of(signUp(this.name));
		this.planted = Cookies.of(signUp(this.mallory));
	}

	private Api.Response signUp(String username) {
		return this.api.execute("mutation ($input: SignupInput!) { signup(input: $input) { tokenType } }", Map
			.of("input", Map.of("username", username, "email", username + "@example.com", "password", Api.PASSWORD)));
	}

	private Api with(Object cookies) {
		return this.api.withHeaders(Map.of("Cookie", cookies.toString()));
	}

	/**
	 * Returns the rows of the sessions of both accounts, without their last use.
	 */
	private String sessions() {
		return this.jdbc
			.sql("SELECT string_agg(id || ' ' || token_hash::text || coalesce(replaced_hash::text, '-') || expires_at, "
					+ "', ' ORDER BY id) FROM sessions JOIN (SELECT id AS account FROM users WHERE username IN (?, ?)) "
					+ "AS accounts ON account = user_id")
			.params(this.name, this.mallory)
			.query(String.class)
			.single();
	}

	private void assertUnchanged(String before) {
		assertThat(sessions()).isEqualTo(before);
		assertThat(with(this.own).execute(ME).text("/me/username")).isEqualTo(this.name);
		assertThat(with(this.planted).execute(ME).text("/me/username")).isEqualTo(this.mallory);
	}

	private static void assertCleared(Api.Response response) {
		assertThat(response.headers("Set-Cookie")).isNotEmpty().allMatch((cookie) -> cookie.contains("Max-Age=0"));
		assertThat(response.headers("Set-Cookie")).filteredOn((cookie) -> cookie.contains("; Path=/; "))
			.extracting((cookie) -> cookie.split("=", 2)[0])
			.containsExactly("kennel-access", "kennel-refresh");
	}

	/** The cookies of a client, mixed with ones that a sibling host has planted. */
	enum Planted {

		TWO_ACCESS("{own}; kennel-access={planted}"), TWO_ACCESS_BEFORE("kennel-access={planted}; {own}"),
		TWO_ACCESS_WITHOUT_A_VALUE("{own}; kennel-access="), TWO_ACCESS_THE_SAME("{own}; kennel-access={access}"),
		TWO_ACCESS_IN_ODD_SPELLING("{own};\t kennel-access \t= {planted} "), TWO_OF_EACH("{own}; {other}"),
		TWO_OF_EACH_BEFORE("{other}; {own}"), TWO_REFRESH("{own}; {otherRefresh}"),
		TWO_REFRESH_BEFORE("{otherRefresh}; {own}"), TWO_REFRESH_WITHOUT_A_VALUE("{own}; kennel-refresh="),
		OTHER_REFRESH("{ownAccess}; {otherRefresh}"), OTHER_REFRESH_WHEN_EXPIRED("{ownSpoiledAccess}; {otherRefresh}"),
		OTHER_ACCESS("{otherAccess}; {ownRefresh}"), OTHER_ACCESS_WHEN_EXPIRED("{otherSpoiledAccess}; {ownRefresh}"),
		ACCESS_OF_NO_SESSION("kennel-access=a.e30.b; {ownRefresh}"),
		ACCESS_THAT_IS_NO_TOKEN("kennel-access=nonsense; {ownRefresh}");

		private final String pattern;

		Planted(String pattern) {
			this.pattern = pattern;
		}

		boolean isAboutAccess() {
			return name().startsWith("TWO_ACCESS") || name().startsWith("TWO_OF") || name().startsWith("ACCESS");
		}

		String cookies(Cookies own, Cookies other) {
			return this.pattern.replace("{ownAccess}", own.accessOnly())
				.replace("{ownSpoiledAccess}", own.spoiled().accessOnly())
				.replace("{ownRefresh}", own.refreshOnly())
				.replace("{otherAccess}", other.accessOnly())
				.replace("{otherSpoiledAccess}", other.spoiled().accessOnly())
				.replace("{otherRefresh}", other.refreshOnly())
				.replace("{own}", own.toString())
				.replace("{other}", other.toString())
				.replace("{access}", own.access())
				.replace("{planted}", other.access());
		}

	}

	@ParameterizedTest
	@EnumSource
	void plantedCookieRefreshesNoSession(Planted cookies) {
		String before = sessions();
		Api browser = with(cookies.cookies(this.own, this.planted));

		Api.Response response = browser.execute(REFRESH);

		assertThat(response.reasons()).containsExactly("UNAUTHENTICATED TOKEN_INVALID");
		assertCleared(response);
		assertThat(response.json().at("/data/refreshSession").isNull()).isTrue();
		assertUnchanged(before);

		Api.Response events = browser.execute(REFRESH, Map.of(), Map.of("Accept", "text/event-stream"));

		assertThat(events.body()).contains("{\"code\":\"UNAUTHENTICATED\",\"reason\":\"TOKEN_INVALID\"}");
		assertCleared(events);
		assertUnchanged(before);
	}

	@ParameterizedTest
	@EnumSource
	void plantedAccessCookieAuthenticatesNoCaller(Planted cookies) {
		if (!cookies.isAboutAccess()) {
			return;
		}
		String header = cookies.cookies(this.own, this.planted);
		Api browser = with(header);

		assertThat(browser.execute(ME).reasons()).containsExactly("UNAUTHENTICATED TOKEN_INVALID");
		assertThat(browser.execute("{ myOwners { totalCount } }").reasons())
			.containsExactly("UNAUTHENTICATED TOKEN_INVALID");
		assertThat(browser
			.execute("subscription { myChanges { cursor } }", Map.of(), Map.of("Accept", "text/event-stream"))
			.body()).contains("{\"code\":\"UNAUTHENTICATED\",\"reason\":\"TOKEN_INVALID\"}");
		assertThat(browser
			.post("[{\"query\":\"{ myOwners { totalCount } }\"}]".getBytes(java.nio.charset.StandardCharsets.UTF_8),
					Map.of())
			.body()).contains("{\"code\":\"UNAUTHENTICATED\",\"reason\":\"TOKEN_INVALID\"}");
		try (LiveClient live = open(header)) {
			assertThat(live.end().toString())
				.isEqualTo("{\"code\":4403,\"reason\":\"TOKEN_INVALID: The access token is not valid.\"}");
		}
	}

	/** The access token decides; the session of the refresh token is not revoked. */
	@ParameterizedTest
	@EnumSource(names = { "TWO_REFRESH", "TWO_REFRESH_BEFORE", "OTHER_REFRESH" })
	void logoutWithPlantedRefreshCookieRevokesSessionOfAccessToken(Planted cookies) {
		Api.Response response = with(cookies.cookies(this.own, this.planted)).execute(LOGOUT);

		assertThat(response.data().toString()).isEqualTo("{\"logout\":{\"success\":true}}");
		assertCleared(response);
		assertThat(with(this.own).execute(ME).reasons()).containsExactly("UNAUTHENTICATED SESSION_ENDED");
		assertThat(with(this.planted).execute(ME).text("/me/username")).isEqualTo(this.mallory);
		assertThat(with(this.planted).execute(REFRESH).codes()).isEmpty();
	}

	@ParameterizedTest
	@EnumSource(names = { "TWO_ACCESS", "TWO_ACCESS_BEFORE", "TWO_OF_EACH", "OTHER_REFRESH_WHEN_EXPIRED",
			"OTHER_ACCESS_WHEN_EXPIRED", "ACCESS_THAT_IS_NO_TOKEN" })
	void ambiguousLogoutRevokesNoSession(Planted cookies) {
		String before = sessions();

		Api.Response response = with(cookies.cookies(this.own, this.planted)).execute(LOGOUT);

		assertThat(response.reasons()).containsExactly("UNAUTHENTICATED TOKEN_INVALID");
		assertCleared(response);
		assertUnchanged(before);
	}

	/** The family distinguishes a session's tokens from forged ones. */
	@Test
	void logoutWithUnknownRefreshTokenRevokesNoSession() {
		byte[] forged = Base64.getUrlDecoder().decode(this.own.refresh());
		forged[40] ^= 1;
		String unknown = Cookies.of(signUp("u" + this.name)).refresh();
		this.jdbc.sql("DELETE FROM sessions WHERE user_id = (SELECT id FROM users WHERE username = ?)")
			.param("u" + this.name)
			.update();
		String before = sessions();

		for (String refreshToken : List.of(Base64.getUrlEncoder().encodeToString(forged), unknown)) {
			Api.Response response = with("kennel-refresh=" + refreshToken).execute(LOGOUT);
			assertThat(response.reasons()).containsExactly("UNAUTHENTICATED TOKEN_MISSING");
			assertCleared(response);
		}

		assertUnchanged(before);
	}

	/** Other parsers derive the name from these; browsers let any host set them. */
	@ParameterizedTest
	@ValueSource(strings = { "a=b,kennel-access=%s", "$Version=1; a=\"b\", kennel-access=%s", "=kennel-access=%s",
			"a=\"; b=\"kennel-access=%s", "KENNEL-ACCESS=%s", "xkennel-access=%s", "\u00a0kennel-access=%s",
			"kennel-access", "kennel-access%s" })
	void cookieOfAnotherNameIsNoAccessToken(String pattern) {
		String cookie = pattern.replace("%s", this.planted.access());

		assertThat(with(cookie).execute(ME).data().toString()).isEqualTo("{\"me\":null}");
		assertThat(with(this.own + "; " + cookie).execute(ME).text("/me/username")).isEqualTo(this.name);
		assertThat(with(cookie + "; " + this.own).execute(REFRESH).codes()).isEmpty();
	}

	@Test
	void refreshSucceedsWithExpiredOrMissingAccessToken() {
		Cookies second = Cookies.of(with(this.own.spoiled()).execute(REFRESH));
		assertThat(second.refresh()).isNotEqualTo(this.own.refresh());

		Cookies third = Cookies.of(with(second.refreshOnly()).execute(REFRESH));
		assertThat(third.refresh()).isNotEqualTo(second.refresh());

		assertThat(with(third).execute(ME).text("/me/username")).isEqualTo(this.name);
	}

	/** Earlier versions set a cookie of the same name: a browser would send both. */
	@Test
	void refreshCookieOfOldPathIsCleared() {
		for (Api.Response response : List.of(with(this.own).execute(REFRESH), with(this.own).execute(LOGOUT))) {
			assertThat(response.headers("Set-Cookie")).hasSize(3)
				.satisfiesOnlyOnce((cookie) -> assertThat(cookie).startsWith(OLD))
				.satisfiesOnlyOnce((cookie) -> assertThat(cookie).matches("kennel-refresh=[^;]*; Path=/; .*"));
		}
		assertThat(signUp("o" + this.name).headers("Set-Cookie")).hasSize(3);
	}

	@Test
	void requestWithoutCookiesFailsWithTokenMissing() {
		assertThat(this.api.execute(REFRESH).reasons()).containsExactly("UNAUTHENTICATED TOKEN_MISSING");
		assertThat(this.api.execute(LOGOUT).reasons()).containsExactly("UNAUTHENTICATED TOKEN_MISSING");
		assertThat(with(this.own.accessOnly()).execute(REFRESH).reasons())
			.containsExactly("UNAUTHENTICATED TOKEN_MISSING");
		assertThat(this.sql.record(() -> this.api.execute(REFRESH))).isEmpty();
		try (LiveClient live = open("a=b")) {
			assertThat(live.end().toString())
				.isEqualTo("{\"code\":4403,\"reason\":\"TOKEN_MISSING: There is no access token.\"}");
		}
	}

	@Test
	void revokingOwnSessionClearsItsCookies() {
		String id = with(this.own).execute("{ me { sessions { id } } }").text("/me/sessions/0/id");
		String other = this.api
			.execute("mutation ($input: LoginInput!) { login(input: $input) { session { id } } }",
					Map.of("input", Map.of("username", this.name, "password", Api.PASSWORD)))
			.text("/login/session/id");
		String revoke = "mutation ($id: ID!) { revokeSession(input: { id: $id }) { revokedSessionId } }";

		assertThat(with(this.own).execute(revoke, Map.of("id", other)).headers("Set-Cookie")).isEmpty();
		Api.Response response = with(this.own).execute(revoke, Map.of("id", id));

		assertThat(response.text("/revokeSession/revokedSessionId")).isEqualTo(id);
		assertCleared(response);
		assertThat(with(this.own).execute(ME).reasons()).containsExactly("UNAUTHENTICATED SESSION_ENDED");
	}

	/** The cookies of the request are those of the session before the log-in. */
	@Test
	void logoutAfterLoginRevokesBothSessions() {
		Api.Response response = with(this.own).execute(
				"mutation ($input: LoginInput!) { login(input: $input) { tokenType } logout { success } }",
				login(Api.PASSWORD));

		assertThat(response.codes()).isEmpty();
		assertThat(this.jdbc
			.sql("SELECT count(*)::int FROM sessions WHERE user_id = (SELECT id FROM users WHERE username = ?)")
			.param(this.name)
			.query(Integer.class)
			.single()).isZero();
		assertThat(with(this.planted).execute(ME).text("/me/username")).isEqualTo(this.mallory);
	}

	@Test
	void deletionClearsCookies() {
		Api.Response wrong = with(this.own).execute(DELETE_ME, Map.of("input", Map.of("password", "not the password")));
		assertThat(wrong.violations()).containsExactly("input.password WRONG_PASSWORD");
		assertThat(wrong.headers("Set-Cookie")).isEmpty();
		assertThat(with(this.own).execute(ME).text("/me/username")).isEqualTo(this.name);

		Api.Response deleted = with(this.own).execute(DELETE_ME, Map.of("input", Map.of("password", Api.PASSWORD)));

		assertThat(deleted.codes()).isEmpty();
		assertCleared(deleted);
	}

	private String requestReset(int mails) {
		this.api.requestPasswordReset(this.name + "@example.com").data();
		return TestMail.awaitToken(this.name + "@example.com", mails);
	}

	private static Api.Response resetAndCreateOwner(Api browser, String token, String password) {
		return browser.execute("""
				mutation ($input: ResetPasswordInput!) {
				  resetPassword(input: $input) { success }
				  createOwner(input: { name: "Later" }) { owner { name } }
				}""", Map.of("input", Map.of("token", token, "newPassword", password)));
	}

	@Test
	void passwordResetClearsCookiesOfItsAccountOnly() {
		Api.Response byOther = resetAndCreateOwner(with(this.planted), requestReset(1), Api.PASSWORD);
		assertThat(byOther.text("/createOwner/owner/name")).isEqualTo("Later");
		device(byOther);
		assertThat(with(this.planted).execute(ME).text("/me/username")).isEqualTo(this.mallory);
		Cookies again = Cookies.of(this.api.execute(LOGIN, login(Api.PASSWORD)));

		Api.Response byOwner = resetAndCreateOwner(with(again), requestReset(2), "a quite different sentence");

		assertThat(byOwner.reasons()).containsExactly("UNAUTHENTICATED SESSION_ENDED");
		assertThat(byOwner.json().at("/data/resetPassword/success").asBoolean()).isTrue();
		assertThat(byOwner.headers("Set-Cookie")).filteredOn((cookie) -> cookie.contains("; Path=/; "))
			.extracting((cookie) -> cookie.split("=", 2)[0] + " " + maxAge(cookie))
			.containsExactly("kennel-access 0", "kennel-refresh 0", "kennel-device 31536000");
	}

	private static int maxAge(String cookie) {
		return Integer.parseInt(cookie.replaceAll(".*; Max-Age=(\\d+);.*", "$1"));
	}

	@Test
	void restorationClearsCookiesOfItsAccount() {
		String email = this.name + "@example.com";
		String thief = "thief-" + email;
		verify(email);
		with(this.own)
			.execute("mutation ($input: UpdateMeInput!) { updateMe(input: $input) { user { id } } }",
					Map.of("input", Map.of("email", thief, "currentPassword", Api.PASSWORD)))
			.data();
		verify(thief);

		Api.Response response = with(this.own).execute("""
				mutation ($input: RestoreEmailInput!) {
				  restoreEmail(input: $input) { user { email } }
				  createOwner(input: { name: "Too late" }) { owner { name } }
				}""", Map.of("input", Map.of("token", TestMail.awaitToken(email, 3))));

		assertThat(response.json().at("/data/restoreEmail/user/email").asString()).isEqualTo(email);
		assertThat(response.reasons()).containsExactly("UNAUTHENTICATED SESSION_ENDED");
		assertCleared(response);
	}

	private void verify(String address) {
		with(this.own).execute("mutation { requestEmailVerification { success } }").data();
		this.api
			.execute("mutation ($input: VerifyEmailInput!) { verifyEmail(input: $input) { user { id } } }",
					Map.of("input", Map.of("token", TestMail.awaitToken(address, 1))))
			.data();
	}

	@Test
	void cookiesLastAsLongAsTheSession() {
		List<String> cookies = this.api.execute(LOGIN, login(Api.PASSWORD)).headers("Set-Cookie");

		// Thirty days, from the time of the response on.
		assertThat(cookies).filteredOn((cookie) -> cookie.matches("kennel-(access|refresh)=[^;]+; .*"))
			.hasSize(2)
			.allSatisfy((cookie) -> assertThat(maxAge(cookie)).isBetween(30 * 86_400 - 60, 30 * 86_400));
	}

	// WebSockets

	private LiveClient open(Object cookies) {
		LiveClient live = LiveClient.connect(this.api,
				Map.of("Cookie", cookies.toString(), "Origin", this.api.uri("").toString()), false);
		live.init(Map.of());
		return live;
	}

	private String buckets() {
		return this.jdbc.sql("SELECT string_agg(id || state::text, ', ' ORDER BY id) FROM throttle_buckets")
			.query(String.class)
			.optional()
			.orElse("");
	}

	@Test
	void mutationsThatSetCookiesAreRefusedOnWebSockets() {
		String other = "x" + this.name;
		Map<String, Object> variables = Map.of("login", Map.of("username", this.name, "password", Api.PASSWORD),
				"guess", Map.of("username", this.mallory, "password", "not the password"), "signup",
				Map.of("username", other, "email", other + "@example.com", "password", Api.PASSWORD));
		String before = sessions();
		String buckets = buckets();
		try (LiveClient live = open(this.own)) {
			live.subscribe("1",
					"mutation ($login: LoginInput!, $guess: LoginInput!, $signup: SignupInput!) { "
							+ "a: login(input: $login) { tokenType } b: login(input: $guess) { tokenType } "
							+ "c: signup(input: $signup) { tokenType } d: refreshSession { tokenType } "
							+ "e: refreshSession(input: { refreshToken: \"x\" }) { tokenType } "
							+ "f: beginLogin(input: $login) { __typename } "
							+ "g: finishLogin(input: { challenge: \"x\", code: \"x\" }) { tokenType } "
							+ "h: finishPasskeyLogin(input: { credential: \"x\" }) { tokenType } "
							+ "i: requestEmailLogin(input: { email: \"ann@example.com\" }) { expiresAt } "
							+ "j: finishEmailLogin(input: { code: \"x\" }) { __typename } }",
					variables);
			LiveClient.Event response = live.next();

			assertThat(response.json().at("/data").toString())
				.isEqualTo("{\"a\":null,\"b\":null,\"c\":null,\"d\":null,\"e\":null,\"f\":null,\"g\":null,\"h\":null,"
						+ "\"i\":null,\"j\":null}");
			assertThat(response.json().get("errors")).hasSize(10)
				.allSatisfy((error) -> assertThat(error.get("extensions").toString())
					.isEqualTo("{\"code\":\"FORBIDDEN\",\"reason\":\"HTTP_REQUIRED\"}"));
			assertThat(response.json().at("/errors/0/message").asString()).isEqualTo(
					"A WebSocket can't set cookies: send this mutation over HTTP, and then open the WebSocket anew.");
			assertThat(live.next().type()).isEqualTo("complete");
			live.subscribe("2", ME, Map.of());
			assertThat(live.next(1, "/me/username")).containsExactly(this.name);
		}
		assertThat(buckets()).isEqualTo(buckets);
		assertUnchanged(before);
		assertThat(this.jdbc.sql("SELECT count(*)::int FROM users WHERE username = ?")
			.param(other)
			.query(Integer.class)
			.single()).isZero();
	}

	@Test
	void logInWithASecondFactorSetsCookiesOnceItIsFinished() {
		Authenticator app = Authenticator.enrol(with(this.own));
		Api.Response begun = this.api.execute("""
				mutation ($input: LoginInput!) {
				  beginLogin(input: $input) { ... on LoginChallenge { token } }
				}""", Map.of("input", Map.of("username", this.name, "password", Api.PASSWORD)));
		assertThat(begun.headers("Set-Cookie")).isEmpty();

		Api.Response finished = this.api.execute("""
				mutation ($input: FinishLoginInput!) {
				  finishLogin(input: $input) { accessToken refreshToken deviceToken tokenType }
				}""", Map.of("input", Map.of("challenge", begun.text("/beginLogin/token"), "code", app.nextCode())));

		assertThat(finished.data().toString())
			.isEqualTo("{\"finishLogin\":{\"accessToken\":null,\"refreshToken\":null,\"deviceToken\":null,"
					+ "\"tokenType\":\"Cookie\"}}");
		assertThat(finished.headers("Set-Cookie")).extracting((cookie) -> cookie.split("=", 2)[0])
			.containsExactlyInAnyOrder("kennel-access", "kennel-refresh", "kennel-device");
		assertThat(with(Cookies.of(finished)).execute(ME).text("/me/username")).isEqualTo(this.name);
	}

	/**
	 * Revocation requires no cookie: the browser keeps those of the revoked session.
	 */
	@ParameterizedTest
	@ValueSource(strings = { LOGOUT, "mutation { revokeSession(input: { id: \"%s\" }) { revokedSessionId } }",
			"mutation { deleteMe(input: { password: \"" + Api.PASSWORD + "\" }) { deletedUserId } }" })
	void sessionIsRevokedOverWebSocket(String pattern) {
		String document = pattern.replace("%s",
				with(this.own).execute("{ me { sessions { id } } }").text("/me/sessions/0/id"));
		try (LiveClient live = open(this.own)) {
			live.subscribe("1", document, Map.of());
			assertThat(live.next().json().has("errors")).isFalse();
			live.subscribe("2", "mutation { createOwner(input: { name: \"" + this.name + "\" }) { owner { id } } }",
					Map.of());
			assertThat(live.end().toString())
				.isEqualTo("{\"code\":4403,\"reason\":\"SESSION_ENDED: The session has ended.\"}");
		}

		assertThat(this.jdbc.sql("SELECT count(*)::int FROM owners WHERE name = ?")
			.param(this.name)
			.query(Integer.class)
			.single()).isZero();
		assertThat(with(this.own).execute(ME).reasons()).containsExactly("UNAUTHENTICATED SESSION_ENDED");
		Api.Response refresh = with(this.own).execute(REFRESH);
		assertThat(refresh.reasons()).containsExactly("UNAUTHENTICATED SESSION_ENDED");
		assertCleared(refresh);
		assertThat(with(this.planted).execute(ME).text("/me/username")).isEqualTo(this.mallory);
	}

	@Test
	void passwordChangeOverWebSocketRevokesOtherSessions() {
		Cookies phone = Cookies
			.of(this.api.execute("mutation ($input: LoginInput!) { login(input: $input) { tokenType } }",
					Map.of("input", Map.of("username", this.name, "password", Api.PASSWORD))));
		try (LiveClient live = open(this.own)) {
			live.subscribe("1",
					"mutation ($input: ChangePasswordInput!) { changePassword(input: $input) "
							+ "{ user { username } } }",
					Map.of("input",
							Map.of("currentPassword", Api.PASSWORD, "newPassword", "a quite different sentence")));
			assertThat(live.next(1, "/changePassword/user/username")).containsExactly(this.name);
		}

		assertThat(with(phone).execute(ME).reasons()).containsExactly("UNAUTHENTICATED SESSION_ENDED");
		assertThat(with(this.own).execute(ME).text("/me/username")).isEqualTo(this.name);
		assertThat(with(this.own).execute(REFRESH).codes()).isEmpty();
	}

	/** Returns the device cookie of a response that sets no other. */
	private static String device(Api.Response response) {
		List<String> cookies = response.headers("Set-Cookie");
		assertThat(cookies).hasSize(1);
		assertThat(cookies.getFirst())
			.matches("kennel-device=[^;]+; Path=/; Max-Age=31536000; .*; HttpOnly; SameSite=Lax");
		return cookies.getFirst().replaceFirst(";.*", "");
	}

	@Test
	void newPasswordRenewsDeviceCookie() {
		String newPassword = "a quite different sentence";
		String first = this.api.execute(LOGIN, login(Api.PASSWORD))
			.headers("Set-Cookie")
			.stream()
			.filter((cookie) -> cookie.startsWith("kennel-device="))
			.findFirst()
			.orElseThrow()
			.replaceFirst(";.*", "");
		Api.Response changed = with(this.own + "; " + first).execute(
				"mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { deviceToken } }",
				Map.of("input", Map.of("currentPassword", Api.PASSWORD, "newPassword", newPassword)));
		assertThat(changed.data().toString()).isEqualTo("{\"changePassword\":{\"deviceToken\":null}}");
		String ofChange = device(changed);
		String token = requestReset(1);
		SmallBuckets.exhaustName(this.dataSource, this.name);
		assertThat(with(ofChange).execute(LOGIN, login(newPassword)).codes()).isEmpty();
		Api.Response reset = with(ofChange).execute(
				"mutation ($input: ResetPasswordInput!) { resetPassword(input: $input) { success deviceToken } }",
				Map.of("input", Map.of("token", token, "newPassword", Api.PASSWORD)));
		assertThat(reset.data().toString()).isEqualTo("{\"resetPassword\":{\"success\":true,\"deviceToken\":null}}");

		assertThat(with(ofChange).execute(LOGIN, login(Api.PASSWORD)).codes()).containsExactly("RATE_LIMITED");
		assertThat(with(device(reset)).execute(LOGIN, login(Api.PASSWORD)).codes()).isEmpty();
		// The limit is that of the device's id.
		assertThat(List.of(ofChange, device(reset))).extracting(CookieTests::deviceId).containsOnly(deviceId(first));
	}

	private static String deviceId(String cookie) {
		return new JsonMapper().readTree(Base64.getUrlDecoder().decode(cookie.split("[=.]")[2])).get("jti").asString();
	}

	private Map<String, ?> login(String password) {
		return Map.of("input", Map.of("username", this.name, "password", password));
	}

	@Test
	void otherTokensInCookiesAreUnauthenticated() {
		String before = sessions();
		for (String filler : List.of("A", "=", "/", "~")) {
			String refresh = filler.repeat(126) + "==";
			String access = filler.repeat(300) + "=";
			assertThat(with("kennel-refresh=" + refresh).execute(REFRESH).reasons())
				.containsExactly("UNAUTHENTICATED TOKEN_INVALID");
			assertThat(with("kennel-access=" + access).execute(ME).reasons())
				.containsExactly("UNAUTHENTICATED TOKEN_INVALID");
			assertThat(with("kennel-access=" + this.own.access() + "=").execute(ME).reasons())
				.containsExactly("UNAUTHENTICATED TOKEN_INVALID");
			assertThat(with(this.own + "=").execute(REFRESH).reasons())
				.containsExactly("UNAUTHENTICATED TOKEN_INVALID");
			assertThat(with("kennel-refresh=" + refresh).execute(LOGOUT).reasons())
				.containsExactly("UNAUTHENTICATED TOKEN_MISSING");
			assertThat(with("kennel-device=" + access).execute(LOGIN, login(Api.PASSWORD)).codes()).isEmpty();
		}
		assertThat(sessions()).contains(before.split(", "));
	}

	@Test
	void cookiesAreSetAndClearedOverServerSentEvents() {
		Map<String, String> events = Map.of("Accept", "text/event-stream");

		Cookies second = Cookies.of(with(this.own).execute(REFRESH, Map.of(), events));
		assertThat(with(second).execute(ME).text("/me/username")).isEqualTo(this.name);
		Api.Response logout = with(second).execute(LOGOUT, Map.of(), events);

		assertThat(logout.body()).contains("{\"logout\":{\"success\":true}}");
		assertCleared(logout);
		assertThat(with(second).execute(ME).reasons()).containsExactly("UNAUTHENTICATED SESSION_ENDED");
	}

}
