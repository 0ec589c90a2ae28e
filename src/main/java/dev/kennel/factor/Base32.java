package dev.kennel.factor;

import java.util.Locale;

/**
 * The base32 encoding of secrets and recovery codes, without padding. A library, such as
 * Commons Codec, would be one more direct dependency for one method.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc4648#section-6">RFC 4648, section 6</a>
 */
final class Base32 {

	private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

	private static final int BITS = 5;

	private Base32() {
	}

	/** Encodes bytes, whose number is a multiple of five. */
	static String encode(byte[] bytes) {
		StringBuilder text = new StringBuilder();
		for (int bit = 0; bit < bytes.length * Byte.SIZE; bit += BITS) {
			int value = 0;
			for (int i = bit; i < bit + BITS; i++) {
				value = (value << 1) | ((bytes[i / Byte.SIZE] >> (Byte.SIZE - 1 - i % Byte.SIZE)) & 1);
			}
			text.append(ALPHABET.charAt(value));
		}
		return text.toString();
	}

	/** Returns whether a text has only characters of the encoding, in either case. */
	static boolean isEncoded(String text) {
		return text.toUpperCase(Locale.ROOT).chars().allMatch((character) -> ALPHABET.indexOf(character) >= 0);
	}

}
