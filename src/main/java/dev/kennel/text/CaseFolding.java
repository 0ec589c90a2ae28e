package dev.kennel.text;

/**
 * The one meaning of "whatever the case" in Kennel. Text that is sorted, filtered or
 * unique without regard to case has a second column holding its key, and that column has
 * the collation {@code "C"}.
 *
 * <p>
 * The key is made here and not by the database, because what a database's {@code lower()}
 * and its linguistic collations answer depends on the libraries of the machine that it
 * runs on: an index sorted by one version is corrupt under the next, and two
 * installations sort differently. A key compared byte by byte is the same everywhere.
 */
public final class CaseFolding {

	private CaseFolding() {
	}

	/**
	 * Answers the key of a text. Two texts that differ in nothing but case have the same
	 * key, and the key of a part of a text is a part of the text's key.
	 * @param text the text, in Unicode's normal form C
	 * @return the key
	 */
	public static String key(String text) {
		// Character by character: String.toLowerCase looks at the neighbours of a Greek
		// sigma, so that parts would not fit.
		StringBuilder key = new StringBuilder(text.length());
		text.codePoints().map(CaseFolding::fold).forEach(key::appendCodePoint);
		return key.toString();
	}

	private static int fold(int character) {
		return Character.toLowerCase(Character.toUpperCase(character));
	}

}
