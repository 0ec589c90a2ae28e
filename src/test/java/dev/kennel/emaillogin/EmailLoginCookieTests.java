package dev.kennel.emaillogin;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import javax.sql.DataSource;

import dev.kennel.factor.Authenticator;
import dev.kennel.mail.Mailbox;
import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import dev.kennel.throttle.RateLimitedAction;
import dev.kennel.throttle.SmallBuckets;
import dev.kennel.throttle.TestClient;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/** Log-ins by mail, with tokens in cookies. */
@KennelTest
@TestPropertySource(properties = { "kennel.auth.driver=cookie", "kennel.auth.cookie-secure=false",
		"kennel.graphql.batching.max-size=3" })
class EmailLoginCookieTests {

	private static final String COOKIE = "kennel-email-login";

	private static final String INVALID_SECRET = "input.browserSecret INVALID_TOKEN";

	private final Api api;

	private final JdbcClient jdbc;

	private final DataSource dataSource;

	private final String name = "e" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);

	private final String email = this.name + "@example.com";

	EmailLoginCookieTests(Api api, JdbcClient jdbc, DataSource dataSource) {
		this.api = api.from(TestClient.address());
		this.jdbc = jdbc;
		this.dataSource = dataSource;
	}

	@BeforeEach
	void signUp() {
		signUp(this.name);
	}

	/** Signs up an account with a verified address; returns its browser. */
	private Api signUp(String username) {
		Api.Response response = this.api
			.execute("mutation ($input: SignupInput!) { signup(input: $input) { tokenType } }", Map.of("input",
					Map.of("username", username, "email", username + "@example.com", "password", Api.PASSWORD)));
		this.jdbc.sql("UPDATE users SET email_verified_at = clock_timestamp() WHERE username = ?")
			.param(username)
			.update();
		return with("kennel-access=" + cookies(response).get("kennel-access"));
	}

	private static Map<String, String> cookies(Api.Response response) {
		Map<String, String> cookies = new HashMap<>();
		for (String cookie : response.headers("Set-Cookie")) {
			String[] pair = cookie.split(";", 2)[0].split("=", 2);
			cookies.put(pair[0], pair[1]);
		}
		return cookies;
	}

	private Api with(String cookies) {
		return this.api.withHeaders(Map.of("Cookie", cookies));
	}

	private Api.Response request(String address) {
		return this.api.execute("""
				mutation ($input: RequestEmailLoginInput!) { requestEmailLogin(input: $input) { browserSecret } }""",
				Map.of("input", Map.of("email", address)));
	}

	/** Requests a mail; returns the browser that has. */
	private Api browser(String address) {
		return with(COOKIE + "=" + cookies(request(address)).get(COOKIE));
	}

	private static Api.Response finish(Api browser, Map<String, ?> input) {
		return browser.execute("""
				mutation ($input: FinishEmailLoginInput!) {
				  finishEmailLogin(input: $input) {
				    __typename
				    ... on AuthPayload { accessToken refreshToken deviceToken tokenType session { amr } }
				    ... on LoginChallenge { token }
				  }
				}""", Map.of("input", input));
	}

	private long sessions() {
		return this.jdbc.sql("SELECT count(*) FROM sessions WHERE user_id = (SELECT id FROM users WHERE username = ?)")
			.param(this.name)
			.query(Long.class)
			.single();
	}

	@Test
	void secretIsAnHttpOnlyCookie() {
		Api.Response requested = request(this.email);
		assertThat(requested.data().at("/requestEmailLogin/browserSecret").isNull()).isTrue();
		String secret = cookies(requested).getOrDefault(COOKIE, "");
		assertThat(requested.headers("Set-Cookie")).hasSize(1)
			.first()
			.asString()
			.startsWith(COOKIE + "=" + secret + "; Path=/; Max-Age=600; Expires=")
			.endsWith("; HttpOnly; SameSite=Lax");

		Api.Response response = finish(with(COOKIE + "=" + secret),
				Map.of("token", MailedLogin.await(this.email, 1).token()));

		assertThat(response.data().at("/finishEmailLogin").toString()).isEqualTo(
				"{\"__typename\":\"AuthPayload\",\"accessToken\":null,\"refreshToken\":null,\"deviceToken\":null,"
						+ "\"tokenType\":\"Cookie\",\"session\":{\"amr\":[\"email\"]}}");
		assertThat(cookies(response)).containsOnlyKeys(COOKIE, "kennel-access", "kennel-refresh")
			.containsEntry(COOKIE, "");
		assertThat(with("kennel-access=" + cookies(response).get("kennel-access")).execute("{ me { username } }")
			.text("/me/username")).isEqualTo(this.name);
		assertThat(sessions()).isEqualTo(2);
	}

	/** Log-in CSRF: the victim would enter secrets into the attacker's account. */
	@Test
	void linkOfAnAttackerIsRefusedInAnotherBrowser() {
		String mallory = "m" + this.name;
		signUp(mallory);
		Map<String, String> ofMallory = cookies(request(mallory + "@example.com"));
		MailedLogin mailed = MailedLogin.await(mallory + "@example.com", 1);
		String secret = ofMallory.getOrDefault(COOKIE, "");

		assertThat(finish(this.api, Map.of("token", mailed.token())).violations()).containsExactly(INVALID_SECRET);
		assertThat(finish(this.api, Map.of("token", mailed.token(), "browserSecret", secret)).violations())
			.containsExactly(INVALID_SECRET);
		assertThat(finish(browser(this.email), Map.of("token", mailed.token(), "browserSecret", secret)).violations())
			.containsExactly("input.token INVALID_TOKEN");
		Api.Response refused = finish(browser(this.email), Map.of("code", mailed.code(), "browserSecret", secret));
		assertThat(refused.violations()).containsExactly("input.code WRONG_CODE");
		assertThat(refused.headers("Set-Cookie")).isEmpty();
		assertThat(sessions()).isEqualTo(1);
	}

	@Test
	void plantedSecondCookieIsRefused() {
		String secret = cookies(request(this.email)).getOrDefault(COOKIE, "");
		MailedLogin mailed = MailedLogin.await(this.email, 1);
		String planted = cookies(request("nobody-" + this.email)).getOrDefault(COOKIE, "");

		for (String cookies : List.of(secret + "; " + COOKIE + "=" + planted, planted + "; " + COOKIE + "=" + secret,
				secret + "; " + COOKIE + "=")) {
			assertThat(finish(with(COOKIE + "=" + cookies), Map.of("code", mailed.code())).violations())
				.containsExactly(INVALID_SECRET);
		}
		assertThat(sessions()).isEqualTo(1);
	}

	@Test
	void requestFromAnotherSiteIsRefused() {
		Api browser = browser(this.email);
		MailedLogin mailed = MailedLogin.await(this.email, 1);

		assertThat(finish(browser.withHeaders(Map.of("Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site")),
				Map.of("token", mailed.token()))
			.status()).isEqualTo(403);
		assertThat(sessions()).isEqualTo(1);
		assertThat(finish(browser, Map.of("token", mailed.token())).codes()).isEmpty();
	}

	@Test
	void guessesOfOneRequestAreChargedOneByOne() {
		Api browser = browser(this.email);
		MailedLogin mailed = MailedLogin.await(this.email, 1);
		SmallBuckets.shrink(this.dataSource, RateLimitedAction.EMAIL_CODE, "hour", Mailbox.key(this.email));
		String guess = "finishEmailLogin(input: { code: \"" + mailed.wrongCode() + "\" }) { __typename }";

		assertThat(browser.execute("mutation { a: " + guess + " b: " + guess + " c: " + guess + " }").codes())
			.containsExactlyInAnyOrder("BAD_USER_INPUT", "RATE_LIMITED", "RATE_LIMITED");
		assertThat(attemptsLeft()).isEqualTo(4);
	}

	@Test
	void guessesOfOneBatchAreChargedOneByOne() {
		Api browser = browser(this.email);
		MailedLogin mailed = MailedLogin.await(this.email, 1);
		SmallBuckets.shrink(this.dataSource, RateLimitedAction.EMAIL_CODE, "hour", Mailbox.key(this.email));
		Map<String, String> guess = Map.of("query",
				"mutation { finishEmailLogin(input: { code: \"" + mailed.wrongCode() + "\" }) { __typename } }");

		Api.Response response = browser.post(new JsonMapper().writeValueAsBytes(List.of(guess, guess, guess)),
				Map.of("Accept", "application/json"));

		assertThat(response.json().valueStream().map((each) -> each.at("/errors/0/extensions/code").asString()))
			.containsExactlyInAnyOrder("BAD_USER_INPUT", "RATE_LIMITED", "RATE_LIMITED");
		assertThat(attemptsLeft()).isEqualTo(4);
	}

	private int attemptsLeft() {
		return this.jdbc
			.sql("SELECT attempts_left FROM email_logins WHERE user_id = (SELECT id FROM users WHERE username = ?)")
			.param(this.name)
			.query(Integer.class)
			.single();
	}

	@Test
	void logInWithASecondFactorSetsCookiesOnceItIsFinished() {
		String other = "o" + this.name;
		Authenticator.enrol(signUp(other));
		Api browser = browser(other + "@example.com");

		Api.Response begun = finish(browser, Map.of("code", MailedLogin.await(other + "@example.com", 1).code()));

		assertThat(begun.text("/finishEmailLogin/__typename")).isEqualTo("LoginChallenge");
		assertThat(cookies(begun)).isEqualTo(Map.of(COOKIE, ""));
	}

}
