package dev.kennel.error;

import java.text.MessageFormat;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.ResourceBundle;
import java.util.Set;
import java.util.stream.Stream;

import graphql.ErrorType;
import graphql.GraphqlErrorBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** All messages of graphql-java. */
class ApiErrorFactoryTests {

	/** The messages with an argument that is a client value, and the index of it. */
	private static final Set<String> WITH_VALUES = Set.of("ArgumentValidationUtil.handleNullError 2",
			"ArgumentValidationUtil.handleScalarError 2", "ArgumentValidationUtil.handleScalarErrorCustomMessage 2",
			"ArgumentValidationUtil.handleEnumError 2", "ArgumentValidationUtil.handleEnumErrorCustomMessage 2",
			"ArgumentValidationUtil.handleNotObjectError 2", "ArgumentValidationUtil.handleMissingFieldsError 2",
			"ArgumentValidationUtil.handleExtraFieldError 2", "VariableDefaultValuesOfCorrectType.badDefault 1",
			"Enum.badInput 1", "Enum.badName 1", "Enum.unallowableValue 1", "Int.outsideRange 0");

	static Stream<Arguments> messages() {
		List<Arguments> messages = new ArrayList<>();
		for (String name : List.of("Validation", "Scalars", "Execution", "Parsing", "General")) {
			ResourceBundle bundle = ResourceBundle.getBundle("i18n." + name, Locale.ROOT);
			Collections.list(bundle.getKeys()).forEach((key) -> messages.add(Arguments.of(key, bundle.getString(key))));
		}
		assertThat(messages).hasSizeGreaterThan(80);
		return messages.stream();
	}

	private static String messageOf(String message) {
		return ApiErrorFactory
			.ofGraphQlJava(
					GraphqlErrorBuilder.newError().message("%s", message).errorType(ErrorType.ValidationError).build(),
					"id")
			.getMessage();
	}

	@Test
	void valueIsRemovedFromALongMessage() {
		String secret = "'\"my secret".repeat(200_000);

		assertThat(messageOf("Invalid syntax with offending token '" + secret + "' at line 1")).doesNotContain("secret")
			.startsWith("Invalid syntax with offending token ");
	}

	@ParameterizedTest
	@MethodSource("messages")
	void valueIsNotRepeated(String key, String pattern) {
		for (int index = 0; index < 5; index++) {
			if (WITH_VALUES.contains(key + " " + index)) {
				Object[] arguments = { "a", "b", "c", "d", "e" };
				arguments[index] = "my 'secret' is not a\nsecret' - must '";

				assertThat(messageOf(new MessageFormat(pattern, Locale.ENGLISH).format(arguments)))
					.doesNotContain("secret")
					.startsWith(pattern.substring(0, 10));
			}
		}
	}

	@ParameterizedTest
	@MethodSource("messages")
	void misplacedStringIsNotRepeated(String key, String pattern) {
		if (key.startsWith("Invalid") && pattern.contains("''{0}''")) {
			Object[] arguments = { "\"my secret\"", "1", "2", "3", "4" };

			assertThat(messageOf(new MessageFormat(pattern, Locale.ENGLISH).format(arguments)))
				.doesNotContain("secret");
		}
	}

	@ParameterizedTest
	@MethodSource("messages")
	void lengthOfMessagesIsLimited(String key, String pattern) {
		String longest = "🐕".repeat(10_000);

		String message = messageOf(new MessageFormat(pattern, Locale.ENGLISH)
			.format(new Object[] { longest, longest, longest, longest, longest }));

		assertThat(message.codePoints().count()).as(key).isLessThanOrEqualTo(401);
	}

}
