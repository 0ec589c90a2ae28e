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
 * The text must be a single line: no control characters, line or paragraph separators,
 * lone surrogates, noncharacters, or bidirectional embeddings, overrides and isolates.
 * Joiners, as in emojis and in Persian, and directional marks are accepted. Null is
 * valid.
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
	 * Returns the message of a violation.
	 * @return the message
	 */
	String message() default "Control characters and incomplete characters are not allowed.";

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

	/** Validates each code point. */
	class Validator implements ConstraintValidator<PlainText, String> {

		/** Deprecated and invisible. Emoji flags use the other tag characters. */
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

		/**
		 * Returns whether a character starts or ends an embedding, override or isolate.
		 */
		private static boolean reorders(int character) {
			return (character >= 0x202a && character <= 0x202e) || (character >= 0x2066 && character <= 0x2069);
		}

		private static boolean isNoncharacter(int character) {
			return (character & 0xfffe) == 0xfffe || (character >= 0xfdd0 && character <= 0xfdef);
		}

	}

}
