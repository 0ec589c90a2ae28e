package dev.kennel.text;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import jakarta.validation.Constraint;
import jakarta.validation.Payload;
import org.hibernate.validator.constraints.CodePointLength;

/**
 * The text is plain, can be seen, and has 1 to 100 characters: a name, a breed. Null is
 * valid.
 */
@Documented
@Target({ ElementType.FIELD, ElementType.PARAMETER, ElementType.TYPE_USE })
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = {})
@PlainText
@VisibleText
@CodePointLength(min = 1, max = 100, message = "This takes 1 to 100 characters.")
public @interface ShortText {

	/**
	 * Answers what a person is told; the composing constraints have messages of their
	 * own.
	 * @return the message
	 */
	String message() default "This is not a short text.";

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

}
