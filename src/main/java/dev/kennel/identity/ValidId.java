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

/** The text is an id, of one kind or of any. Null is valid. */
@Documented
@Target({ ElementType.FIELD, ElementType.PARAMETER, ElementType.TYPE_USE })
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = ValidId.Validator.class)
public @interface ValidId {

	/**
	 * Answers the kinds that the id may be of.
	 * @return the kinds; none means any
	 */
	NodeKind[] value() default {};

	/**
	 * Answers what a person is told.
	 * @return the message
	 */
	String message() default "This is not an id of the right kind.";

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

	/**
	 * Checks an id's form and kind; whether there is such an object is another matter.
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
