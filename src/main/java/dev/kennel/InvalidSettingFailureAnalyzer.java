package dev.kennel;

import java.util.List;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.validation.BindValidationException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.validation.FieldError;
import org.springframework.validation.ObjectError;

/**
 * Reports rules between settings, whose messages name these settings. Spring Boot's own
 * analyzer names the method that checks a rule, as if it were a setting.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
class InvalidSettingFailureAnalyzer extends AbstractFailureAnalyzer<BindValidationException> {

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BindValidationException cause) {
		List<ObjectError> errors = cause.getValidationErrors().getAllErrors();
		if (errors.stream().noneMatch(InvalidSettingFailureAnalyzer::isRule)) {
			return null;
		}
		String prefix = cause.getValidationErrors().getName() + ".";
		return new FailureAnalysis(
				errors.stream()
					.map((error) -> description(prefix, error))
					.collect(Collectors.joining("\n", "The settings are not valid:\n\n", "")),
				"Correct the settings.", cause);
	}

	private static boolean isRule(ObjectError error) {
		return "AssertTrue".equals(error.getCode());
	}

	private static String description(String prefix, ObjectError error) {
		return (error instanceof FieldError field && !isRule(error))
				? prefix + field.getField() + " " + field.getDefaultMessage()
				: String.valueOf(error.getDefaultMessage());
	}

}
