package dev.kennel.text;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import org.jspecify.annotations.Nullable;

/** The year must be 1 to 9999: RFC 3339 has four digits. Null is valid. */
@Documented
@Target({ ElementType.FIELD, ElementType.PARAMETER, ElementType.TYPE_USE })
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = YearRange.Validator.class)
public @interface YearRange {

	/**
	 * Returns the message of a violation.
	 * @return the message
	 */
	String message() default "The year has to be from 1 to 9999.";

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

	/** Validates the year. */
	class Validator implements ConstraintValidator<YearRange, TemporalAccessor> {

		@Override
		public boolean isValid(@Nullable TemporalAccessor time, ConstraintValidatorContext context) {
			if (time == null) {
				return true;
			}
			int year = time.get(ChronoField.YEAR);
			return year >= 1 && year <= 9999;
		}

	}

}
