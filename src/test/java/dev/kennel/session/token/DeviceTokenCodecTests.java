package dev.kennel.session.token;

import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.UnaryOperator;

import javax.crypto.SecretKey;

import dev.kennel.account.DeviceProof;
import dev.kennel.account.DeviceTrust;
import dev.kennel.database.embedded.EmbeddedPostgresServer;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.NodeKind;
import dev.kennel.test.AdjustableClock;
import io.jsonwebtoken.JwtBuilder;
import io.jsonwebtoken.Jwts;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.support.DefaultListableBeanFactory;

import static org.assertj.core.api.Assertions.assertThat;

/** The claims, the time and the length of a valid device token. */
class DeviceTokenCodecTests {

	private static final Instant START = Instant.parse("2026-02-01T12:00:00Z");

	private static final String SECRET = Base64.getEncoder()
		.encodeToString(HexFormat.of().parseHex("00112233445566778899aabbccddeeff102132435465768798a9bacbdcedfe0f"));

	private final AdjustableClock clock = new AdjustableClock(START);

	private final AuthProperties properties = new AuthProperties(AuthProperties.Driver.JWT, "an issuer", "an audience",
			List.of(new AuthProperties.Key("k", SigningAlgorithm.HS256, SECRET, null)), Duration.ofMinutes(5),
			Duration.ofDays(30), Duration.ofDays(90), Duration.ofMinutes(10), true);

	private final SigningKeySet keys = new SigningKeySet(this.properties,
			new DefaultListableBeanFactory().getBeanProvider(EmbeddedPostgresServer.class));

	private final DeviceTokenCodec tokens = new DeviceTokenCodec(this.properties, this.keys, this.clock);

	private final AccountId account = new AccountId(UUID.fromString("0190163d-8694-739b-aea5-966c26f8ad90"));

	private DeviceProof verified(String token) {
		return Objects.requireNonNull(this.tokens.verify(token));
	}

	/** Returns a token as the codec issues it, after a change. */
	private String token(UnaryOperator<JwtBuilder> change) {
		JwtBuilder token = Jwts.builder()
			.json(JwtJson.SERIALIZER)
			.header()
			.type("device+jwt")
			.keyId("k")
			.and()
			.issuer("an issuer")
			.audience()
			.add("an audience/device")
			.and()
			.id("a device")
			.subject(NodeKind.USER.id(this.account.value()).toString())
			.claim("pwf", "a fingerprint")
			.expiration(Date.from(START.plusSeconds(60)));
		return change.apply(token).signWith((SecretKey) this.keys.current().signing(), Jwts.SIG.HS256).compact();
	}

	@Test
	void tokenProvesDeviceAccountAndPassword() {
		DeviceProof proof = verified(this.tokens.issue(this.account, "a fingerprint", null, null));

		assertThat(proof.account()).isEqualTo(this.account);
		assertThat(proof.passwordFingerprint()).isEqualTo("a fingerprint");
		assertThat(UUID.fromString(proof.id()).version()).isEqualTo(4);
		assertThat(verified(token((token) -> token)))
			.isEqualTo(new DeviceProof("a device", this.account, "a fingerprint", null));
	}

	@Test
	void tokenTellsWhenTheSecondFactorWasProved() {
		DeviceTrust trust = new DeviceTrust(UUID.randomUUID(), START);

		assertThat(verified(this.tokens.issue(this.account, "a fingerprint", null, trust)).trust()).isEqualTo(trust);
		assertThat(verified(this.tokens.issue(this.account, "a fingerprint", null, null)).trust()).isNull();
	}

	@Test
	void deviceKeepsItsIdWithinOneAccount() {
		DeviceProof first = verified(this.tokens.issue(this.account, "a fingerprint", null, null));
		AccountId other = new AccountId(UUID.randomUUID());

		assertThat(verified(this.tokens.issue(this.account, "another", first, null)).id()).isEqualTo(first.id());
		assertThat(verified(this.tokens.issue(other, "a fingerprint", first, null)).id()).isNotEqualTo(first.id());
		assertThat(verified(this.tokens.issue(this.account, "a fingerprint", null, null)).id())
			.isNotEqualTo(first.id());
	}

	@Test
	void tokenExpiresAfterOneYear() {
		String token = this.tokens.issue(this.account, "a fingerprint", null, null);

		this.clock.set(START.plus(Duration.ofDays(365)).minusMillis(1));
		assertThat(this.tokens.verify(token)).isNotNull();
		this.clock.set(START.plus(Duration.ofDays(365)).plusMillis(1));
		assertThat(this.tokens.verify(token)).isNull();
	}

	@Test
	void tokenOfAnotherProfileOrWithoutARequiredClaimIsInvalid() {
		List<UnaryOperator<JwtBuilder>> changes = List.of((token) -> token.issuer("other"),
				(token) -> token.issuer(null), (token) -> token.claim("aud", "an audience"),
				(token) -> token.claim("aud", null), (token) -> token.header().type("at+jwt").and(),
				(token) -> token.header().keyId("other").and(), (token) -> token.id(null),
				(token) -> token.subject(null), (token) -> token.subject("nonsense"),
				(token) -> token.subject(NodeKind.DOG.id(this.account.value()).toString()),
				(token) -> token.claim("pwf", null), (token) -> token.claim("pwf", 5),
				(token) -> token.expiration(null));

		assertThat(changes).allSatisfy((change) -> assertThat(this.tokens.verify(token(change))).isNull());
	}

	@Test
	void absentOrMalformedTokenIsInvalid() {
		String token = this.tokens.issue(this.account, "a fingerprint", null, null);

		assertThat(this.tokens.verify(null)).isNull();
		for (String text : List.of("", "nonsense", "a.b.c", token + "=", token.substring(1))) {
			assertThat(this.tokens.verify(text)).as(text).isNull();
		}
	}

	@Test
	void tokenLongerThanTwoKilobytesIsInvalid() {
		assertThat(this.tokens.verify(ofLength(2_048))).isNotNull();
		assertThat(this.tokens.verify(ofLength(2_049))).isNull();
	}

	/**
	 * Three characters of a claim are four of the token, so the header is padded, too.
	 */
	private String ofLength(int length) {
		for (int inHeader = 0; inHeader < 4; inHeader++) {
			String header = "x".repeat(inHeader);
			for (int inClaims = 1_000; inClaims < 1_400; inClaims++) {
				String claim = "x".repeat(inClaims);
				String text = token((token) -> token.header().add("x", header).and().claim("x", claim));
				if (text.length() == length) {
					return text;
				}
			}
		}
		throw new AssertionError("No token of the length " + length);
	}

}
