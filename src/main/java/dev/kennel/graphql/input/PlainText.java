package dev.kennel.graphql.input;

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
 * separators, no halves of surrogate pairs. Null is valid.
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

		@Override
		public boolean isValid(@Nullable String text, ConstraintValidatorContext context) {
			return text == null || text.codePoints().allMatch(Validator::isPlain);
		}

		private static boolean isPlain(int character) {
			return switch (Character.getType(character)) {
				case Character.CONTROL, Character.SURROGATE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
					false;
				default -> true;
			};
		}

	}

}
