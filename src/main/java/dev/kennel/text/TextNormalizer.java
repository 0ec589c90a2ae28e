package dev.kennel.text;

import java.text.Normalizer;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.lang.UProperty;

import org.springframework.graphql.data.ArgumentValue;

/**
 * Normalizes text from clients to the form that is validated, compared and stored.
 */
public final class TextNormalizer {

	private static final int BRAILLE_BLANK = 0x2800;

	/** The placeholder of an embedded object. */
	private static final int OBJECT_REPLACEMENT = 0xfffc;

	private TextNormalizer() {
	}

	/**
	 * Returns the text in Unicode normalization form C, without leading and trailing
	 * white space.
	 * @param text the text from the client
	 * @return the text to validate and store
	 */
	public static String clean(String text) {
		return normalize(text).strip();
	}

	/**
	 * Returns the text in Unicode normalization form C, without leading and trailing
	 * white space, if there is one.
	 * @param text the value from the client: omitted, null or a text
	 * @return omitted, null or the text to validate and store
	 */
	public static ArgumentValue<String> clean(ArgumentValue<String> text) {
		String value = text.value();
		return (value != null) ? ArgumentValue.ofNullable(clean(value)) : text;
	}

	/**
	 * Returns the text in Unicode normalization form C, with its white space.
	 * @param text the text from the client
	 * @return the text
	 */
	public static String normalize(String text) {
		return Normalizer.normalize(text, Normalizer.Form.NFC);
	}

	/**
	 * Returns a password mapped by the OpaqueString profile: in Unicode normalization
	 * form C, with each space as the ASCII space, which all keyboards have.
	 * @param text the password from the client
	 * @return the password to validate and hash
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
	 * Returns whether a character is invisible: white space, control, format and
	 * default-ignorable characters, and blank letters and symbols.
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
