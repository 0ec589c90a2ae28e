package dev.kennel.engine;

/**
 * A value that serializes to a JSON string of visible ASCII characters without quotes and
 * backslashes, and writes the characters itself: an id reaches the response without a
 * {@link String}.
 */
public interface AsciiText {

	/**
	 * Returns the length of the text.
	 * @return the number of characters, and so of bytes
	 */
	int length();

	/**
	 * Writes the text.
	 * @param target the buffer
	 * @param offset the index of the first byte in the buffer
	 */
	void writeTo(byte[] target, int offset);

	/**
	 * Returns the text.
	 * @return the characters that {@link #writeTo} writes
	 */
	@Override
	String toString();

}
