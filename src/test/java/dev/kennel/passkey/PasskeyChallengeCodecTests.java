package dev.kennel.passkey;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.UUID;

import dev.kennel.identity.AccountId;
import dev.kennel.identity.Caller;
import dev.kennel.passkey.PasskeyChallengeCodec.Challenge;
import dev.kennel.passkey.PasskeyChallengeCodec.Purpose;
import dev.kennel.secret.TestDerivedKeys;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PasskeyChallengeCodecTests {

	private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");

	private final Caller ann = new Caller(new AccountId(UUID.randomUUID()), UUID.randomUUID(), NOW);

	private final TestDerivedKeys keys = new TestDerivedKeys();

	private PasskeyChallengeCodec at(Instant time) {
		return new PasskeyChallengeCodec(this.keys, Clock.fixed(time, ZoneOffset.UTC));
	}

	@Test
	void challengeIsValidForTwoMinutesWithHalfAMinuteOfClockSkew() {
		Challenge challenge = at(NOW).issue(Purpose.LOGIN, null);

		assertThat(challenge.expiresAt()).isEqualTo(NOW.plusSeconds(120));
		assertThat(at(NOW.plusMillis(149_999)).verify(challenge.bytes(), Purpose.LOGIN, null)).isNotNull();
		assertThat(at(NOW.plusSeconds(150)).verify(challenge.bytes(), Purpose.LOGIN, null)).isNull();
	}

	@Test
	void challengeIsBoundToItsPurposeAccountAndSession() {
		PasskeyChallengeCodec codec = at(NOW);
		byte[] registration = codec.issue(Purpose.REGISTRATION, this.ann).bytes();
		Caller session = new Caller(this.ann.account(), UUID.randomUUID(), NOW);
		Caller bob = new Caller(new AccountId(UUID.randomUUID()), this.ann.session(), NOW);

		assertThat(codec.verify(registration, Purpose.REGISTRATION, this.ann)).isNotNull();
		assertThat(codec.verify(registration, Purpose.REAUTHENTICATION, this.ann)).isNull();
		assertThat(codec.verify(registration, Purpose.REGISTRATION, session)).isNull();
		assertThat(codec.verify(registration, Purpose.REGISTRATION, bob)).isNull();
		assertThat(codec.verify(registration, Purpose.LOGIN, null)).isNull();
	}

	@Test
	void eachChallengeDiffersAndEachChangedOneIsInvalid() {
		PasskeyChallengeCodec codec = at(NOW);
		byte[] challenge = codec.issue(Purpose.LOGIN, null).bytes();

		assertThat(codec.issue(Purpose.LOGIN, null).bytes()).isNotEqualTo(challenge);
		for (int i = 0; i < challenge.length; i++) {
			byte[] changed = challenge.clone();
			changed[i] ^= 1;
			assertThat(codec.verify(changed, Purpose.LOGIN, null)).as("byte %d", i).isNull();
			assertThat(codec.verify(Arrays.copyOf(challenge, i), Purpose.LOGIN, null)).as("length %d", i).isNull();
		}
		assertThat(codec.verify(Arrays.copyOf(challenge, 100_000), Purpose.LOGIN, null)).isNull();
	}

	@Test
	void challengeOfAnotherConfiguredKeyIsValid() {
		byte[] challenge = at(NOW).issue(Purpose.LOGIN, null).bytes();
		this.keys.rotate();

		assertThat(at(NOW).verify(challenge, Purpose.LOGIN, null)).isNotNull();
		this.keys.removeOld();
		assertThat(at(NOW).verify(challenge, Purpose.LOGIN, null)).isNull();
	}

}
