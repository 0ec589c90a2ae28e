package dev.kennel.account.profile;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;

/**
 * Validates that a new name or address comes with the account's password. The member is
 * nullable in the schema, so that a client that omits it receives a violation that names
 * it.
 */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = CurrentPasswordRequired.Validator.class)
@interface CurrentPasswordRequired {

	String message() default "A new username or email address needs the account's password.";

	Class<?>[] groups() default {};

	Class<? extends Payload>[] payload() default {};

	/** Reports the violation at {@code currentPassword}. */
	class Validator implements ConstraintValidator<CurrentPasswordRequired, UpdateMeInput> {

		@Override
		public boolean isValid(UpdateMeInput input, ConstraintValidatorContext context) {
			if (!input.isSensitive() || input.currentPassword() != null) {
				return true;
			}
			context.disableDefaultConstraintViolation();
			context.buildConstraintViolationWithTemplate(context.getDefaultConstraintMessageTemplate())
				.addPropertyNode("currentPassword")
				.addConstraintViolation();
			return false;
		}

	}

}
