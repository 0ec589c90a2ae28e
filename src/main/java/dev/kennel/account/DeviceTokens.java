package dev.kennel.account;

import dev.kennel.identity.AccountId;
import org.jspecify.annotations.Nullable;

/** Issues and verifies the tokens of devices that have logged in. */
public interface DeviceTokens {

	/**
	 * Issues a token for a device that has just logged in.
	 * @param account the account
	 * @param passwordFingerprint the fingerprint of the account's password
	 * @param previous the proof that the device has sent, or null; a proof for the same
	 * account keeps the id of the device, and with it its rate limit
	 * @param trust when the device has proved the second factor; null for never
	 * @return the token
	 */
	String issue(AccountId account, String passwordFingerprint, @Nullable DeviceProof previous,
			@Nullable DeviceTrust trust);

	/**
	 * Verifies a token.
	 * @param token any text, or null
	 * @return the proof, provided that the account's password is still the same; null
	 * unless this service issued the token, and it is intact and has not expired
	 */
	@Nullable DeviceProof verify(@Nullable String token);

}
