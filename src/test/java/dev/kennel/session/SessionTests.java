package dev.kennel.session;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;

import javax.crypto.SecretKey;

import dev.kennel.identity.NodeKind;
import dev.kennel.session.token.BearerToken;
import dev.kennel.session.token.JwtJson;
import dev.kennel.session.token.SigningKeySet;
import dev.kennel.test.Api;
import dev.kennel.test.HashRecorder;
import dev.kennel.test.KennelTest;
import dev.kennel.test.SqlRecorder;
import io.jsonwebtoken.JwtBuilder;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Keys;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

@KennelTest
class SessionTests {

	private static final String LOGIN = "mutation ($input: LoginInput!) { login(input: $input) { accessToken user { username } } }";

	private final Api api;

	private final SigningKeySet keys;

	private final SqlRecorder sql;

	private final HashRecorder hashes;

	private final String name = "u" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);

	private Api ann;

	SessionTests(Api api, SigningKeySet keys, SqlRecorder sql, HashRecorder hashes) {
		this.api = api;
		this.keys = keys;
		this.sql = sql;
		this.hashes = hashes;
		this.ann = api;
	}

	@BeforeEach
	void signUp() {
		this.ann = this.api.signUp(this.name);
	}

	private Api.Response login(Api client, String username, String password) {
		return client.execute(LOGIN, Map.of("input", Map.of("username", username, "password", password)));
	}

	@Test
	void usernameIsCaseInsensitiveAtLogIn() {
		Api.Response response = login(this.api, " " + this.name.toUpperCase(java.util.Locale.ROOT), Api.PASSWORD);

		assertThat(response.text("/login/user/username")).isEqualTo(this.name);
	}

	/**
	 * Neither by the response nor by its cost: the hashes and the statements take nearly
	 * all of the time.
	 */
	@Test
	void wrongUsernameAndWrongPasswordAreIndistinguishable() {
		// Creates the buckets of the address.
		login(this.api, this.name + "y", Api.PASSWORD);

		Attempt wrongPassword = attempt(this.name, "wrong password");
		Attempt wrongName = attempt(this.name + "x", Api.PASSWORD);

		assertThat(wrongPassword.response().reasons()).containsExactly("UNAUTHENTICATED INVALID_CREDENTIALS");
		assertThat(wrongName.response().json()).isEqualTo(wrongPassword.response().json());
		assertThat(wrongPassword.hashes()).containsExactly("{argon2}$argon2id$v=19$m=7168,t=1,p=1");
		assertThat(wrongName.hashes()).isEqualTo(wrongPassword.hashes());
		assertThat(wrongPassword.statements()).anyMatch((statement) -> statement.contains("from users"));
		assertThat(wrongName.statements()).isEqualTo(wrongPassword.statements());
	}

	/** A log-in, with its hashes and statements. */
	private record Attempt(Api.Response response, List<String> hashes, List<String> statements) {
	}

	private Attempt attempt(String username, String password) {
		AtomicReference<Api.Response> response = new AtomicReference<>();
		AtomicReference<List<String>> computed = new AtomicReference<>();
		List<String> statements = this.sql
			.record(() -> computed.set(this.hashes.record(() -> response.set(login(this.api, username, password)))));
		return new Attempt(response.get(), computed.get(), statements);
	}

	@Test
	void fieldsBelowLoginBelongToTheNewSession() {
		Api bob = this.api.signUp();
		bob.createOwner("Bob's owner");
		this.ann.createDog(this.ann.createOwner("Ann's owner"), "Ann's dog");

		for (Api sender : java.util.List.of(this.api, this.api.withToken("nonsense"), bob)) {
			Api.Response response = sender
				.execute("mutation ($input: LoginInput!) { login(input: $input) { user { username "
						+ "owners { nodes { name user { username } dogs { nodes { name owner { name } } } } totalCount } } } }",
						Map.of("input", Map.of("username", this.name, "password", Api.PASSWORD)));

			assertThat(response.data().toString()).isEqualTo("{\"login\":{\"user\":{\"username\":\"" + this.name
					+ "\",\"owners\":{\"nodes\":[{\"name\":\"Ann's owner\",\"user\":{\"username\":\"" + this.name
					+ "\"},\"dogs\":{\"nodes\":[{\"name\":\"Ann's dog\",\"owner\":{\"name\":\"Ann's owner\"}}]}}],"
					+ "\"totalCount\":1}}}}");
		}
	}

	@Test
	void textThatIsNoUsernameIsNotLookedUp() {
		for (String username : List.of("nul\0", "deleted:" + UUID.randomUUID(), "", "x".repeat(100_000))) {
			assertThat(login(this.api, username, Api.PASSWORD).reasons()).as(username)
				.containsExactly("UNAUTHENTICATED INVALID_CREDENTIALS");
		}
	}

	@Test
	void passwordIsCaseSensitive() {
		assertThat(login(this.api, this.name, Api.PASSWORD.toUpperCase(java.util.Locale.ROOT)).codes())
			.containsExactly("UNAUTHENTICATED");
	}

	@Test
	void meIsNullWhenSignedOut() {
		assertThat(this.api.execute("{ me { id } }").data().toString()).isEqualTo("{\"me\":null}");
	}

	@Test
	void otherFieldsRequireAuthentication() {
		for (String document : List.of("{ myOwners { nodes { id } } }", "{ myDogs { nodes { id } } }",
				"mutation { logout { success } }")) {
			assertThat(this.api.execute(document).reasons()).containsExactly("UNAUTHENTICATED TOKEN_MISSING");
		}
	}

	@Test
	void emptyAuthorizationAndOtherSchemesAreIgnored() {
		for (String authorization : List.of("Basic dTpw", "Negotiate", "Bearer", "bearer \t", "", " ")) {
			Api client = this.api.withHeaders(Map.of("Authorization", authorization));
			assertThat(client.execute("{ me { id } }").data().toString()).as(authorization).isEqualTo("{\"me\":null}");
			assertThat(client.execute("{ myOwners { nodes { id } } }").reasons()).as(authorization)
				.containsExactly("UNAUTHENTICATED TOKEN_MISSING");
		}
	}

	@Test
	void tokenWithoutSchemeIsInvalid() {
		for (String authorization : List.of(this.ann.token(), "Bearer x", "Bearer null", "BEARER  x ")) {
			assertThat(this.api.withHeaders(Map.of("Authorization", authorization)).execute("{ me { id } }").reasons())
				.as(authorization)
				.containsExactly("UNAUTHENTICATED TOKEN_INVALID");
		}
		assertThat(this.api.withHeaders(Map.of("Authorization", "bEARER \t" + this.ann.token()))
			.execute("{ me { username } }")
			.text("/me/username")).isEqualTo(this.name);
	}

	@Test
	void severalTokensAreInvalid() {
		String token = "Bearer " + this.ann.token();
		assertThat(BearerToken.find(List.of(token))).isEqualTo(this.ann.token());
		assertThat(BearerToken.find(List.of("", "Basic dTpw", token))).isEqualTo(this.ann.token());
		assertThat(BearerToken.find(List.of(token, token))).isEmpty();
	}

	@Test
	void logoutRefusesItsTokenAndNoOthers() {
		Api other = this.api.withToken(login(this.api, this.name, Api.PASSWORD).text("/login/accessToken"));

		assertThat(this.ann.execute("mutation { logout { success } }").data().toString())
			.isEqualTo("{\"logout\":{\"success\":true}}");

		assertRefused(this.ann.token(), "SESSION_ENDED");
		assertThat(other.execute("{ me { username } }").text("/me/username")).isEqualTo(this.name);
	}

	@Test
	void fieldsAfterLogoutAreRefused() {
		String session = this.ann.execute("{ me { sessions { id } } }").text("/me/sessions/0/id");
		Api.Response revoked = this.ann
			.execute("mutation ($id: ID!) { revokeSession(input: { id: $id }) { revokedSessionId } "
					+ "createOwner(input: { name: \"Too late\" }) { owner { id } } }", Map.of("id", session));
		assertThat(revoked.reasons()).containsExactly("UNAUTHENTICATED SESSION_ENDED");

		Api again = this.api.withToken(login(this.api, this.name, Api.PASSWORD).text("/login/accessToken"));
		assertThat(again
			.execute("mutation { logout { success } createOwner(input: { name: \"Too late\" }) { owner { id } } }")
			.reasons()).containsExactly("UNAUTHENTICATED SESSION_ENDED");

		again = this.api.withToken(login(this.api, this.name, Api.PASSWORD).text("/login/accessToken"));
		assertThat(again.execute("{ myOwners { totalCount } }").data().toString())
			.isEqualTo("{\"myOwners\":{\"totalCount\":0}}");
	}

	@Test
	void loginSucceedsWithInvalidToken() {
		Api.Response response = login(this.api.withToken("nonsense"), this.name, Api.PASSWORD);

		assertThat(response.text("/login/user/username")).isEqualTo(this.name);
	}

	@Test
	void tokenSignedWithTheCurrentKeyIsAccepted() {
		assertThat(this.api.withToken(sign(token(), key())).execute("{ me { username } }").text("/me/username"))
			.isEqualTo(this.name);
	}

	@Test
	void anExpiredTokenIsRefused() {
		assertRefused(sign(expired(), key()), "TOKEN_EXPIRED");
	}

	/**
	 * TOKEN_EXPIRED is reported for tokens that this service has issued for itself only.
	 */
	@Test
	void invalidTokenIsNotReportedAsExpired() {
		assertRefused(sign(expired(), Jwts.SIG.HS256.key().build()));
		assertRefused(sign(expired().header().keyId("other").and(), key()));
		assertRefused(sign(expired().header().type("JWT").and(), key()));
		assertRefused(sign(expired().issuer("other"), key()));
		assertRefused(sign(expired().claim("aud", "other"), key()));
		assertRefused(sign(expired().claim("aud", null), key()));
		assertRefused(sign(expired().subject(null), key()));
		assertRefused(sign(expired().subject("nonsense"), key()));
		assertRefused(sign(expired().claim("sid", null), key()));
		assertRefused(sign(expired().claim("sid", 5), key()));
		assertRefused(sign(expired().issuedAt(Date.from(Instant.now().plusSeconds(35))), key()));
		assertRefused(expired().compact());
		String token = sign(expired(), key());
		assertRefused(token.substring(0, token.lastIndexOf('.') + 1));
	}

	@Test
	void invalidTokenIsRefusedWithoutStatement() {
		List<String> tokens = List.of(this.ann.token(), sign(expired(), key()), "nonsense");
		this.ann.execute("mutation { logout { success } }").data();
		for (String token : tokens) {
			assertThat(this.sql.record(() -> this.api.withToken(token).execute("{ myOwners { nodes { id } } }")))
				.as(token)
				.isEmpty();
		}
	}

	private JwtBuilder expired() {
		return token().expiration(Date.from(Instant.now()));
	}

	@Test
	void tokenWithoutExpiryIsRefused() {
		assertRefused(sign(token().expiration(null), key()));
	}

	@Test
	void tokenOfAnotherKeyIsRefused() {
		assertRefused(sign(token(), Jwts.SIG.HS256.key().build()));
	}

	@Test
	void tokenOfUnknownKeyIdIsRefused() {
		assertRefused(sign(token().header().keyId("other").and(), key()));
	}

	@Test
	void aTokenOfAnotherIssuerIsRefused() {
		assertRefused(sign(token().issuer("other"), key()));
	}

	@Test
	void tokenForAnotherAudienceIsRefused() {
		assertRefused(sign(token().claim("aud", "other"), key()));
		assertRefused(sign(token().claim("aud", null), key()));
	}

	@Test
	void aTokenOfAClockThatIsMoreThanHalfAMinuteAheadIsRefused() {
		assertRefused(sign(token().issuedAt(Date.from(Instant.now().plusSeconds(35))), key()));
		assertThat(this.api.withToken(sign(token().issuedAt(Date.from(Instant.now().plusSeconds(20))), key()))
			.execute("{ me { username } }")
			.text("/me/username")).isEqualTo(this.name);
	}

	@Test
	void tokenOfAnotherTypeIsRefused() {
		assertRefused(sign(token().header().type("JWT").and(), key()));
	}

	@Test
	void anotherAlgorithmWithTheSameKeyIsRefused() {
		SecretKey sameBytes = Keys.hmacShaKeyFor(java.util.Arrays.copyOf(key().getEncoded(), 64));
		assertRefused(token().signWith(sameBytes, Jwts.SIG.HS512).compact());
	}

	@Test
	void unsignedTokenIsRefused() {
		assertRefused(token().compact());
		String[] parts = this.ann.token().split("\\.");
		String none = Base64.getUrlEncoder()
			.withoutPadding()
			.encodeToString(("{\"typ\":\"at+jwt\",\"kid\":\"" + this.keys.current().id() + "\",\"alg\":\"none\"}")
				.getBytes(StandardCharsets.UTF_8));
		assertRefused(none + "." + parts[1] + ".");
		assertRefused(none + "." + parts[1] + "." + parts[2]);
	}

	@Test
	void tokenWithoutRequiredClaimIsRefused() {
		assertRefused(sign(token().subject(null), key()));
		assertRefused(sign(token().claim("sid", null), key()));
		assertRefused(sign(token().expiration(null), key()));
	}

	@Test
	void malformedTokenIsRefused() {
		String token = this.ann.token();
		assertRefused(token.substring(0, token.length() - 1));
		assertRefused(token.substring(1));
		assertRefused(token.substring(0, token.lastIndexOf('.')));
		assertRefused("a.b.c");
		assertRefused("x".repeat(5_000));
	}

	@Test
	void tokenWithModifiedClaimsIsRefused() {
		String[] parts = this.ann.token().split("\\.");
		String claims = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
		String changed = claims.replace("usr_0", "usr_1");
		assertThat(changed).isNotEqualTo(claims);
		assertRefused(parts[0] + "."
				+ Base64.getUrlEncoder().withoutPadding().encodeToString(changed.getBytes(StandardCharsets.UTF_8)) + "."
				+ parts[2]);
	}

	/**
	 * Returns a token as the service issues them, but of a session that was never opened.
	 */
	private JwtBuilder token() {
		String user = this.ann.execute("{ me { id } }").text("/me/id");
		return Jwts.builder()
			.json(JwtJson.SERIALIZER)
			.header()
			.type("at+jwt")
			.keyId(this.keys.current().id())
			.and()
			.issuer("kennel")
			.audience()
			.add("kennel")
			.and()
			.subject(user)
			.claim("sid", NodeKind.SESSION.id(UUID.randomUUID()).toString())
			.expiration(Date.from(Instant.now().plusSeconds(60)));
	}

	private SecretKey key() {
		return (SecretKey) this.keys.current().signing();
	}

	private static String sign(JwtBuilder token, SecretKey key) {
		return token.signWith(key, Jwts.SIG.HS256).compact();
	}

	private void assertRefused(String token) {
		assertRefused(token, "TOKEN_INVALID");
	}

	private void assertRefused(String token, String reason) {
		Api client = this.api.withToken(token);
		assertThat(client.execute("{ me { id } }").reasons()).containsExactly("UNAUTHENTICATED " + reason);
		assertThat(client.execute("{ myOwners { nodes { id } } }").reasons())
			.containsExactly("UNAUTHENTICATED " + reason);
	}

}
