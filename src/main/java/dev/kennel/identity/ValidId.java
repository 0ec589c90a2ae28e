package dev.kennel.identity;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Set;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import org.jspecify.annotations.Nullable;

/** The text must be an id of one of the given kinds. Null is valid. */
@Documented
@Target({ ElementType.FIELD, ElementType.PARAMETER, ElementType.TYPE_USE })
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = ValidId.Validator.class)
public @interface ValidId {

	/**
	 * Returns the accepted kinds.
	 * @return the kinds; an empty array accepts any
	 */
	NodeKind[] value() default {};

	/**
	 * Returns the message of a violation.
	 * @return the message
	 */
	String message() default "The id is malformed, or of another type.";

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
	 * Validates the format and the kind of an id, but not the existence of the object.
	 */
	class Validator implements ConstraintValidator<ValidId, String> {

		private Set<NodeKind> kinds = Set.of();

		@Override
		public void initialize(ValidId annotation) {
			this.kinds = Set.of(annotation.value());
		}

		@Override
		public boolean isValid(@Nullable String id, ConstraintValidatorContext context) {
			return id == null || NodeId.parse(id)
				.filter((nodeId) -> this.kinds.isEmpty() || this.kinds.contains(nodeId.kind()))
				.isPresent();
		}

	}

}
