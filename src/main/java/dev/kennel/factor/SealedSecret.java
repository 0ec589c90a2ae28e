package dev.kennel.factor;

/**
 * An encrypted secret.
 *
 * @param keyId the id of the configured key that its key is derived from
 * @param bytes the nonce and the ciphertext
 */
@SuppressWarnings("ArrayRecordComponent") // Secrets are not compared.
record SealedSecret(String keyId, byte[] bytes) {

	@Override
	public String toString() {
		return "SealedSecret[keyId=" + this.keyId + "]";
	}

}
