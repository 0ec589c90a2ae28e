package dev.kennel.secret;

import java.util.UUID;
import java.util.stream.Stream;

import dev.kennel.identity.AccountId;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class OneTimeTokenTests {

	private static final UUID KEY = UUID.fromString("0190163d-8694-739b-aea5-966c26f8ad90");

	private static final AccountId ACCOUNT = new AccountId(KEY);

	@Test
	void oneTimeTokensAreEqualIfAccountAndSecretAre() {
		byte[] secret = new byte[32];
		secret[31] = 1;
		OneTimeToken token = new OneTimeToken(ACCOUNT, secret);

		assertThat(token).isEqualTo(new OneTimeToken(new AccountId(KEY), secret.clone()))
			.hasSameHashCodeAs(new OneTimeToken(ACCOUNT, new byte[32]))
			.isNotEqualTo(new OneTimeToken(ACCOUNT, new byte[32]))
			.isNotEqualTo(new OneTimeToken(new AccountId(UUID.randomUUID()), secret))
			.isNotEqualTo(ACCOUNT);
		assertThat(token.hashCode()).isEqualTo(ACCOUNT.hashCode());
		assertThat(OneTimeToken.generate(ACCOUNT)).isNotEqualTo(OneTimeToken.generate(ACCOUNT));
	}

	@Test
	void oneTimeTokenRoundTrips() {
		OneTimeToken token = OneTimeToken.generate(ACCOUNT);

		assertThat(token.value()).matches("[A-Za-z0-9_-]{64}");
		assertThat(OneTimeToken.parse(token.value())).contains(token);
		assertThat(Stream.of("", token.value() + "A", token.value().substring(1), "!".repeat(64), "=".repeat(64),
				"A".repeat(62) + "==", "A".repeat(63) + "="))
			.allSatisfy((text) -> assertThat(OneTimeToken.parse(text)).isEmpty());
	}

	@Test
	void toStringOmitsSecret() {
		assertThat(new OneTimeToken(ACCOUNT, new byte[32]).toString())
			.isEqualTo("OneTimeToken[account=" + ACCOUNT + "]");
	}

}
