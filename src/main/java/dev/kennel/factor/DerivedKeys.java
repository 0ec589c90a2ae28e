package dev.kennel.factor;

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

}
