package dev.kennel.account.password;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Locale;
import java.util.Set;

import com.nulabinc.zxcvbn.StandardDictionaries;
import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import org.jspecify.annotations.Nullable;

/**
 * Validates that a password is not one of the 30,000 most common ones, ignoring case.
 * Null is valid.
 */
@Documented
@Target({ ElementType.FIELD, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = UncommonPassword.Validator.class)
@interface UncommonPassword {

	String message() default "This password is one of the most common ones, and would be guessed.";

	Class<?>[] groups() default {};

	Class<? extends Payload>[] payload() default {};

	/** Looks the password up in zxcvbn's dictionary. */
	class Validator implements ConstraintValidator<UncommonPassword, String> {

		@Override
		public boolean isValid(@Nullable String password, ConstraintValidatorContext context) {
			return password == null || !Dictionary.PASSWORDS.contains(password.toLowerCase(Locale.ROOT));
		}

	}

	/** Loaded on first use. */
	class Dictionary {

		private static final Set<String> PASSWORDS = load();

		private Dictionary() {
		}

		private static Set<String> load() {
			try {
				return Set.copyOf(StandardDictionaries.PASSWORDS_LOADER.load().getFrequencies());
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

}
