package dev.kennel.session.token;

import java.security.Key;
import java.security.PublicKey;

import io.jsonwebtoken.JwtBuilder;
import io.jsonwebtoken.security.SecureDigestAlgorithm;

/**
 * A signing key of access tokens.
 *
 * @param id the {@code kid} of its tokens
 * @param algorithm the only algorithm that it signs and verifies with
 * @param signing the secret or private key
 * @param verifying the same secret, or the public key
 */
record SigningKey(String id, SigningAlgorithm algorithm, Key signing, Key verifying) {

	/** Returns whether the verifying key can't sign. */
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
