package dev.kennel.text;

import jakarta.validation.Validation;
import jakarta.validation.Validator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** RFC 8264's FreeformClass, and RFC 8265's OpaqueString on top of it. */
class FreeformTextTests {

	private static final Validator VALIDATOR = Validation.buildDefaultValidatorFactory().getValidator();

	private record Holder(@FreeformText String text) {
	}

	private static boolean isValid(String text) {
		return VALIDATOR.validate(new Holder(text)).isEmpty();
	}

	/** The examples of RFC 8265, section 4.3, and one for each rule. */
	@ParameterizedTest
	@ValueSource(strings = { "correct horse battery staple", "Correct Horse Battery Staple", "πßå", "Jack of ♦s",
			"foo\u1680bar", " ", "~!\"#", "ß", "ς", "〇", "–—«»", "ｐａｓｓ", "²ⅷ", "🐕", "\u0301a", "l\u00b7l", "\u0375α",
			"א\u05f3", "א\u05f4", "\u30fbカ", "中\u30fb", "\u0660\u0661", "\u06f0\u06f1", "क्\u200dष", "क्\u200cष",
			"ب\u200cب", "ب\u064b\u200c\u064bب", "가" })
	void scriptsSymbolsAndSpacesAreValid(String text) {
		assertThat(isValid(text)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "my cat is a \u0009by", "\0", "\u007f", "\u0085", "\u00ad", "\u034f", "\u200b", "\u200e",
			"\u202e", "\u2028", "\u2029", "\u2060", "\u2066", "\ufe0f", "\ufeff", "\ud800", "\udc00", "\ue000",
			"\uffff", "\ufdd0", "\udb40\udc20", "\udb40\udd00", "\ud83f\udffe", "\u0378", "\u0600", "\u0640", "\u07fa",
			"\u302e", "\u303b", "\u1100", "\u1161", "\u11a8", "\u3164", "a\u00b7l", "l\u00b7", "\u0375a", "a\u05f3",
			"\u05f4", "a\u30fb", "\u0660\u06f0", "a\u200d", "\u200d", "a\u200c", "ب\u200c", "\u200cب", "👩\u200d🚀" })
	void invisibleUnassignedAndOutOfContextCharactersAreInvalid(String text) {
		assertThat(isValid(text)).isFalse();
	}

	/** Some rules scan the whole text for each character. */
	@Test
	void onlyTextsOfUpToAThousandCharactersAreChecked() {
		assertThat(isValid("\u0660".repeat(1_000))).isTrue();
		assertThat(isValid("\u0600".repeat(1_000))).isFalse();
		assertThat(isValid("\u0600".repeat(1_001))).isTrue();
	}

	@Test
	void opaqueStringMapsAllSpacesToAscii() {
		for (int character = 0; character <= Character.MAX_CODE_POINT; character++) {
			if (Character.getType(character) == Character.SPACE_SEPARATOR) {
				assertThat(TextNormalizer.opaqueString("a" + Character.toString(character) + "b")).isEqualTo("a b");
			}
		}
		assertThat(TextNormalizer.opaqueString("A\u030angstrom\t ")).isEqualTo("\u00c5ngstrom\t ");
		assertThat(TextNormalizer.opaqueString("ｐ² ß")).isEqualTo("ｐ² ß");
	}

}
