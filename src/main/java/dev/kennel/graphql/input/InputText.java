package dev.kennel.graphql.input;

import java.text.Normalizer;

import org.springframework.graphql.data.ArgumentValue;

/**
 * Brings text from a client into the one form in which it is checked, compared and
 * stored.
 */
public final class InputText {

	private InputText() {
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
	 * Answers the text in Unicode's normal form C, with its white space: for passwords.
	 * @param text what the client sent
	 * @return the text to check and hash
	 * @see <a href="https://www.rfc-editor.org/rfc/rfc8265#section-4.2">RFC 8265,
	 * OpaqueString</a>
	 */
	public static String normalize(String text) {
		return Normalizer.normalize(text, Normalizer.Form.NFC);
	}

}
