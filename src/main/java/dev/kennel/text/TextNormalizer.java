package dev.kennel.text;

import java.text.Normalizer;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.lang.UProperty;

import org.springframework.graphql.data.ArgumentValue;

/**
 * Brings text from a client into the one form in which it is checked, compared and
 * stored.
 */
public final class TextNormalizer {

	private static final int BRAILLE_BLANK = 0x2800;

	/** Stands for an object that is not in the text. */
	private static final int OBJECT_REPLACEMENT = 0xfffc;

	private TextNormalizer() {
	}

	/**
	 * Answers the text in Unicode's normal form C, without white space at either end.
	 * @param text what the client sent
	 * @return the text to check and store
	 */
	public static String clean(String text) {
		return normalize(text).strip();
	}

	/**
	 * Answers the text in Unicode's normal form C, without white space at either end, if
	 * there is one.
	 * @param text what the client sent: nothing, null or a text
	 * @return nothing, null or the text to check and store
	 */
	public static ArgumentValue<String> clean(ArgumentValue<String> text) {
		String value = text.value();
		return (value != null) ? ArgumentValue.ofNullable(clean(value)) : text;
	}

	/**
	 * Returns the text in Unicode's normal form C, with its white space.
	 * @param text what the client sent
	 * @return the text
	 */
	public static String normalize(String text) {
		return Normalizer.normalize(text, Normalizer.Form.NFC);
	}

	/**
	 * Returns a password as the OpaqueString profile maps it: in Unicode's normal form C,
	 * with every space as the one of ASCII, which all keyboards have.
	 * @param text what the client sent
	 * @return the password to check and hash
	 * @see <a href="https://www.rfc-editor.org/rfc/rfc8265#section-4.2.2">RFC 8265,
	 * section 4.2.2</a>
	 */
	public static String opaqueString(String text) {
		StringBuilder mapped = new StringBuilder(text.length());
		text.codePoints()
			.map((character) -> (Character.getType(character) == Character.SPACE_SEPARATOR) ? ' ' : character)
			.forEach(mapped::appendCodePoint);
		return normalize(mapped.toString());
	}

	/**
	 * Returns whether a character leaves no mark: white space, control and format
	 * characters, those that programs may ignore, and letters and symbols that are blank.
	 * @param character the code point
	 * @return whether it is invisible
	 * @see <a href="https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point">
	 * Unicode Standard Annex 44, Default_Ignorable_Code_Point</a>
	 */
	public static boolean isInvisible(int character) {
		if (character < 0x80) {
			return character <= ' ' || character == 0x7f;
		}
		return switch (Character.getType(character)) {
			case Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.CONTROL,
					Character.FORMAT, Character.SURROGATE, Character.UNASSIGNED, Character.PRIVATE_USE ->
				true;
			default -> character == BRAILLE_BLANK || character == OBJECT_REPLACEMENT
					|| UCharacter.hasBinaryProperty(character, UProperty.DEFAULT_IGNORABLE_CODE_POINT);
		};
	}

}
