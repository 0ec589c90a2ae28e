package dev.kennel.secret;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256, which every Java platform has. */
public final class Sha256 {

	/** Cloned for each digest: its lookup takes longer than hashing a short text. */
	private static final MessageDigest PROTOTYPE;

	static {
		try {
			PROTOTYPE = MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private Sha256() {
	}

	/**
	 * Creates a digest.
	 * @return a new digest
	 */
	public static MessageDigest newDigest() {
		try {
			return (MessageDigest) PROTOTYPE.clone();
		}
		catch (CloneNotSupportedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Hashes bytes.
	 * @param bytes the bytes
	 * @return the hash, 32 bytes
	 */
	public static byte[] hash(byte[] bytes) {
		return newDigest().digest(bytes);
	}

	/**
	 * Hashes a text.
	 * @param text the text, hashed in UTF-8
	 * @return the hash, 32 bytes
	 */
	public static byte[] hash(String text) {
		return hash(text.getBytes(StandardCharsets.UTF_8));
	}

}
