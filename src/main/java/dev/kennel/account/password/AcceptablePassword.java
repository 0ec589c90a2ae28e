package dev.kennel.account.password;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import dev.kennel.text.FreeformText;
import jakarta.validation.Constraint;
import jakarta.validation.Payload;
import org.hibernate.validator.constraints.CodePointLength;

/**
 * Validates a new password: 8 to 128 characters that RFC 8265 allows in passwords, and
 * none of the most common passwords. {@code PasswordHasher.hashNew} refuses those that
 * are known from a data breach.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8265#section-4">RFC 8265, section 4,
 * OpaqueString</a>
 * @see <a href="https://pages.nist.gov/800-63-4/sp800-63b.html#passwordver">NIST SP
 * 800-63B, section 3.1.1.2</a>
 */
@Documented
@Target({ ElementType.FIELD, ElementType.PARAMETER, ElementType.TYPE_USE })
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = {})
@CodePointLength(min = 8, max = 128, message = "A password has 8 to 128 characters.")
@FreeformText
@UncommonPassword
public @interface AcceptablePassword {

	/**
	 * Returns the message; the composing constraints have messages of their own.
	 * @return the message
	 */
	String message() default "This can't be a password.";

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
