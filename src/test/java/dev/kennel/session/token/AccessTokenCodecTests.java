package dev.kennel.session.token;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;

import javax.crypto.SecretKey;

import dev.kennel.database.embedded.EmbeddedPostgresServer;
import dev.kennel.error.ErrorReason;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.Caller;
import dev.kennel.identity.NodeKind;
import dev.kennel.test.AdjustableClock;
import io.jsonwebtoken.JwtBuilder;
import io.jsonwebtoken.Jwts;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.support.DefaultListableBeanFactory;

import static org.assertj.core.api.Assertions.assertThat;

/** The limits of time and length of a valid token. */
class AccessTokenCodecTests {

	private static final Instant START = Instant.parse("2026-02-01T12:00:00Z");

	private static final Duration LIFETIME = Duration.ofMinutes(5);

	private static final Duration SKEW = Duration.ofSeconds(30);

	private static final Duration TICK = Duration.ofMillis(1);

	private static final String SECRET = Base64.getEncoder()
		.encodeToString(HexFormat.of().parseHex("00112233445566778899aabbccddeeff102132435465768798a9bacbdcedfe0f"));

	private final AdjustableClock clock = new AdjustableClock(START);

	private final AuthProperties properties = new AuthProperties(AuthProperties.Driver.JWT, "an issuer", "an audience",
			List.of(new AuthProperties.Key("k", SigningAlgorithm.HS256, SECRET, null)), LIFETIME, Duration.ofDays(30),
			Duration.ofDays(90), Duration.ofMinutes(10), true);

	private final SigningKeySet keys = new SigningKeySet(this.properties,
			new DefaultListableBeanFactory().getBeanProvider(EmbeddedPostgresServer.class));

	private final AccessTokenCodec tokens = newTokens();

	private final AccountId account = new AccountId(UUID.fromString("0190163d-8694-739b-aea5-966c26f8ad90"));

	private final UUID session = UUID.fromString("0190163d-8694-739b-aea5-966c26f8ad91");

	/** Returns a codec with an empty cache. */
	private AccessTokenCodec newTokens() {
		return new AccessTokenCodec(this.properties, this.keys, this.clock);
	}

	private AccessToken issue() {
		return this.tokens.issue(this.account, this.session, START.plus(Duration.ofDays(1)));
	}

	private JwtBuilder token() {
		return Jwts.builder()
			.json(JwtJson.SERIALIZER)
			.header()
			.type("at+jwt")
			.keyId("k")
			.and()
			.issuer("an issuer")
			.audience()
			.add("an audience")
			.and()
			.subject(NodeKind.USER.id(this.account.value()).toString())
			.claim("sid", NodeKind.SESSION.id(this.session).toString())
			.expiration(Date.from(START.plus(LIFETIME)));
	}

	private String sign(JwtBuilder token) {
		return token.signWith((SecretKey) this.keys.current().signing(), Jwts.SIG.HS256).compact();
	}

	/** Verifies a token uncached and cached. */
	private void assertValid(boolean good, AccessTokenCodec known, String token) {
		assertThat(newTokens().verify(token).caller() != null).isEqualTo(good);
		assertThat(known.verify(token).caller() != null).isEqualTo(good);
	}

