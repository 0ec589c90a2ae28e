package dev.kennel.session.token;

import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import javax.crypto.SecretKey;
import javax.sql.DataSource;

import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import dev.kennel.test.SqlRecorder;
import dev.kennel.test.TestMail;
import dev.kennel.throttle.SmallBuckets;
import io.jsonwebtoken.Claims;
import io.jsonwebtoken.Jwts;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

@KennelTest
class DeviceTokenTests {

	private static final String NEW_PASSWORD = "a quite different sentence";

	private final Api api;

	private final SigningKeySet keys;

	private final DataSource dataSource;

	private final SqlRecorder sql;

	private final String name = "d" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);

	private Api ann;

	/** The device token of the sign-up. */
	private String device = "";

	DeviceTokenTests(Api api, SigningKeySet keys, DataSource dataSource, SqlRecorder sql) {
		this.sql = sql;
		this.api = api;
		this.keys = keys;
		this.dataSource = dataSource;
		this.ann = api;
	}

	@BeforeEach
	void signUp() {
		Api.Response response = signUp(this.name);
		this.ann = this.api.withToken(response.text("/signup/accessToken"));
		this.device = response.text("/signup/deviceToken");
	}

	private Api.Response signUp(String username) {
		return this.api.execute(
				"mutation ($input: SignupInput!) { signup(input: $input) { accessToken refreshToken deviceToken } }",
				Map.of("input",
						Map.of("username", username, "email", username + "@example.com", "password", Api.PASSWORD)));
	}

	private Api.Response login(@Nullable String deviceToken, String password) {
		Map<String, @Nullable Object> input = new HashMap<>();
		input.put("username", this.name);
		input.put("password", password);
		input.put("deviceToken", deviceToken);
		return this.api.execute("mutation ($input: LoginInput!) { login(input: $input) { deviceToken } }",
				Map.of("input", input));
	}

	private void assertUnknown(String deviceToken) {
		Api.Response response = login(deviceToken, Api.PASSWORD);
		assertThat(response.codes()).containsExactly("RATE_LIMITED");
		assertThat(response.json().at("/errors/0/extensions/retryAfter").asInt()).isBetween(3_000, 3_600);
	}

	private void exhaustName() {
		SmallBuckets.exhaustName(this.dataSource, this.name);
	}

	@Test
	void onlyKnownDevicesMayTryBeyondTheCeilingOfAName() {
		String phone = login(null, Api.PASSWORD).text("/login/deviceToken");
		exhaustName();

		Api.Response stranger = login(null, Api.PASSWORD);
		assertThat(stranger.codes()).containsExactly("RATE_LIMITED");
		// 50 per hour: only the wait for the ceiling is longer.
		assertThat(stranger.json().at("/errors/0/extensions/retryAfter").asInt()).isBetween(31, 72);
		assertThat(stranger.json().at("/data/login").isNull()).isTrue();
		assertThat(this.ann.execute("{ me { sessions { current } } }").data().at("/me/sessions")).hasSize(2);
		assertThat(login(this.device, "a guess").codes()).containsExactly("UNAUTHENTICATED");
		assertThat(login(this.device, Api.PASSWORD).codes()).isEmpty();
		assertThat(login(phone, Api.PASSWORD).codes()).isEmpty();
	}

	/** The statements read the bucket of the network only. */
	@Test
	void deviceOfAnotherAccountDoesNotBypassRefusal() {
		String foreign = signUp("x" + this.name).text("/signup/deviceToken");
		exhaustName();
		assertThat(login(null, Api.PASSWORD).codes()).containsExactly("RATE_LIMITED");

		List<String> statements = this.sql
			.record(() -> assertThat(login(foreign, Api.PASSWORD).codes()).containsExactly("RATE_LIMITED"));

		assertThat(statements)
			.filteredOn((statement) -> statement.contains("throttle_buckets") && statement.contains("FOR UPDATE"))
			.hasSize(1);
	}

	@Test
	void deviceTokenOutlivesItsSession() {
		exhaustName();
		this.ann.execute("mutation { logout { success } }").data();

		assertThat(login(this.device, Api.PASSWORD).codes()).isEmpty();
	}

	@Test
	void stolenDeviceTokenHasALimitOfItsOwn() {
		exhaustName();
		for (int i = 0; i < 5; i++) {
			assertThat(login(this.device, "guess " + i).codes()).containsExactly("UNAUTHENTICATED");
		}
		Api.Response refused = TestMail.await(() -> login(this.device, "a guess"),
				(response) -> response.codes().contains("RATE_LIMITED"));

		assertThat(refused.json().at("/errors/0/extensions/retryAfter").asInt()).isBetween(1, 30);
	}

	@Test
	void logInRenewsTheDeviceTokenButNotItsLimit() {
		String renewed = login(this.device, Api.PASSWORD).text("/login/deviceToken");
		String other = login(null, Api.PASSWORD).text("/login/deviceToken");
		String foreign = signUp("o" + this.name).text("/signup/deviceToken");
		String ofAnotherAccount = login(foreign, Api.PASSWORD).text("/login/deviceToken");

		// The device's id is charged.
		assertThat(claims(renewed).getId()).isEqualTo(claims(this.device).getId());
		assertThat(List.of(this.device, other, foreign, ofAnotherAccount)).extracting((token) -> claims(token).getId())
			.doesNotHaveDuplicates();
	}

	@Test
	void passwordChangeInvalidatesTheDeviceTokenAndReturnsAnother() {
		exhaustName();
		String renewed = this.ann
			.execute("mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { deviceToken } }",
					Map.of("input", Map.of("currentPassword", Api.PASSWORD, "newPassword", NEW_PASSWORD)))
			.text("/changePassword/deviceToken");
		assertThat(login(this.device, NEW_PASSWORD).codes()).containsExactly("RATE_LIMITED");
		assertUnknown(this.device);
		assertThat(login(renewed, NEW_PASSWORD).codes()).isEmpty();
	}

	@Test
	void resetInvalidatesDeviceTokenAndReturnsAnother() {
		exhaustName();
		this.api
			.execute(
					"mutation ($input: RequestPasswordResetInput!) { requestPasswordReset(input: $input) { success } }",
					Map.of("input", Map.of("email", this.name + "@example.com")))
			.data();
		String token = TestMail.awaitToken(this.name + "@example.com", 1);
		// Even if the password stays the same.
		Api.Response reset = this.api.execute(
				"mutation ($input: ResetPasswordInput!) { resetPassword(input: $input) { success deviceToken } }",
				Map.of("input", Map.of("token", token, "newPassword", Api.PASSWORD)));

		assertUnknown(this.device);
		assertThat(login(reset.text("/resetPassword/deviceToken"), Api.PASSWORD).codes()).isEmpty();
	}

	/** They are not given the device's token, and no list of devices grows. */
	@Test
	void newPasswordMakesANewDevice() {
		String changed = this.ann
			.execute("mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { deviceToken } }",
					Map.of("input", Map.of("currentPassword", Api.PASSWORD, "newPassword", NEW_PASSWORD)))
			.text("/changePassword/deviceToken");

		assertThat(claims(changed).getId()).isNotEqualTo(claims(this.device).getId());
		assertThat(claims(changed).getSubject()).isEqualTo(claims(this.device).getSubject());
	}

	@Test
	void deviceTokenIsValidForOneAccount() {
		String other = signUp("o" + this.name).text("/signup/deviceToken");
		exhaustName();

		assertUnknown(other);
	}

	@Test
	void otherTokensAreNotAcceptedAsDeviceToken() {
		exhaustName();
		String[] parts = this.device.split("\\.");

		for (String token : List.of("", "nonsense", "a.b.c", "x".repeat(5_000), parts[0] + "." + parts[1] + ".",
				this.device.substring(0, this.device.length() - 2), this.ann.token(),
				sign("device+jwt", Jwts.SIG.HS256.key().build(), 60), sign("JWT", key(), 60),
				sign("device+jwt", key(), -60))) {
			assertUnknown(token);
		}
		assertThat(login(sign("device+jwt", key(), 60), Api.PASSWORD).codes()).isEmpty();
	}

	/** Returns the device's token, signed again. */
	private String sign(String type, SecretKey key, int seconds) {
		return Jwts.builder()
			.json(JwtJson.SERIALIZER)
			.header()
			.type(type)
			.keyId(this.keys.current().id())
			.and()
			.claims(claims(this.device))
			.expiration(Date.from(Instant.now().plusSeconds(seconds)))
			.signWith(key, Jwts.SIG.HS256)
			.compact();
	}

	private Claims claims(String deviceToken) {
		return Jwts.parser()
			.json(JwtJson.DESERIALIZER)
			.verifyWith(key())
			.build()
			.parseSignedClaims(deviceToken)
			.getPayload();
	}

	private SecretKey key() {
		return (SecretKey) this.keys.current().signing();
	}

	@Test
	void deviceTokenIsNeitherAccessNorRefreshToken() {
		Api client = this.api.withToken(this.device);
		assertThat(client.execute("{ me { id } }").codes()).containsExactly("UNAUTHENTICATED");
		assertThat(this.api
			.execute("mutation ($input: RefreshSessionInput) { refreshSession(input: $input) { accessToken } }",
					Map.of("input", Map.of("refreshToken", this.device)))
			.codes()).containsExactly("UNAUTHENTICATED");
	}

	@Test
	void deviceTokenLastsOneYearAndHasNoSecret() {
		Claims claims = claims(this.device);

		assertThat(claims.keySet()).containsExactlyInAnyOrder("iss", "aud", "jti", "sub", "pwf", "iat", "exp");
		assertThat(claims.getSubject()).isEqualTo(this.ann.execute("{ me { id } }").text("/me/id"));
		assertThat(Duration.between(claims.getIssuedAt().toInstant(), claims.getExpiration().toInstant()))
			.isEqualTo(Duration.ofDays(365));
		assertThat(claims.get("pwf", String.class)).hasSize(22);
	}

	@Test
	void refreshIssuesNoDeviceToken() {
		String refresh = signUp("r" + this.name).text("/signup/refreshToken");

		assertThat(this.api
			.execute("mutation ($input: RefreshSessionInput) { refreshSession(input: $input) { deviceToken } }",
					Map.of("input", Map.of("refreshToken", refresh)))
			.data()
			.toString()).isEqualTo("{\"refreshSession\":{\"deviceToken\":null}}");
	}

}
