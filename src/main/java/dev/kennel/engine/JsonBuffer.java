package dev.kennel.engine;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * A growing buffer of JSON in UTF-8. It copies names that are encoded already, writes
 * integers and strings without escapes itself, and delegates everything else to Jackson.
 * The bytes are exactly those that Jackson would write.
 */
final class JsonBuffer {

	private static final JsonMapper JACKSON = new JsonMapper();

	private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

	private static final byte[] TRUE = "true".getBytes(StandardCharsets.US_ASCII);

	private static final byte[] FALSE = "false".getBytes(StandardCharsets.US_ASCII);

	/** Whether Jackson writes an ASCII character without an escape. */
	private static final boolean[] PLAIN = plainCharacters();

	private byte[] bytes;

	private int length;

	JsonBuffer(int capacity) {
		this.bytes = new byte[capacity];
	}

	private static boolean[] plainCharacters() {
		boolean[] plain = new boolean[128];
		for (char character = 0; character < plain.length; character++) {
			plain[character] = JACKSON.writeValueAsBytes(String.valueOf(character)).length == 3;
		}
		return plain;
	}

	void clear() {
		this.length = 0;
	}

	int length() {
		return this.length;
	}

	int capacity() {
		return this.bytes.length;
	}

	void writeTo(OutputStream output) throws IOException {
		output.write(this.bytes, 0, this.length);
	}

	byte[] toByteArray() {
		return Arrays.copyOf(this.bytes, this.length);
	}

	private void ensureCapacity(int more) {
		if (this.bytes.length - this.length < more) {
			this.bytes = Arrays.copyOf(this.bytes,
					Math.max(Math.addExact(this.length, more), (int) Math.min(this.bytes.length * 2L, 0x7ffffff0L)));
		}
	}

	/** Writes a structural character: a brace, a bracket or a comma. */
	void structural(char character) {
		ensureCapacity(1);
		this.bytes[this.length++] = (byte) character;
	}

	void value(@Nullable Object value) {
		switch (value) {
			case null -> raw(NULL);
			case String text -> text(text);
			case AsciiText text -> ascii(text);
			case ResponseObject object -> object.writeTo(this);
			case ResponseList list -> list.writeTo(this);
			case Boolean bool -> raw(bool ? TRUE : FALSE);
			case Integer number -> number(number);
			case Long number -> number(number);
			default -> raw(JACKSON.writeValueAsBytes(value));
		}
	}

	/** Writes text without escapes and without creating a {@link String}. */
	private void ascii(AsciiText text) {
		int size = text.length();
		ensureCapacity(size + 2);
		this.bytes[this.length] = '"';
		text.writeTo(this.bytes, this.length + 1);
		this.length += size + 2;
		this.bytes[this.length - 1] = '"';
	}

	/** Writes encoded JSON. */
	void raw(byte[] raw) {
		ensureCapacity(raw.length);
		System.arraycopy(raw, 0, this.bytes, this.length, raw.length);
		this.length += raw.length;
	}

	private void number(long number) {
		if (number == Long.MIN_VALUE) {
			raw(Long.toString(number).getBytes(StandardCharsets.US_ASCII));
			return;
		}
		ensureCapacity(20);
		long rest = Math.abs(number);
		int digits = 1;
		for (long power = 10; digits < 19 && rest >= power; power *= 10) {
			digits++;
		}
		if (number < 0) {
			this.bytes[this.length++] = '-';
		}
		for (int position = this.length + digits - 1; position >= this.length; position--) {
			this.bytes[position] = (byte) ('0' + rest % 10);
			rest /= 10;
		}
		this.length += digits;
	}

	private void text(String text) {
		int size = text.length();
		ensureCapacity(Math.addExact(Math.multiplyExact(size, 3), 2));
		byte[] target = this.bytes;
		int position = this.length;
		target[position++] = '"';
		int plain = 0;
		// Most strings end here.
		for (char character; plain < size && (character = text.charAt(plain)) < 0x80 && PLAIN[character]; plain++) {
			target[position++] = (byte) character;
		}
		for (int index = plain; index < size; index++) {
			char character = text.charAt(index);
			if (character < 0x80) {
				if (!PLAIN[character]) {
					raw(JACKSON.writeValueAsBytes(text));
					return;
				}
				target[position++] = (byte) character;
			}
			else if (character < 0x800) {
				target[position++] = (byte) (0xc0 | (character >> 6));
				target[position++] = (byte) (0x80 | (character & 0x3f));
			}
			else if (!Character.isSurrogate(character)) {
				target[position++] = (byte) (0xe0 | (character >> 12));
				target[position++] = (byte) (0x80 | ((character >> 6) & 0x3f));
				target[position++] = (byte) (0x80 | (character & 0x3f));
			}
			else {
				raw(JACKSON.writeValueAsBytes(text));
				return;
			}
		}
		target[position++] = '"';
		this.length = position;
	}

}
