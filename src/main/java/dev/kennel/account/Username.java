package dev.kennel.account;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import jakarta.validation.Constraint;
import jakarta.validation.Payload;
import jakarta.validation.constraints.Pattern;

/**
 * Validates a username: 3 to 32 letters, digits, dots, underscores and hyphens of ASCII.
 */
@Documented
@Target({ ElementType.FIELD, ElementType.PARAMETER, ElementType.TYPE_USE })
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = {})
@Pattern(regexp = Username.PATTERN, message = "A username has 3 to 32 letters, digits, dots, underscores and hyphens.")
public @interface Username {

	/** The pattern of a valid username. */
	String PATTERN = "[A-Za-z0-9._-]{3,32}";

	/**
	 * Returns the message; the composing constraint has a message of its own.
	 * @return the message
	 */
	String message() default "This can't be a username.";

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
