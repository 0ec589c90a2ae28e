package dev.kennel.account;

import java.util.Arrays;

import dev.kennel.identity.AccountId;
import dev.kennel.secret.Sha256;
import dev.kennel.text.Base64Url;
import org.jspecify.annotations.Nullable;

/**
 * The proof that a device has logged in to an account before. It grants nothing but a
 * rate limit of its own for attempts, and, where the account trusts devices, a log-in
 * without the second factor.
 *
 * @param id the device's id
 * @param account the account
 * @param passwordFingerprint the fingerprint of the password that the device has logged
 * in with; a change of the password invalidates the proof
 * @param trust when the device proved a second factor last; null for never
 */
public record DeviceProof(String id, AccountId account, String passwordFingerprint, @Nullable DeviceTrust trust) {

	private static final int FINGERPRINT_BYTES = 16;

	/**
	 * Returns whether the device has logged in to an account with its present password.
	 * @param owner the account
	 * @param fingerprint the fingerprint of its password
	 * @return whether it has
	 */
	public boolean isOf(AccountId owner, String fingerprint) {
		return this.account.equals(owner) && this.passwordFingerprint.equals(fingerprint);
	}

	/**
	 * Returns a digest of the stored hash. The hash has a random salt, so the digest
	 * neither reveals the password nor allows offline guesses. It differs after each
	 * change of the password, and after an upgrade of the hash.
	 */
	static String fingerprint(String passwordHash) {
		return Base64Url.encode(Arrays.copyOf(Sha256.hash("device " + passwordHash), FINGERPRINT_BYTES));
	}

}
