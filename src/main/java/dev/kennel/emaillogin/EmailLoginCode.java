package dev.kennel.emaillogin;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Locale;

import dev.kennel.secret.DerivedKeys;
import org.jspecify.annotations.Nullable;

/**
 * The codes of log-ins by mail: six digits. All of them can be tried against a stored
 * hash, so the hash is keyed and bound to one log-in: the database alone reveals no code.
 */
final class EmailLoginCode {

	private static final String KEY_PURPOSE = "email-login-code";

	private static final int CODES = 1_000_000;

	private static final SecureRandom RANDOM = new SecureRandom();

	private EmailLoginCode() {
	}

	static String generate() {
		return String.format(Locale.ROOT, "%06d", RANDOM.nextInt(CODES));
	}

	/** Returns the hash of a code by the current key. */
	static byte[] hash(DerivedKeys keys, byte[] browserHash, String code) {
		return keys.hmacByCurrentKey(KEY_PURPOSE, browserHash, code.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Returns the hash of a code, or null if there is no configured key of this id.
	 * @param browserHash the hash of the browser's secret, which no other log-in has
	 * @param text any text; white space around it is ignored
	 */
	static byte @Nullable [] hash(DerivedKeys keys, String keyId, byte[] browserHash, String text) {
		return keys.hmac(keyId, KEY_PURPOSE, browserHash, text.strip().getBytes(StandardCharsets.UTF_8));
	}

}
