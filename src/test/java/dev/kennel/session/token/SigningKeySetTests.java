package dev.kennel.session.token;

import java.security.PrivateKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.UUID;

import dev.kennel.database.embedded.EmbeddedPostgresServer;
import dev.kennel.error.ErrorReason;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.Caller;
import dev.kennel.identity.NodeKind;
import dev.kennel.test.AdjustableClock;
import io.jsonwebtoken.Jwts;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.diagnostics.FailureAnalysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class SigningKeySetTests {

	private static final String SECRET = Base64.getEncoder()
		.encodeToString(
				java.util.HexFormat.of().parseHex("00112233445566778899aabbccddeeff102132435465768798a9bacbdcedfe0f"));

	private static AuthProperties properties(AuthProperties.Key... keys) {
		return new AuthProperties(AuthProperties.Driver.JWT, "kennel", "kennel", List.of(keys), Duration.ofMinutes(5),
				Duration.ofDays(30), Duration.ofDays(90), Duration.ofMinutes(10), true);
	}

	private static SigningKeySet keys(AuthProperties properties) {
		return new SigningKeySet(properties,
				new DefaultListableBeanFactory().getBeanProvider(EmbeddedPostgresServer.class));
	}

	private static AuthProperties.Key key(SigningAlgorithm algorithm, @Nullable String secret,
			@Nullable String privateKey) {
		return new AuthProperties.Key("k", algorithm, secret, privateKey);
	}

	private static AuthProperties.Key good(SigningAlgorithm algorithm) {
		return switch (algorithm) {
			case HS256 -> key(algorithm, SECRET, null);
			case RS256 -> key(algorithm, null, TestKeys.rsa(2_048));
			case ES256 -> key(algorithm, null, TestKeys.P256.replace("\n", "\\n"));
			case EDDSA -> key(algorithm, null, TestKeys.edwards("Ed25519"));
		};
	}

	@ParameterizedTest
	@EnumSource
	void eachAlgorithmSignsAndVerifies(SigningAlgorithm algorithm) {
		AuthProperties properties = properties(good(algorithm));
		AccessTokenCodec tokens = new AccessTokenCodec(properties, keys(properties), Clock.systemUTC());
		AccountId account = new AccountId(UUID.randomUUID());
		UUID session = UUID.randomUUID();

		AccessToken issued = tokens.issue(account, session, Instant.now().plusSeconds(3_600));
		String token = issued.value();

		assertThat(new String(Base64.getUrlDecoder().decode(token.split("\\.")[0]),
				java.nio.charset.StandardCharsets.UTF_8))
			.contains("\"alg\":\"" + algorithm.headerName() + "\"", "\"kid\":\"k\"");
		assertThat(tokens.verify(token).caller()).isEqualTo(new Caller(account, session, issued.expiresAt()));
		AuthProperties others = properties(
				good((algorithm == SigningAlgorithm.RS256) ? SigningAlgorithm.ES256 : SigningAlgorithm.RS256));
		assertThat(new AccessTokenCodec(others, keys(others), Clock.systemUTC()).verify(token).refusal())
			.isEqualTo(ErrorReason.TOKEN_INVALID);
	}

	/**
	 * The library would verify it: an RSA public key is valid for all of these
	 * algorithms.
	 */
	@Test
	void anotherAlgorithmOfTheSameKeyIsRefused() {
		AuthProperties properties = properties(good(SigningAlgorithm.RS256));
		SigningKeySet keys = keys(properties);
		AccessTokenCodec tokens = new AccessTokenCodec(properties, keys, Clock.systemUTC());
		PrivateKey key = (PrivateKey) keys.current().signing();
		for (var algorithm : List.of(Jwts.SIG.RS256, Jwts.SIG.RS384, Jwts.SIG.RS512, Jwts.SIG.PS256)) {
			String token = Jwts.builder()
				.json(JwtJson.SERIALIZER)
				.header()
				.type("at+jwt")
				.keyId("k")
				.and()
				.issuer("kennel")
				.audience()
				.add("kennel")
				.and()
				.subject(NodeKind.USER.id(UUID.randomUUID()).toString())
				.claim("sid", NodeKind.SESSION.id(UUID.randomUUID()).toString())
				.expiration(Date.from(Instant.now().plusSeconds(60)))
				.signWith(key, algorithm)
				.compact();
			assertThat(tokens.verify(token).refusal()).as(algorithm.getId())
				.isEqualTo(algorithm.equals(Jwts.SIG.RS256) ? null : ErrorReason.TOKEN_INVALID);
		}
	}

	/** Even if it is cached: its signature is not verified again. */
	@Test
	void cachedTokenExpiresWithItsTime() {
		AuthProperties properties = properties(good(SigningAlgorithm.HS256));
		AdjustableClock clock = new AdjustableClock(Instant.parse("2030-01-01T00:00:00Z"));
		AccessTokenCodec tokens = new AccessTokenCodec(properties, keys(properties), clock);
		AccessToken issued = tokens.issue(new AccountId(UUID.randomUUID()), UUID.randomUUID(), Instant.MAX);

		clock.set(issued.expiresAt().minusNanos(1));
		assertThat(tokens.verify(issued.value()).refusal()).isNull();
		clock.set(issued.expiresAt());
		assertThat(tokens.verify(issued.value()).refusal()).isEqualTo(ErrorReason.TOKEN_EXPIRED);
		clock.set(issued.expiresAt().minusSeconds(331));
		assertThat(tokens.verify(issued.value()).refusal()).isEqualTo(ErrorReason.TOKEN_INVALID);
	}

	@Test
	void claimedSessionIsReadWithoutVerifyingTheSignature() {
		AuthProperties properties = properties(good(SigningAlgorithm.HS256));
		UUID session = UUID.randomUUID();
		String token = new AccessTokenCodec(properties, keys(properties), Clock.fixed(Instant.EPOCH, ZoneOffset.UTC))
			.issue(new AccountId(UUID.randomUUID()), session, Instant.EPOCH.plusSeconds(60))
			.value();
		String[] parts = token.split("\\.");

		assertThat(AccessTokenCodec.claimedSession(token)).isEqualTo(session);
		assertThat(AccessTokenCodec.claimedSession(parts[0] + "." + parts[1] + ".")).isEqualTo(session);
		for (String nonsense : List.of("", ".", "..", "a.b.c", parts[1], "." + parts[1], token + ".",
				"." + parts[1] + "x".repeat(5_000) + ".", claims("null"), claims("[]"), claims("{}"),
				claims("{\"sid\":5}"), claims("{\"sid\":\"usr_00000000000000000000000000\"}"),
				claims("[".repeat(2_000)))) {
			assertThat(AccessTokenCodec.claimedSession(nonsense)).as(nonsense).isNull();
		}
	}

	private static String claims(String json) {
		return "." + Base64.getUrlEncoder()
			.withoutPadding()
			.encodeToString(json.getBytes(java.nio.charset.StandardCharsets.UTF_8)) + ".";
	}

	@Test
	void tokenDoesNotOutlastItsSession() {
		AuthProperties properties = properties(good(SigningAlgorithm.HS256));
		Instant end = Instant.parse("2099-01-01T00:00:00Z");
		AccessTokenCodec tokens = new AccessTokenCodec(properties, keys(properties),
				Clock.fixed(end.minusSeconds(60), java.time.ZoneOffset.UTC));

		assertThat(tokens.issue(new AccountId(UUID.randomUUID()), UUID.randomUUID(), end).expiresAt()).isEqualTo(end);
	}

	private static void assertRefused(String fault, AuthProperties.Key... keys) {
		assertThatExceptionOfType(SigningKeyException.class).isThrownBy(() -> keys(properties(keys)))
			.withMessageContaining(fault)
			.withNoCause();
	}

	@Test
	void missingShortOrPlaceholderKeyFailsWithInstructions() {
		assertRefused("kennel.auth.keys is empty");
		assertRefused("has no secret", key(SigningAlgorithm.HS256, null, null));
		assertRefused("has no secret", key(SigningAlgorithm.HS256, " ", null));
		assertRefused("is not base64", key(SigningAlgorithm.HS256, "?", null));
		assertRefused("has a secret of 248 bits",
				key(SigningAlgorithm.HS256, Base64.getEncoder().encodeToString(new byte[31]), null));
		assertRefused("default or a placeholder",
				key(SigningAlgorithm.HS256, Base64.getEncoder().encodeToString(new byte[32]), null));
		assertRefused("default or a placeholder", key(SigningAlgorithm.HS256, Base64.getEncoder()
			.encodeToString(
					"change-me-change-me-to-something-random-012".getBytes(java.nio.charset.StandardCharsets.UTF_8)),
				null));
		assertRefused("has no private-key", key(SigningAlgorithm.ES256, null, null));
		assertRefused("can't be read", key(SigningAlgorithm.ES256, null, "nonsense"));
		assertRefused("of another algorithm or length", key(SigningAlgorithm.RS256, null, TestKeys.rsa(1_024)));
		assertRefused("of another algorithm or length", key(SigningAlgorithm.RS256, null, TestKeys.P256));
		assertRefused("of another algorithm or length", key(SigningAlgorithm.ES256, null, TestKeys.ec("secp384r1")));
		assertRefused("of another algorithm or length", key(SigningAlgorithm.EDDSA, null, TestKeys.edwards("Ed448")));
		assertRefused("has a private-key, but its algorithm is HS256, which needs a secret",
				key(SigningAlgorithm.HS256, SECRET, TestKeys.P256));
		assertRefused("has a secret, but its algorithm is ES256, which needs a private-key",
				key(SigningAlgorithm.ES256, SECRET, TestKeys.P256));
	}

	@ParameterizedTest
	@CsvSource({ "HS256, secret, SECRET, a secret of at least 256 bits, openssl rand -base64 32",
			"RS256, private-key, PRIVATEKEY, 'an RSA key of at least 2,048 bits', "
					+ "openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072",
			"ES256, private-key, PRIVATEKEY, a key of the curve P-256, "
					+ "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256",
			"EDDSA, private-key, PRIVATEKEY, an Ed25519 key, openssl genpkey -algorithm ed25519" })
	void errorNamesTheKeyAndHowToGenerateOne(SigningAlgorithm algorithm, String member, String variable, String need,
			String keyCommand) {
		AuthProperties.Key first = new AuthProperties.Key("first", SigningAlgorithm.HS256, SECRET, null);

		assertThatExceptionOfType(SigningKeyException.class)
			.isThrownBy(() -> keys(properties(first, key(algorithm, null, null))))
			.withMessage("The key k (kennel.auth.keys[1]) has no " + member)
			.satisfies((ex) -> {
				FailureAnalysis analysis = new SigningKeyFailureAnalyzer().analyze(ex, ex);
				assertThat(analysis.getDescription())
					.isEqualTo("Access tokens can't be signed: The key k (kennel.auth.keys[1]) has no " + member + ".");
				assertThat(analysis.getAction()).isEqualTo(
						"""
								With a PostgreSQL of your own, Kennel needs a signing key that all its instances share: %s. Make one with

								    %s

								and set it as kennel.auth.keys[1].%s, beside a name of your choice as kennel.auth.keys[1].id: for \
								instance with the environment variables KENNEL_AUTH_KEYS_1_ID and KENNEL_AUTH_KEYS_1_%s."""
							.formatted(need, keyCommand, member, variable));
			});
	}

	/** Twelve distinct bytes of 32 are enough. */
	@Test
	void secretWithTwelveDistinctBytesIsAccepted() {
		byte[] bytes = new byte[32];
		for (int i = 0; i < 11; i++) {
			bytes[i] = (byte) (0xa0 + i);
		}
		bytes[11] = bytes[0];
		java.util.Arrays.fill(bytes, 12, 32, bytes[1]);
		assertRefused("default or a placeholder",
				key(SigningAlgorithm.HS256, Base64.getEncoder().encodeToString(bytes), null));
		bytes[11] = (byte) 0xc0;

		SigningKeySet keys = keys(
				properties(key(SigningAlgorithm.HS256, Base64.getEncoder().encodeToString(bytes), null)));

		assertThat(keys.current().signing().getEncoded()).isEqualTo(bytes);
	}

	/** {@code openssl rand -base64 32} would never generate it, but people type it. */
	@Test
	void placeholderIsDetectedInTheEncodedText() {
		assertRefused("default or a placeholder", key(SigningAlgorithm.HS256, "ChangeMe" + SECRET.substring(8), null));
	}

	@Test
	void firstKeySignsAndEachIsFoundById() {
		AuthProperties.Key first = new AuthProperties.Key("first", SigningAlgorithm.ES256, null, TestKeys.P256);
		AuthProperties.Key second = new AuthProperties.Key("second", SigningAlgorithm.HS256, SECRET, null);

		SigningKeySet keys = keys(properties(first, second));

		assertThat(keys.current().id()).isEqualTo("first");
		assertThat(keys.all()).extracting(SigningKey::id).containsExactly("first", "second");
		assertThat(keys.find("second")).isNotNull().extracting(SigningKey::isPublic).isEqualTo(false);
		assertThat(keys.find("first")).isNotNull().extracting(SigningKey::isPublic).isEqualTo(true);
		assertThat(keys.find("third")).isNull();
	}

	@Test
	void toStringOmitsKeys() {
		SigningKeySet keys = keys(properties(good(SigningAlgorithm.HS256)));

		assertThat(keys.current().toString()).isEqualTo("SigningKey[id=k, algorithm=HS256]");
		assertThat(good(SigningAlgorithm.HS256).toString()).isEqualTo("Key[id=k, algorithm=HS256]");
	}

}
