package dev.kennel.passkey;

import java.util.UUID;

/**
 * What is stored of a passkey to verify its proofs.
 *
 * @param id the key of its row
 * @param credentialId the id that its authenticator has chosen
 * @param publicKey the public key, in COSE
 * @param aaguid the model of its authenticator, as that claims
 * @param signCount the counter of its last proof; 0 if its authenticator counts none
 * @param backupEligible whether its authenticator may back it up: this never changes
 * @param backedUp whether it was backed up at its last proof
 */
@SuppressWarnings("ArrayRecordComponent") // Passkeys are not compared.
record StoredPasskey(UUID id, byte[] credentialId, byte[] publicKey, UUID aaguid, long signCount,
		boolean backupEligible, boolean backedUp) {

	@Override
	public String toString() {
		return "StoredPasskey[id=" + this.id + "]";
	}

}
