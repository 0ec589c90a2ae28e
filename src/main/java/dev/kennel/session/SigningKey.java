package dev.kennel.session;

import java.security.Key;
import java.security.PublicKey;

import io.jsonwebtoken.JwtBuilder;
import io.jsonwebtoken.security.SecureDigestAlgorithm;

/**
 * A key that access tokens are signed with.
 *
 * @param id what a token's {@code kid} says
 * @param algorithm what it signs with, and the only one that it verifies with
 * @param signing the secret or private key
 * @param verifying the same secret, or the public key
 */
record SigningKey(String id, SigningAlgorithm algorithm, Key signing, Key verifying) {

	/** Whether who has the key that verifies can't sign with it. */
	boolean isPublic() {
		return this.verifying instanceof PublicKey;
	}

	@SuppressWarnings("unchecked") // The key was checked against the algorithm.
	JwtBuilder sign(JwtBuilder token) {
		return token.signWith(this.signing, (SecureDigestAlgorithm<Key, ?>) this.algorithm.signature());
	}

	@Override
	public String toString() {
		return "SigningKey[id=" + this.id + ", algorithm=" + this.algorithm + "]";
	}

}
