package dev.kennel.text;

import org.jspecify.annotations.Nullable;

/**
 * The case folding of Kennel. Text that is sorted, filtered or unique without regard to
 * case has a second column for its key, with the collation {@code "C"}.
 *
 * <p>
 * The application computes the key, since {@code lower()} and the linguistic collations
 * of a database depend on the libraries of its host: an index sorted by one version is
 * corrupt under the next, and two installations sort differently. A key that is compared
 * byte by byte is the same everywhere.
 */
public final class CaseFolding {

	private CaseFolding() {
	}

	/**
	 * Returns the key of a text. Texts that differ only in case have the same key, and
	 * the key of a substring is a substring of the key.
	 * @param text the text, in Unicode normalization form C
	 * @return the key
	 */
	public static String key(String text) {
		// By code point: String.toLowerCase depends on the neighbours of a Greek sigma,
		// so that keys of substrings would not match.
		StringBuilder key = new StringBuilder(text.length());
		text.codePoints().map(CaseFolding::fold).forEach(key::appendCodePoint);
		return key.toString();
	}

	/**
	 * Returns the key of a text that may be absent.
	 * @param text the text, or null
	 * @return the key, or null if there is no text
	 */
	public static @Nullable String keyOrNull(@Nullable String text) {
		return (text != null) ? key(text) : null;
	}

	private static int fold(int character) {
		return Character.toLowerCase(Character.toUpperCase(character));
	}

}
