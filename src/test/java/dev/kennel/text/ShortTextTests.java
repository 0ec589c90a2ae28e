package dev.kennel.text;

import java.util.List;

import jakarta.validation.Validation;
import jakarta.validation.Validator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ShortTextTests {

	private static final Validator VALIDATOR = Validation.buildDefaultValidatorFactory().getValidator();

	private record Input(@ShortText String text) {
	}

	private static List<String> violatedConstraints(String text) {
		return VALIDATOR.validate(new Input(TextNormalizer.clean(text)))
			.stream()
			.map((violation) -> violation.getConstraintDescriptor().getAnnotation().annotationType().getSimpleName())
			.toList();
	}

	@ParameterizedTest
	@ValueSource(strings = { "Rex", "x", "O'Hara & Söhne, Nº 2", "犬", "كلب", "می\u200cخواهم", "क्\u200dष",
			"\u05d0\u200f!", "👩\u200d👩\u200d👧\u200d👦", "❤\ufe0f",
			"🏴\udb40\udc67\udb40\udc62\udb40\udc65\udb40\udc6e\udb40\udc67\udb40\udc7f", "🐕\u200d🦺", "\ue000",
			"a\u0301", "\u0378" })
	void allScriptsAndEmojisAreValid(String text) {
		assertThat(violatedConstraints(text)).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "\u200b", "\ufeff", "\u2060\u200d", "\u00ad", "\u3164", "\u115f\u1160", "\u2800", "\ufe0f",
			"\u034f", "\udb40\udc67", "\u0301", "\u200e" })
	void invisibleTextIsRejected(String text) {
		assertThat(violatedConstraints(text)).containsExactly("VisibleText");
	}

	@ParameterizedTest
	@ValueSource(strings = { "\u202e evil", "x\u202a", "x\u202c", "x\u2066y\u2069", "\ufffe", "x\uffff", "\ufdd0",
			"\ud83f\udffe", "\udb40\udc01", "a\u0000b", "a\nb", "a\u2028b", "\ud800x" })
	void noncharactersAndBidirectionalControlsAreRejected(String text) {
		assertThat(violatedConstraints(text)).containsExactly("PlainText");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "   ", "\u3000" })
	void emptyTextViolatesOnlyTheLength(String text) {
		assertThat(violatedConstraints(text)).containsExactly("CodePointLength");
	}

}
