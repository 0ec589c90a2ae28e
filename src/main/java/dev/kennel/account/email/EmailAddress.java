package dev.kennel.account.email;

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
 * Validates the syntax of an email address; invisible characters are refused. Only a mail
 * verifies that the mailbox exists, and its owner. Null is valid.
 *
 * @see Mailbox
 */
@Documented
@Target({ ElementType.FIELD, ElementType.PARAMETER, ElementType.TYPE_USE })
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = EmailAddress.Validator.class)
@CodePointLength(max = EmailAddress.MAX_LENGTH, message = "An email address has at most 254 characters.")
public @interface EmailAddress {

	/** The maximum number of characters of an address. */
	int MAX_LENGTH = 254;

	/**
	 * Returns the message.
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

	/**
	 * Parses the address, unless it is too long, which the composing constraint reports.
	 */
	class Validator implements ConstraintValidator<EmailAddress, String> {

		@Override
		public boolean isValid(@Nullable String text, ConstraintValidatorContext context) {
			if (text == null || text.codePointCount(0, text.length()) > MAX_LENGTH || Mailbox.parse(text).isPresent()) {
				return true;
			}
			if (text.codePoints().anyMatch(TextNormalizer::isInvisible)) {
				context.disableDefaultConstraintViolation();
				context
					.buildConstraintViolationWithTemplate("An email address has no spaces and no invisible characters.")
					.addConstraintViolation();
			}
			return false;
		}

	}

}
