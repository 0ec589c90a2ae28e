package dev.kennel.account;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import dev.kennel.mail.Mailbox;
import dev.kennel.text.TextNormalizer;
import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import org.hibernate.validator.constraints.CodePointLength;
import org.jspecify.annotations.Nullable;

/**
 * The text looks like the address of a mailbox, and every character of it can be seen.
 * Whether it is one, and whose, only a mail can tell. Null is valid.
 *
 * @see Mailbox
 */
@Documented
@Target({ ElementType.FIELD, ElementType.PARAMETER, ElementType.TYPE_USE })
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = EmailAddress.Validator.class)
@CodePointLength(max = EmailAddress.MAX_LENGTH, message = "An email address has at most 254 characters.")
public @interface EmailAddress {

	/** The most characters of an address. */
	int MAX_LENGTH = 254;

	/**
	 * Returns what a person is told.
	 * @return the message
	 */
	String message() default "This is not an email address.";

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

	/** Reads the address, unless it is too long, which is a matter of its length. */
	class Validator implements ConstraintValidator<EmailAddress, String> {

		@Override
		public boolean isValid(@Nullable String text, ConstraintValidatorContext context) {
			if (text == null || text.codePointCount(0, text.length()) > MAX_LENGTH || Mailbox.parse(text).isPresent()) {
				return true;
			}
			if (text.codePoints().anyMatch(TextNormalizer::isInvisible)) {
				context.disableDefaultConstraintViolation();
				context
					.buildConstraintViolationWithTemplate(
							"An email address has no spaces and no characters that can't be seen.")
					.addConstraintViolation();
			}
			return false;
		}

	}

}
