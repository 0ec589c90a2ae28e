package dev.kennel.secret;

import java.security.GeneralSecurityException;

import javax.crypto.Mac;
import javax.crypto.SecretKey;

import org.jspecify.annotations.Nullable;

/** Keys that are derived from the configured ones, each for one purpose. */
public interface DerivedKeys {

	/**
	 * Returns the id of the configured key for what is encrypted or signed from now on.
	 * @return the id, which {@link #derive} knows
	 */
	String currentId();

	/**
	 * Derives a key.
	 * @param id the id of a configured key
	 * @param purpose what the key is used for: another purpose has another key
	 * @return a key of 256 bits, or null if there is no configured key of this id
	 */
	@Nullable SecretKey derive(String id, String purpose);

	/**
	 * Computes the HMAC with SHA-256 of an input, by a derived key.
	 * @param id the id of a configured key
	 * @param purpose what the key is used for
	 * @param parts the input, in parts
	 * @return 32 bytes, or null if there is no configured key of this id
	 */
	default byte @Nullable [] hmac(String id, String purpose, byte[]... parts) {
		SecretKey key = derive(id, purpose);
		if (key == null) {
			return null;
		}
		try {
			Mac mac = Mac.getInstance("HmacSHA256");
			mac.init(key);
			for (byte[] part : parts) {
				mac.update(part);
			}
			return mac.doFinal();
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Computes the HMAC as {@link #hmac} does, by the current key.
	 * @param purpose what the key is used for
	 * @param parts the input, in parts
	 * @return 32 bytes
	 */
	default byte[] hmacByCurrentKey(String purpose, byte[]... parts) {
		String id = currentId();
		byte[] hmac = hmac(id, purpose, parts);
		if (hmac == null) {
			throw new IllegalStateException("There is no key " + id);
		}
		return hmac;
	}

}
