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
 * The text has a character that can be seen. Null is valid, and so is a text without any
 * characters, which is a matter of its length.
 */
@Documented
@Target({ ElementType.FIELD, ElementType.PARAMETER, ElementType.TYPE_USE, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = VisibleText.Validator.class)
public @interface VisibleText {

	/**
	 * Answers what a person is told.
	 * @return the message
	 */
	String message() default "There has to be a character that can be seen.";

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

	/** Looks for one character. */
	class Validator implements ConstraintValidator<VisibleText, String> {

		@Override
		public boolean isValid(@Nullable String text, ConstraintValidatorContext context) {
			// Of characters that are not plain, PlainText tells.
			return text == null || text.isEmpty() || text.codePoints()
				.anyMatch((character) -> !PlainText.Validator.isPlain(character) || isVisible(character));
		}

		private static boolean isVisible(int character) {
			return switch (Character.getType(character)) {
				case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK -> false;
				// Their signs are a matter of fonts, and of later versions of Unicode.
				case Character.PRIVATE_USE, Character.UNASSIGNED -> character >> 16 != 14;
				default -> !TextNormalizer.isInvisible(character);
			};
		}

	}

}
