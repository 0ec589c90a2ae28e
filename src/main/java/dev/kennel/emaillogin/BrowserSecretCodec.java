package dev.kennel.emaillogin;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;

import dev.kennel.secret.DerivedKeys;
import dev.kennel.secret.Sha256;
import dev.kennel.text.Base64Url;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * Issues and verifies the secrets of browsers. A secret is 256 random bits with the
 * requested address, since a code alone does not identify the account; and signed, so
 * that guesses at the codes of an address need a request for it, which is rate limited.
 */
@Component
class BrowserSecretCodec {

	private static final String KEY_PURPOSE = "email-login-browser";

	private static final int MAC_BYTES = 32;

	private static final int RANDOM_BYTES = 32;

	/** Exceeds every secret, and bounds the cost of a huge one. */
	private static final int MAX_LENGTH = 2_048;

	private static final SecureRandom RANDOM = new SecureRandom();

	private final DerivedKeys keys;

	private final Clock clock;

	BrowserSecretCodec(DerivedKeys keys, Clock clock) {
		this.keys = keys;
		this.clock = clock;
	}

	/** Issues a secret for a valid address. */
	BrowserSecret issue(String email) {
		byte[] random = new byte[RANDOM_BYTES];
		RANDOM.nextBytes(random);
		byte[] id = this.keys.currentId().getBytes(StandardCharsets.UTF_8);
		byte[] address = email.getBytes(StandardCharsets.UTF_8);
		Instant expiresAt = this.clock.instant().plus(BrowserSecret.LIFETIME).truncatedTo(ChronoUnit.MILLIS);
		byte[] signed = ByteBuffer.allocate(RANDOM_BYTES + Long.BYTES + 1 + id.length + address.length)
			.put(random)
			.putLong(expiresAt.toEpochMilli())
			.put((byte) id.length)
			.put(id)
			.put(address)
			.array();
		byte[] mac = this.keys.hmacByCurrentKey(KEY_PURPOSE, signed);
		byte[] secret = ByteBuffer.allocate(MAC_BYTES + signed.length).put(mac).put(signed).array();
		return new BrowserSecret(Base64Url.encode(secret), Sha256.hash(secret), email, expiresAt);
	}

	/**
	 * Verifies a secret.
	 * @param text any text; null for none
	 * @return the secret, or null unless this service issued it, and it has not expired
	 */
	@Nullable BrowserSecret verify(@Nullable String text) {
		byte[] secret = (text != null && text.length() <= MAX_LENGTH) ? Base64Url.decode(text) : null;
		if (text == null || secret == null || secret.length <= MAC_BYTES + RANDOM_BYTES + Long.BYTES + 1) {
			return null;
		}
		byte[] signed = Arrays.copyOfRange(secret, MAC_BYTES, secret.length);
		ByteBuffer rest = ByteBuffer.wrap(signed).position(RANDOM_BYTES);
		Instant expiresAt = Instant.ofEpochMilli(rest.getLong());
		int idLength = rest.get();
		if (idLength < 0 || idLength > rest.remaining()) {
			return null;
		}
		byte[] id = new byte[idLength];
		rest.get(id);
		byte[] address = new byte[rest.remaining()];
		rest.get(address);
		byte[] mac = this.keys.hmac(new String(id, StandardCharsets.UTF_8), KEY_PURPOSE, signed);
		return (mac != null && MessageDigest.isEqual(mac, Arrays.copyOf(secret, MAC_BYTES))
				&& this.clock.instant().isBefore(expiresAt))
						? new BrowserSecret(text, Sha256.hash(secret), new String(address, StandardCharsets.UTF_8),
								expiresAt)
						: null;
	}

}
