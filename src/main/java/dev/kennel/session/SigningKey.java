package dev.kennel.session;

import javax.crypto.SecretKey;

/**
 * A key that access tokens are signed with.
 *
 * @param id what a token's {@code kid} says
 * @param secret the key
 */
record SigningKey(String id, SecretKey secret) {

	@Override
	public String toString() {
		return "SigningKey[id=" + this.id + "]";
	}

}
