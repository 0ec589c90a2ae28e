package dev.kennel.text;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import org.jspecify.annotations.Nullable;

/**
 * The text is one line of characters: no control characters, no line or paragraph
 * separators, no halves of surrogate pairs, no code points that never are characters, and
 * nothing that shows what follows in another order. What joins characters, as in emojis
 * and in Persian, and the marks of direction are characters. Null is valid.
 *
 * @see <a href="https://www.unicode.org/reports/tr9/">Unicode Standard Annex 9, on
 * bidirectional embeddings, overrides and isolates</a>
 * @see <a href="https://www.unicode.org/faq/private_use.html#noncharacters">Unicode's
 * noncharacters</a>
 */
@Documented
@Target({ ElementType.FIELD, ElementType.PARAMETER, ElementType.TYPE_USE, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = PlainText.Validator.class)
public @interface PlainText {

	/**
	 * Answers what a person is told.
	 * @return the message
	 */
	String message() default "Control characters and incomplete characters are not allowed.";

	/**
	 * Answers the validation groups.
	 * @return none
	 */
	Class<?>[] groups() default {};

	/**
	 * Answers the payload.
	 * @return none
	 */
	Class<? extends Payload>[] payload() default {};

	/** Looks at every character. */
	class Validator implements ConstraintValidator<PlainText, String> {

		/** Deprecated, and never seen. The other tags make flags. */
		private static final int LANGUAGE_TAG = 0xe0001;

		@Override
		public boolean isValid(@Nullable String text, ConstraintValidatorContext context) {
			return text == null || text.codePoints().allMatch(Validator::isPlain);
		}

		static boolean isPlain(int character) {
			return switch (Character.getType(character)) {
				case Character.CONTROL, Character.SURROGATE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
					false;
				case Character.FORMAT -> !reorders(character) && character != LANGUAGE_TAG;
				case Character.UNASSIGNED -> !isNoncharacter(character);
				default -> true;
			};
		}

		/** Embeddings and overrides, and isolates: each goes on until it is ended. */
		private static boolean reorders(int character) {
			return (character >= 0x202a && character <= 0x202e) || (character >= 0x2066 && character <= 0x2069);
		}

		private static boolean isNoncharacter(int character) {
			return (character & 0xfffe) == 0xfffe || (character >= 0xfdd0 && character <= 0xfdef);
		}

	}

}
