package dev.kennel.session.token;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import javax.crypto.SecretKey;

import dev.kennel.identity.NodeKind;
import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import dev.kennel.test.SqlRecorder;
import io.jsonwebtoken.JwtBuilder;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Keys;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Which access tokens authenticate a request. */
@KennelTest
class AccessTokenTests {

	private final Api api;

	private final SigningKeySet keys;

	private final SqlRecorder sql;

	private final String name = "u" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);

	private Api ann;

	AccessTokenTests(Api api, SigningKeySet keys, SqlRecorder sql) {
		this.api = api;
		this.keys = keys;
		this.sql = sql;
		this.ann = api;
	}

	@BeforeEach
	void signUp() {
		this.ann = this.api.signUp(this.name);
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
	void tokenSignedWithTheCurrentKeyIsAccepted() {
		assertThat(this.api.withToken(sign(token(), key())).execute("{ me { username } }").text("/me/username"))
			.isEqualTo(this.name);
	}

	@Test
	void expiredTokenIsRefused() {
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
	void tokenOfAnotherIssuerIsRefused() {
		assertRefused(sign(token().issuer("other"), key()));
	}

	@Test
	void tokenForAnotherAudienceIsRefused() {
		assertRefused(sign(token().claim("aud", "other"), key()));
		assertRefused(sign(token().claim("aud", null), key()));
	}

	@Test
	void tokenIssuedMoreThanHalfAMinuteAheadIsRefused() {
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
