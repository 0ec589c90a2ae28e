package dev.kennel.text;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.regex.Pattern;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import org.hibernate.validator.constraints.CodePointLength;
import org.jspecify.annotations.Nullable;

/**
 * Words that are searched for, separated by white space of any kind, such as tabs and
 * line breaks of a text that was pasted: 1 to 100 characters, at least one of them
 * visible. Null is valid.
 */
@Documented
@Target({ ElementType.FIELD, ElementType.PARAMETER, ElementType.TYPE_USE })
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = SearchWords.Validator.class)
@CodePointLength(min = 1, max = 100, message = "Must have 1 to 100 characters.")
public @interface SearchWords {

	/**
	 * Returns the message of a violation.
	 * @return the message
	 */
	String message() default "Enter words: visible characters, separated by white space.";

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

	/** Validates the characters. */
	class Validator implements ConstraintValidator<SearchWords, String> {

		private static final Pattern WHITE_SPACE = Pattern.compile("\\p{IsWhite_Space}");

		private final PlainText.Validator plain = new PlainText.Validator();

		private final VisibleText.Validator visible = new VisibleText.Validator();

		@Override
		public boolean isValid(@Nullable String text, ConstraintValidatorContext context) {
			String spaced = (text != null) ? WHITE_SPACE.matcher(text).replaceAll(" ") : null;
			return this.plain.isValid(spaced, context) && this.visible.isValid(spaced, context);
		}

	}

}
