package dev.kennel.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

import org.jspecify.annotations.Nullable;

/**
 * The base64url encoding of tokens and cursors: unpadded and strict, so that each byte
 * sequence has exactly one encoding.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc4648#section-5">RFC 4648, sections 3.5
 * and 5</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7515#appendix-C">RFC 7515, appendix
 * C</a>
 */
public final class Base64Url {

	private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

	private Base64Url() {
	}

	/**
	 * Encodes bytes.
	 * @param bytes the bytes
	 * @return the text, of letters, digits, hyphens and underscores
	 */
	public static String encode(byte[] bytes) {
		return ENCODER.encodeToString(bytes);
	}

	/**
	 * Decodes a text.
	 * @param text any text
	 * @return the bytes, or null unless {@link #encode} of the bytes returns exactly the
	 * text: padding, other characters and nonzero unused bits are rejected
	 */
	public static byte @Nullable [] decode(String text) {
		byte[] characters = text.getBytes(StandardCharsets.ISO_8859_1);
		try {
			byte[] bytes = Base64.getUrlDecoder().decode(characters);
			return Arrays.equals(ENCODER.encode(bytes), characters) ? bytes : null;
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

}
