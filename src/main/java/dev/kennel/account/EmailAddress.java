package dev.kennel.account;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import dev.kennel.graphql.input.PlainText;
import jakarta.validation.Constraint;
import jakarta.validation.Payload;
import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.Size;

/**
 * The text looks like the address of a mailbox. Whether it is one, and whose, only a mail
 * can tell.
 */
@Documented
@Target({ ElementType.FIELD, ElementType.PARAMETER, ElementType.TYPE_USE })
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = {})
@Size(max = 254, message = "An email address has at most 254 characters.")
@PlainText
@Email(regexp = EmailAddress.PATTERN, message = "This is not an email address.")
public @interface EmailAddress {

	/** Something, an at sign, and something with a dot in it. */
	String PATTERN = "[^@\\s]+@[^@\\s]+\\.[^@\\s.]+";

	/**
	 * Answers what a person is told; the composing constraints have messages of their
	 * own.
	 * @return the message
	 */
	String message() default "This is not an email address.";

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
