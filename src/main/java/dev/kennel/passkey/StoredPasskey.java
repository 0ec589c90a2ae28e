package dev.kennel.passkey;

import java.util.List;
import java.util.UUID;

import dev.kennel.identity.AuthenticationMethod;

/**
 * A passkey as it is stored to verify its proofs.
 *
 * @param id the key of its row
 * @param credentialId the id that its authenticator has chosen
 * @param publicKey the public key, in COSE
 * @param aaguid the model of its authenticator, not attested
 * @param signCount the counter of its last proof; 0 if its authenticator counts none
 * @param backupEligible whether its authenticator may back it up: this never changes
 * @param backedUp whether it was backed up at its last proof
 */
@SuppressWarnings("ArrayRecordComponent") // Passkeys are not compared.
record StoredPasskey(UUID id, byte[] credentialId, byte[] publicKey, UUID aaguid, long signCount,
		boolean backupEligible, boolean backedUp) {

	/**
	 * Returns how its proofs prove an account. The authenticator has verified its user,
	 * so that the passkey is two factors. A passkey that may leave its authenticator
	 * counts as software.
	 */
	List<AuthenticationMethod> methods() {
		return List.of(this.backupEligible ? AuthenticationMethod.SOFTWARE_KEY : AuthenticationMethod.HARDWARE_KEY,
				AuthenticationMethod.MULTI_FACTOR);
	}

	@Override
	public String toString() {
		return "StoredPasskey[id=" + this.id + "]";
	}

}
