package dev.kennel.engine;

/**
 * A value that serializes to a JSON string of visible ASCII characters without quotes and
 * backslashes, and writes it itself: an id costs no {@link String} on its way into the
 * response.
 */
public interface AsciiText {

	/**
	 * Returns the length of the text.
	 * @return its number of characters, which are bytes
	 */
	int length();

	/**
	 * Writes the text.
	 * @param target the buffer
	 * @param offset the index of the first character
	 */
	void writeTo(byte[] target, int offset);

	/**
	 * Returns the text.
	 * @return the same characters as {@link #writeTo} writes
	 */
	@Override
	String toString();

}
