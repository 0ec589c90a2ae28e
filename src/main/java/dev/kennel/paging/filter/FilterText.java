package dev.kennel.paging.filter;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import dev.kennel.text.PlainText;
import jakarta.validation.Constraint;
import jakarta.validation.Payload;
import org.hibernate.validator.constraints.CodePointLength;

/** The text is plain and has at most 200 characters. Null is valid. */
@Documented
@Target({ ElementType.FIELD, ElementType.PARAMETER, ElementType.TYPE_USE })
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = {})
@PlainText
@CodePointLength(max = 200, message = "A filter's text has at most 200 characters.")
@interface FilterText {

	/**
	 * Returns the message; the composing constraints have messages of their own.
	 * @return the message
	 */
	String message() default "This is not the text of a filter.";

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
