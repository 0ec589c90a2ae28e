package dev.kennel.factor;

import java.security.SecureRandom;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import dev.kennel.identity.AccountId;
import dev.kennel.secret.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * Recovery codes: 80 random bits as 16 letters and digits, in four groups. So many bits
 * can't be guessed, not even with the stored hash, so that one round of SHA-256 suffices.
 */
final class RecoveryCode {

	/** How many codes an account gets at once. */
	private static final int COUNT = 10;

	private static final SecureRandom RANDOM = new SecureRandom();

	private static final int BYTES = 10;

	private static final int LENGTH = 16;

	/** Exceeds every code, whatever separates its groups. */
	private static final int MAX_LENGTH = 64;

	private RecoveryCode() {
	}

	static List<String> generate() {
		return Stream.generate(RecoveryCode::next).limit(COUNT).toList();
	}

	private static String next() {
		byte[] bytes = new byte[BYTES];
		RANDOM.nextBytes(bytes);
		return Base32.encode(bytes).toLowerCase(Locale.ROOT).replaceAll("(.{4})(?!$)", "$1-");
	}

	/**
	 * Returns the hash of a code.
	 * @param account the account
	 * @param text any text; its case, spaces and hyphens are ignored
	 * @return the hash, or null if the text is no code
	 */
	static byte @Nullable [] hash(AccountId account, String text) {
		String code = (text.length() <= MAX_LENGTH) ? text.replace("-", "").replace(" ", "").toLowerCase(Locale.ROOT)
				: "";
		if (code.length() != LENGTH || !Base32.isEncoded(code)) {
			return null;
		}
		return Sha256.hash(account.value() + " " + code);
	}

}
