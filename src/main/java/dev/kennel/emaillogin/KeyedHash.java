package dev.kennel.emaillogin;

import java.security.GeneralSecurityException;

import javax.crypto.Mac;
import javax.crypto.SecretKey;

import dev.kennel.factor.DerivedKeys;
import org.jspecify.annotations.Nullable;

/** HMAC with SHA-256, by a derived key. */
final class KeyedHash {

	private static final String ALGORITHM = "HmacSHA256";

	private KeyedHash() {
	}

	/**
	 * Returns the keyed hash of an input, or null if there is no configured key of this
	 * id.
	 */
	static byte @Nullable [] of(DerivedKeys keys, String keyId, String purpose, byte[] input) {
		SecretKey key = keys.derive(keyId, purpose);
		if (key == null) {
			return null;
		}
		try {
			Mac mac = Mac.getInstance(ALGORITHM);
			mac.init(key);
			return mac.doFinal(input);
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
