package dev.kennel.identity;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;

import dev.kennel.engine.AsciiText;

/**
 * The id of an object in the API: a TypeID, that is the prefix of the kind, an
 * underscore, and a UUID in 26 characters of Crockford's base 32.
 *
 * @param kind the kind of the object
 * @param uuid the key of the object in the database
 * @see <a href="https://github.com/jetify-com/typeid/tree/main/spec">TypeID specification
 * 0.3.0</a>
 */
public record NodeId(NodeKind kind, UUID uuid) implements AsciiText {

	private static final byte[] ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz".getBytes(StandardCharsets.US_ASCII);

	private static final byte[] DIGITS = new byte[128];

	private static final int LENGTH = 26;

	static {
		Arrays.fill(DIGITS, (byte) -1);
		for (byte digit = 0; digit < ALPHABET.length; digit++) {
			DIGITS[ALPHABET[digit]] = digit;
		}
	}

	/**
	 * Parses an id.
	 * @param text any text
	 * @return the id, or empty unless {@link #toString()} of an id returns exactly the
	 * text
	 */
	public static Optional<NodeId> parse(String text) {
		int underscore = text.length() - LENGTH - 1;
		if (underscore < 1 || text.charAt(underscore) != '_') {
			return Optional.empty();
		}
		NodeKind kind = NodeKind.ofPrefix(text.substring(0, underscore));
		if (kind == null) {
			return Optional.empty();
		}
		// 26 digits are 130 bits: the first can't exceed 7.
		if (text.charAt(underscore + 1) > '7') {
			return Optional.empty();
		}
		long high = 0;
		long low = 0;
		for (int i = underscore + 1; i < text.length(); i++) {
			char c = text.charAt(i);
			byte digit = (c < DIGITS.length) ? DIGITS[c] : -1;
			if (digit < 0) {
				return Optional.empty();
			}
			high = high << 5 | low >>> 59;
			low = low << 5 | digit;
		}
		return Optional.of(new NodeId(kind, new UUID(high, low)));
	}

	/**
	 * Returns the creation time of the object, which its UUIDv7 contains.
	 * @return the time, in UTC, to the millisecond
	 * @see <a href="https://www.rfc-editor.org/rfc/rfc9562#section-5.7">RFC 9562, section
	 * 5.7</a>
	 */
	public OffsetDateTime createdAt() {
		return Instant.ofEpochMilli(this.uuid.getMostSignificantBits() >>> 16).atOffset(ZoneOffset.UTC);
	}

	/**
	 * Returns the id as clients send and receive it.
	 * @return the text, such as {@code dog_01h455vb4pex5vsknk084sn02q}
	 */
	@Override
	public String toString() {
		byte[] text = new byte[length()];
		writeTo(text, 0);
		return new String(text, StandardCharsets.ISO_8859_1);
	}

	@Override
	public int length() {
		return this.kind.prefix().length() + 1 + LENGTH;
	}

	@Override
	@SuppressWarnings("deprecation") // It drops high bytes, which ASCII does not have.
	public void writeTo(byte[] target, int offset) {
		String prefix = this.kind.prefix();
		prefix.getBytes(0, prefix.length(), target, offset);
		int separator = offset + prefix.length();
		target[separator] = '_';
		long high = this.uuid.getMostSignificantBits();
		long low = this.uuid.getLeastSignificantBits();
		for (int i = separator + LENGTH; i > separator; i--) {
			target[i] = ALPHABET[(int) low & 31];
			low = low >>> 5 | high << 59;
			high >>>= 5;
		}
	}

}