	@Test
	void tokenContainsCallerAndExpiry() {
		this.clock.set(START.plusNanos(999_999_999));
		AccessToken issued = issue();

		assertThat(issued.expiresAt()).isEqualTo(START.plus(LIFETIME));
		assertThat(this.tokens.verify(issued.value()).caller())
			.isEqualTo(new Caller(this.account, this.session, issued.expiresAt()));
		String[] parts = issued.value().split("\\.");
		JsonNode claims = new JsonMapper()
			.readTree(new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8));
		assertThat(claims.propertyNames()).containsExactlyInAnyOrder("iss", "aud", "sub", "sid", "iat", "exp");
		assertThat(claims.at("/iss").asString()).isEqualTo("an issuer");
		assertThat(claims.at("/aud/0").asString()).isEqualTo("an audience");
		assertThat(claims.at("/sub").asString()).isEqualTo(NodeKind.USER.id(this.account.value()).toString());
		assertThat(claims.at("/sid").asString()).isEqualTo(NodeKind.SESSION.id(this.session).toString());
		assertThat(claims.at("/iat").asLong()).isEqualTo(START.getEpochSecond());
		assertThat(claims.at("/exp").asLong()).isEqualTo(START.plus(LIFETIME).getEpochSecond());
	}

	@Test
	void tokenExpiresNoLaterThanItsSession() {
		Instant sessionEnd = START.plus(LIFETIME).minusMillis(1);

		assertThat(this.tokens.issue(this.account, this.session, sessionEnd).expiresAt())
			.isEqualTo(START.plus(LIFETIME).minusSeconds(1));
		assertThat(this.tokens.issue(this.account, this.session, START.plus(LIFETIME)).expiresAt())
			.isEqualTo(START.plus(LIFETIME));
		assertThat(this.tokens.issue(this.account, this.session, START.plus(LIFETIME).plusMillis(1)).expiresAt())
			.isEqualTo(START.plus(LIFETIME));
	}

	@Test
	void tokenIsRefusedFromItsExpiryOn() {
		String token = issue().value();
		assertValid(true, this.tokens, token);

		this.clock.set(START.plus(LIFETIME).minus(TICK));
		assertValid(true, this.tokens, token);
		this.clock.advance(TICK);
		assertValid(false, this.tokens, token);
		assertThat(this.tokens.verify(token).refusal()).isEqualTo(ErrorReason.TOKEN_EXPIRED);
	}

	@Test
	void tokenIssuedInTheFutureIsAcceptedWithinClockSkewOnly() {
		String token = issue().value();
		assertValid(true, this.tokens, token);

		this.clock.set(START.minus(SKEW));
		assertValid(true, this.tokens, token);
		this.clock.advance(TICK.negated());
		assertValid(false, this.tokens, token);
	}

	@Test
	void tokenWithoutIssuedAtIsAccepted() {
		assertValid(true, this.tokens, sign(token()));
	}

	/** Two bits of the last character of a signature are unused. */
	@Test
	void tokenHasOneEncoding() {
		String token = issue().value();
		char last = token.charAt(token.length() - 1);
		String other = token.substring(0, token.length() - 1) + (char) (last + 1);
		assertThat(Base64.getUrlDecoder().decode(other.split("\\.")[2]))
			.isEqualTo(Base64.getUrlDecoder().decode(token.split("\\.")[2]));

		assertValid(false, this.tokens, other);
		assertValid(false, this.tokens, token + "=");
		assertThat(AccessTokenCodec.claimedSession(token)).isEqualTo(this.session);
		assertValid(true, this.tokens, token);
	}

	@Test
	void tokenLongerThanFourKilobytesIsRefused() {
		String longest = ofLength(4_096);
		String tooLong = ofLength(4_097);

		assertValid(true, this.tokens, longest);
		assertValid(false, this.tokens, tooLong);
	}

	/**
	 * Three characters of a claim are four of the token, so the header is padded, too.
	 */
	private String ofLength(int length) {
		for (int inHeader = 0; inHeader < 4; inHeader++) {
			for (int inClaims = 2_500; inClaims < 3_500; inClaims++) {
				String token = sign(
						token().header().add("x", "x".repeat(inHeader)).and().claim("x", "x".repeat(inClaims)));
				if (token.length() == length) {
					return token;
				}
			}
		}
		throw new AssertionError("No token of the length " + length);
	}

	@Test
	void toStringOmitsTheToken() {
		assertThat(issue().toString()).isEqualTo("AccessToken[expiresAt=" + START.plus(LIFETIME) + "]");
	}

	@Test
	void tokenWithDuplicateClaimIsRefused() {
		String header = sign(token()).split("\\.")[0];
		String claims = new String(Base64.getUrlDecoder().decode(sign(token()).split("\\.")[1]),
				StandardCharsets.UTF_8);
		String twice = claims.replaceFirst("\\{", "{\"sub\":\"" + NodeKind.USER.id(UUID.randomUUID()) + "\",");
		String signed = header + "."
				+ Base64.getUrlEncoder().withoutPadding().encodeToString(twice.getBytes(StandardCharsets.UTF_8));
		byte[] signature = TestKeys.hmac(Base64.getDecoder().decode(SECRET), signed);

		assertValid(false, this.tokens,
				signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature));
	}

}
