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
 * The text must contain a visible character. Null is valid, and so is an empty text,
 * which a constraint of its length rejects.
 */
@Documented
@Target({ ElementType.FIELD, ElementType.PARAMETER, ElementType.TYPE_USE, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = VisibleText.Validator.class)
public @interface VisibleText {

	/**
	 * Returns the message of a violation.
	 * @return the message
	 */
	String message() default "At least one visible character is required.";

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

	/** Searches for a visible character. */
	class Validator implements ConstraintValidator<VisibleText, String> {

		@Override
		public boolean isValid(@Nullable String text, ConstraintValidatorContext context) {
			// PlainText reports characters that are not plain.
			return text == null || text.isEmpty() || text.codePoints()
				.anyMatch((character) -> !PlainText.Validator.isPlain(character) || isVisible(character));
		}

		private static boolean isVisible(int character) {
			return switch (Character.getType(character)) {
				case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK -> false;
				// Their glyphs depend on fonts and on later versions of Unicode.
				case Character.PRIVATE_USE, Character.UNASSIGNED -> character >> 16 != 14;
				default -> !TextNormalizer.isInvisible(character);
			};
		}

	}

}
