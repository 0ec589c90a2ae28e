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
 * The text must be plain, visible, and 1 to 100 characters long, such as a name or a
 * breed. Null is valid.
 */
@Documented
@Target({ ElementType.FIELD, ElementType.PARAMETER, ElementType.TYPE_USE })
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = {})
@PlainText
@VisibleText
@CodePointLength(min = 1, max = 100, message = "Must have 1 to 100 characters.")
public @interface ShortText {

	/**
	 * Returns the message of a violation, which the messages of the composing constraints
	 * replace.
	 * @return the message
	 */
	String message() default "This is not a short text.";

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

}
