package dev.kennel.passkey;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;

import dev.kennel.identity.Caller;
import dev.kennel.secret.DerivedKeys;
import dev.kennel.secret.Sha256;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * Issues and verifies the challenges of passkeys. A challenge is signed and not stored,
 * because challenges are issued to signed-out clients, who could fill the database. Only
 * the use of a challenge by a passkey is stored.
 */
@Component
class PasskeyChallengeCodec {

	/** How long a challenge can be answered. */
	static final Duration LIFETIME = Duration.ofMinutes(2);

	/**
	 * How far the clock of the instance that issued a challenge may be behind. Without
	 * the leeway, the user of a slow authenticator would have to begin again.
	 */
	private static final Duration CLOCK_SKEW = Duration.ofSeconds(30);

	private static final String KEY_PURPOSE = "passkey-challenge";

	private static final int NONCE_BYTES = 16;

	private static final int SIGNED_BYTES = Long.BYTES + NONCE_BYTES;

	private static final int MAC_BYTES = 32;

	/** Exceeds every challenge: the id of the key follows the signature. */
	private static final int MAX_BYTES = 1_024;

	private static final SecureRandom RANDOM = new SecureRandom();

	private final DerivedKeys keys;

	private final Clock clock;

	PasskeyChallengeCodec(DerivedKeys keys, Clock clock) {
		this.keys = keys;
		this.clock = clock;
	}

	/** The purpose of a challenge, which is invalid for any other. */
	enum Purpose {

		/** To register a passkey, by the session that requested the challenge. */
		REGISTRATION,

		/** To log in. */
		LOGIN,

		/** To reauthenticate, by the session that requested the challenge. */
		REAUTHENTICATION

	}

	/**
	 * A challenge.
	 *
	 * @param bytes what the authenticator signs
	 * @param expiresAt until when it can be answered
	 */
	@SuppressWarnings("ArrayRecordComponent") // Challenges are not compared.
	record Challenge(byte[] bytes, Instant expiresAt) {

		OffsetDateTime expiresAtUtc() {
			return this.expiresAt.atOffset(ZoneOffset.UTC);
		}

		/** Returns the hash that is stored when the challenge has been answered. */
		byte[] hash() {
			return Sha256.hash(this.bytes);
		}

		@Override
		public String toString() {
			return "Challenge[expiresAt=" + this.expiresAt + "]";
		}

	}

	/**
	 * Issues a challenge.
	 * @param caller the session that may answer it; null for any client
	 */
	Challenge issue(Purpose purpose, @Nullable Caller caller) {
		Instant expiresAt = this.clock.instant().plus(LIFETIME).truncatedTo(ChronoUnit.MILLIS);
		byte[] nonce = new byte[NONCE_BYTES];
		RANDOM.nextBytes(nonce);
		byte[] signed = ByteBuffer.allocate(SIGNED_BYTES).putLong(expiresAt.toEpochMilli()).put(nonce).array();
		byte[] id = this.keys.currentId().getBytes(StandardCharsets.UTF_8);
		return new Challenge(ByteBuffer.allocate(SIGNED_BYTES + MAC_BYTES + id.length)
			.put(signed)
			.put(this.keys.hmacByCurrentKey(KEY_PURPOSE, context(purpose, caller), signed))
			.put(id)
			.array(), expiresAt);
	}

	/**
	 * Verifies a challenge.
	 * @param bytes any bytes; null for none
	 * @param caller the session that answers it; null if it was issued for any client
	 * @return the challenge, or null unless this service issued it for the purpose and
	 * the session, and it has not expired, by a clock that is 30 s ahead at most
	 */
	@Nullable Challenge verify(byte @Nullable [] bytes, Purpose purpose, @Nullable Caller caller) {
		if (bytes == null || bytes.length <= SIGNED_BYTES + MAC_BYTES || bytes.length > MAX_BYTES) {
			return null;
		}
		byte[] signed = Arrays.copyOf(bytes, SIGNED_BYTES);
		byte[] mac = Arrays.copyOfRange(bytes, SIGNED_BYTES, SIGNED_BYTES + MAC_BYTES);
		String keyId = new String(bytes, SIGNED_BYTES + MAC_BYTES, bytes.length - SIGNED_BYTES - MAC_BYTES,
				StandardCharsets.UTF_8);
		byte[] expected = this.keys.hmac(keyId, KEY_PURPOSE, context(purpose, caller), signed);
		if (expected == null || !MessageDigest.isEqual(mac, expected)) {
			return null;
		}
		Instant expiresAt = Instant.ofEpochMilli(ByteBuffer.wrap(signed).getLong());
		return this.clock.instant().isBefore(expiresAt.plus(CLOCK_SKEW)) ? new Challenge(bytes, expiresAt) : null;
	}

	private static byte[] context(Purpose purpose, @Nullable Caller caller) {
		return (purpose + " " + ((caller != null) ? caller.account().value() + " " + caller.session() : "") + "\n")
			.getBytes(StandardCharsets.UTF_8);
	}

}
