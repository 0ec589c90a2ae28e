package dev.kennel.text;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.lang.UCharacterCategory;
import com.ibm.icu.lang.UProperty;
import com.ibm.icu.lang.UScript;
import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import org.jspecify.annotations.Nullable;

/**
 * The text must consist of characters of the PRECIS FreeformClass: letters, digits,
 * punctuation, symbols and spaces of all scripts; no control, default-ignorable,
 * private-use or unassigned characters; joiners and some others only in the context of a
 * script that needs them. Null is valid, and so is a text of more than
 * {@value Validator#MAX_CHECKED} characters: another constraint has to limit its length.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8264#section-4.3">RFC 8264, sections
 * 4.3 and 8</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5892#appendix-A">RFC 5892, appendix A,
 * contextual rules</a>
 */
@Documented
@Target({ ElementType.FIELD, ElementType.PARAMETER, ElementType.TYPE_USE, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = FreeformText.Validator.class)
public @interface FreeformText {

	/**
	 * Returns the message of a violation.
	 * @return the message
	 */
	String message() default "Control characters, invisible characters and incomplete characters are not allowed.";

	/**
	 * Returns the validation groups.
	 * @return none
	 */
	Class<?>[] groups() default {};

	/**
	 * Returns the payload.
	 * @return none
	 */
	Class<? extends Payload>[] payload() default {};

	/** Derives the property of each character by RFC 8264, section 8. */
	class Validator implements ConstraintValidator<FreeformText, String> {

		static final int MAX_CHECKED = 1_000;

		private static final int VIRAMA = 9;

		@Override
		public boolean isValid(@Nullable String text, ConstraintValidatorContext context) {
			if (text == null || text.codePointCount(0, text.length()) > MAX_CHECKED) {
				return true;
			}
			int[] characters = text.codePoints().toArray();
			return IntStream.range(0, characters.length).allMatch((index) -> isAllowed(characters, index));
		}

		private static boolean isAllowed(int[] text, int index) {
			int character = text[index];
			if (character < 0x80) {
				return character >= ' ' && character < 0x7f;
			}
			return switch (character) {
				case 0xdf, 0x3c2, 0x6fd, 0x6fe, 0xf0b, 0x3007 -> true;
				case 0x640, 0x7fa, 0x302e, 0x302f, 0x3031, 0x3032, 0x3033, 0x3034, 0x3035, 0x303b -> false;
				case 0xb7 -> at(text, index - 1) == 'l' && at(text, index + 1) == 'l';
				case 0x375 -> script(at(text, index + 1)) == UScript.GREEK;
				case 0x5f3, 0x5f4 -> script(at(text, index - 1)) == UScript.HEBREW;
				case 0x30fb -> any(text, (other) -> switch (script(other)) {
					case UScript.HIRAGANA, UScript.KATAKANA, UScript.HAN -> true;
					default -> false;
				});
				case 0x200c -> isAfterVirama(text, index) || isBetweenJoined(text, index);
				case 0x200d -> isAfterVirama(text, index);
				default ->
					(character >= 0x660 && character <= 0x669) ? !any(text, (other) -> other >= 0x6f0 && other <= 0x6f9)
							: (character >= 0x6f0 && character <= 0x6f9)
									? !any(text, (other) -> other >= 0x660 && other <= 0x669) : isFreeform(character);
			};
		}

		private static boolean isFreeform(int character) {
			if (isOldHangulJamo(character)
					|| UCharacter.hasBinaryProperty(character, UProperty.DEFAULT_IGNORABLE_CODE_POINT)) {
				return false;
			}
			return switch (UCharacter.getType(character)) {
				case UCharacterCategory.UNASSIGNED, UCharacterCategory.CONTROL, UCharacterCategory.FORMAT,
						UCharacterCategory.SURROGATE, UCharacterCategory.PRIVATE_USE, UCharacterCategory.LINE_SEPARATOR,
						UCharacterCategory.PARAGRAPH_SEPARATOR ->
					false;
				default -> true;
			};
		}

		private static boolean isOldHangulJamo(int character) {
			return switch (UCharacter.getIntPropertyValue(character, UProperty.HANGUL_SYLLABLE_TYPE)) {
				case UCharacter.HangulSyllableType.LEADING_JAMO, UCharacter.HangulSyllableType.VOWEL_JAMO,
						UCharacter.HangulSyllableType.TRAILING_JAMO ->
					true;
				default -> false;
			};
		}

		/** Returns the character at an index, or -1 outside of the text. */
		private static int at(int[] text, int index) {
			return (index >= 0 && index < text.length) ? text[index] : -1;
		}

		private static int script(int character) {
			return (character >= 0) ? UScript.getScript(character) : UScript.UNKNOWN;
		}

		private static boolean any(int[] text, IntPredicate condition) {
			return IntStream.of(text).anyMatch(condition);
		}

		private static boolean isAfterVirama(int[] text, int index) {
			int before = at(text, index - 1);
			return before >= 0 && UCharacter.getCombiningClass(before) == VIRAMA;
		}

		private static boolean isBetweenJoined(int[] text, int index) {
			int before = index - 1;
			while (joining(at(text, before)) == UCharacter.JoiningType.TRANSPARENT) {
				before--;
			}
			int after = index + 1;
			while (joining(at(text, after)) == UCharacter.JoiningType.TRANSPARENT) {
				after++;
			}
			int left = joining(at(text, before));
			int right = joining(at(text, after));
			return (left == UCharacter.JoiningType.LEFT_JOINING || left == UCharacter.JoiningType.DUAL_JOINING)
					&& (right == UCharacter.JoiningType.RIGHT_JOINING || right == UCharacter.JoiningType.DUAL_JOINING);
		}

		private static int joining(int character) {
			return (character >= 0) ? UCharacter.getIntPropertyValue(character, UProperty.JOINING_TYPE)
					: UCharacter.JoiningType.NON_JOINING;
		}

	}

}
