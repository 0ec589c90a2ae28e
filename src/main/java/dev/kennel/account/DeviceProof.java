package dev.kennel.account;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

import dev.kennel.identity.AccountId;
import dev.kennel.text.Base64Url;

/**
 * The proof that a device has logged in to an account before. It permits nothing but to
 * try a password when others have tried too often.
 *
 * @param id the device's id
 * @param account the account
 * @param passwordFingerprint the fingerprint of the password that the device has logged
 * in with: the proof ends with that password
 */
public record DeviceProof(String id, AccountId account, String passwordFingerprint) {

	private static final int FINGERPRINT_BYTES = 16;

	/**
	 * A digest of the stored hash, which has a random salt: it neither tells the password
	 * nor lets one be tried. It differs after each change of the password, and after an
	 * upgrade of the hash.
	 */
	static String fingerprint(String passwordHash) {
		try {
			byte[] digest = MessageDigest.getInstance("SHA-256")
				.digest(("device " + passwordHash).getBytes(StandardCharsets.UTF_8));
			return Base64Url.encode(Arrays.copyOf(digest, FINGERPRINT_BYTES));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
