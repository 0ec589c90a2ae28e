package dev.kennel.session;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.UUID;

import dev.kennel.database.AccountId;
import dev.kennel.graphql.Caller;
import dev.kennel.database.EmbeddedPostgresServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.beans.factory.support.DefaultListableBeanFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class SigningKeysTests {

	private static final String SECRET = Base64.getEncoder()
		.encodeToString(
				java.util.HexFormat.of().parseHex("00112233445566778899aabbccddeeff102132435465768798a9bacbdcedfe0f"));

	private static AuthProperties properties(AuthProperties.Key... keys) {
		return new AuthProperties(AuthProperties.Driver.JWT, "kennel", "kennel", List.of(keys), Duration.ofMinutes(5),
				Duration.ofDays(30), Duration.ofDays(90), true);
	}

	private static SigningKeys keys(AuthProperties properties) {
		return new SigningKeys(properties,
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
		AccessTokens tokens = new AccessTokens(properties, keys(properties), Clock.systemUTC());
		AccountId account = new AccountId(UUID.randomUUID());
		UUID session = UUID.randomUUID();

		AccessToken issued = tokens.issue(account, session, Instant.now().plusSeconds(3_600));
		String token = issued.value();

		assertThat(new String(Base64.getUrlDecoder().decode(token.split("\\.")[0]),
				java.nio.charset.StandardCharsets.UTF_8))
			.contains("\"alg\":\"" + algorithm.headerName() + "\"", "\"kid\":\"k\"");
		assertThat(tokens.verify(token)).isEqualTo(new Caller(account, session, issued.expiresAt()));
		AuthProperties others = properties(
				good((algorithm == SigningAlgorithm.RS256) ? SigningAlgorithm.ES256 : SigningAlgorithm.RS256));
		assertThat(new AccessTokens(others, keys(others), Clock.systemUTC()).verify(token)).isNull();
	}

	@Test
	void aTokenDoesNotOutlastItsSession() {
		AuthProperties properties = properties(good(SigningAlgorithm.HS256));
		Instant end = Instant.parse("2099-01-01T00:00:00Z");
		AccessTokens tokens = new AccessTokens(properties, keys(properties),
				Clock.fixed(end.minusSeconds(60), java.time.ZoneOffset.UTC));

		assertThat(tokens.issue(new AccountId(UUID.randomUUID()), UUID.randomUUID(), end).expiresAt()).isEqualTo(end);
	}

	private static void assertRefused(String fault, AuthProperties.Key... keys) {
		assertThatExceptionOfType(SigningKeyException.class).isThrownBy(() -> keys(properties(keys)))
			.withMessageContaining(fault)
			.withNoCause()
			.satisfies((ex) -> assertThat(new SigningKeyFailureAnalyzer().analyze(ex, ex).getAction())
				.contains(ex.algorithm().recipe(), "kennel.auth.keys[0]."));
	}

	@Test
	void aKeyThatIsMissingShortOrADefaultIsAnErrorThatSaysHowToMakeOne() {
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
		assertRefused("something else than a secret", key(SigningAlgorithm.HS256, SECRET, TestKeys.P256));
		assertRefused("something else than a private-key", key(SigningAlgorithm.ES256, SECRET, TestKeys.P256));
	}

	/** Of 32 bytes, twelve that differ are enough. */
	@Test
	void aSecretIsTakenForRandomIfTwelveOfItsBytesDiffer() {
		byte[] bytes = new byte[32];
		for (int i = 0; i < 11; i++) {
			bytes[i] = (byte) (0xa0 + i);
		}
		bytes[11] = bytes[0];
		java.util.Arrays.fill(bytes, 12, 32, bytes[1]);
		assertRefused("default or a placeholder",
				key(SigningAlgorithm.HS256, Base64.getEncoder().encodeToString(bytes), null));
		bytes[11] = (byte) 0xc0;

		SigningKeys keys = keys(
				properties(key(SigningAlgorithm.HS256, Base64.getEncoder().encodeToString(bytes), null)));

		assertThat(keys.current().signing().getEncoded()).isEqualTo(bytes);
	}

	/** As {@code openssl rand -base64 32} would never make it, but a person does. */
	@Test
	void aPlaceholderIsFoundInTheTextToo() {
		assertRefused("default or a placeholder", key(SigningAlgorithm.HS256, "ChangeMe" + SECRET.substring(8), null));
	}

	@Test
	void theFirstKeySignsAndEachIsFoundByItsName() {
		AuthProperties.Key first = new AuthProperties.Key("first", SigningAlgorithm.ES256, null, TestKeys.P256);
		AuthProperties.Key second = new AuthProperties.Key("second", SigningAlgorithm.HS256, SECRET, null);

		SigningKeys keys = keys(properties(first, second));

		assertThat(keys.current().id()).isEqualTo("first");
		assertThat(keys.all()).extracting(SigningKey::id).containsExactly("first", "second");
		assertThat(keys.find("second")).isNotNull().extracting(SigningKey::isPublic).isEqualTo(false);
		assertThat(keys.find("first")).isNotNull().extracting(SigningKey::isPublic).isEqualTo(true);
		assertThat(keys.find("third")).isNull();
	}

	@Test
	void keysSayNothingWhenTheyArePrinted() {
		SigningKeys keys = keys(properties(good(SigningAlgorithm.HS256)));

		assertThat(keys.current().toString()).isEqualTo("SigningKey[id=k, algorithm=HS256]");
		assertThat(good(SigningAlgorithm.HS256).toString()).isEqualTo("Key[id=k, algorithm=HS256]");
	}

}
