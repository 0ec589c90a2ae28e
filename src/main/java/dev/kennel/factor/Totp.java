package dev.kennel.factor;

import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Locale;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Time-based one-time codes: six digits, a step of 30 seconds, and HMAC-SHA-1, which are
 * the only parameters that every authenticator app supports. It is a dozen lines around
 * the HMAC of the JDK.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6238">RFC 6238, TOTP</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc4226#section-5.3">RFC 4226, HOTP,
 * section 5.3</a>
 */
final class Totp {

	private static final SecureRandom RANDOM = new SecureRandom();

	/** As long as the HMAC, as RFC 4226 recommends. */
	private static final int SECRET_BYTES = 20;

	private static final int STEP_SECONDS = 30;

	/** The steps before and after the current one whose codes are accepted as well. */
	private static final int WINDOW = 1;

	private static final int DIGITS = 6;

	private static final int MODULUS = 1_000_000;

	/** The result of {@link #matchingStep} for a code that does not match. */
	static final long NONE = -1;

	private Totp() {
	}

	static byte[] generateSecret() {
		byte[] secret = new byte[SECRET_BYTES];
		RANDOM.nextBytes(secret);
		return secret;
	}

	/**
	 * Finds the step of a code.
	 * @param secret the secret
	 * @param text any text; spaces within the code are ignored
	 * @param now the time
	 * @param lastStep the last step whose code was used: the code of it or of an earlier
	 * one does not match
	 * @return the step, or {@link #NONE}
	 */
	static long matchingStep(byte[] secret, String text, Instant now, long lastStep) {
		// Longer texts are no codes, and need not be searched for spaces.
		String code = (text.length() <= 2 * DIGITS) ? text.replace(" ", "") : "";
		long current = now.getEpochSecond() / STEP_SECONDS;
		long found = NONE;
		for (long step = current + WINDOW; step >= current - WINDOW; step--) {
			boolean matches = MessageDigest.isEqual(code(secret, step).getBytes(StandardCharsets.UTF_8),
					code.getBytes(StandardCharsets.UTF_8));
			if (matches && step > lastStep) {
				found = step;
			}
		}
		return found;
	}

	/** Returns the code of a step. */
	static String code(byte[] secret, long step) {
		byte[] hash;
		try {
			Mac mac = Mac.getInstance("HmacSHA1");
			mac.init(new SecretKeySpec(secret, "HmacSHA1"));
			hash = mac.doFinal(ByteBuffer.allocate(Long.BYTES).putLong(step).array());
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
		int offset = hash[hash.length - 1] & 0xf;
		int value = ByteBuffer.wrap(hash).getInt(offset) & Integer.MAX_VALUE;
		return String.format(Locale.ROOT, "%06d", value % MODULUS);
	}

	/**
	 * Returns the URI that authenticator apps read from a QR code.
	 * @param issuer the name of the service
	 * @param username the name of the account
	 * @param secret the secret, in base32
	 * @see <a href=
	 * "https://github.com/google/google-authenticator/wiki/Key-Uri-Format">Key URI
	 * format</a>
	 */
	static String uri(String issuer, String username, String secret) {
		return "otpauth://totp/" + encode(issuer) + ":" + encode(username) + "?secret=" + secret + "&issuer="
				+ encode(issuer) + "&algorithm=SHA1&digits=" + DIGITS + "&period=" + STEP_SECONDS;
	}

	private static String encode(String text) {
		return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
	}

}
