package dev.kennel.graphql.scalar;

import java.util.Locale;

import graphql.GraphQLContext;
import graphql.execution.CoercedVariables;
import graphql.language.StringValue;
import graphql.schema.CoercingParseLiteralException;
import graphql.schema.CoercingParseValueException;
import graphql.schema.GraphQLScalarType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class Rfc3339Tests {

	private static Object parse(GraphQLScalarType scalar, String text) {
		GraphQLContext context = GraphQLContext.getDefault();
		Object ofVariable = scalar.getCoercing().parseValue(text, context, Locale.ENGLISH);
		Object ofLiteral = scalar.getCoercing()
			.parseLiteral(StringValue.of(text), CoercedVariables.emptyVariables(), context, Locale.ENGLISH);
		assertThat(ofVariable).isEqualTo(ofLiteral).isNotNull();
		return String.valueOf(ofVariable);
	}

	private static void assertRefused(GraphQLScalarType scalar, String text, String message) {
		GraphQLContext context = GraphQLContext.getDefault();
		assertThatExceptionOfType(CoercingParseValueException.class)
			.isThrownBy(() -> scalar.getCoercing().parseValue(text, context, Locale.ENGLISH))
			.withMessage(message);
		assertThatExceptionOfType(CoercingParseLiteralException.class)
			.isThrownBy(() -> scalar.getCoercing()
				.parseLiteral(StringValue.of(text), CoercedVariables.emptyVariables(), context, Locale.ENGLISH))
			.withMessage(message);
	}

	@ParameterizedTest
	@ValueSource(strings = { "2020-02-29", "2000-02-29", "2026-03-01", "0001-01-01", "9999-12-31" })
	void validDateIsAccepted(String text) {
		assertThat(parse(Rfc3339.DATE, text)).isEqualTo(text);
	}

	@ParameterizedTest
	@ValueSource(strings = { "2020-02-30", "2021-02-29", "1900-02-29", "2020-04-31", "2020-13-01", "2020-00-10",
			"2020-01-00", "2020-1-1", "20200101", "+12020-01-01", "12020-01-01", "-2020-01-01", "2020-01-01T00:00:00Z",
			" 2020-01-01", "2020-01-01 ", "٢٠٢٠-٠١-٠١", "2020-W01-1", "" })
	void invalidDateIsRefused(String text) {
		assertRefused(Rfc3339.DATE, text, "Expected an existing date, such as 2026-03-01.");
	}

	@ParameterizedTest
	@CsvSource({ "2026-03-01T09:30:00Z, 2026-03-01T09:30Z", "2026-03-01t09:30:00z, 2026-03-01T09:30Z",
			"2026-03-01T09:30:00.123456789Z, 2026-03-01T09:30:00.123456789Z",
			"2026-03-01T09:30:00.12345678999Z, 2026-03-01T09:30:00.123456789Z",
			"2026-03-01T09:30:00+05:45, 2026-03-01T09:30+05:45", "2026-03-01T09:30:00+00:00, 2026-03-01T09:30Z",
			"2024-02-29T23:59:59.9-18:00, 2024-02-29T23:59:59.900-18:00", "1990-12-31T23:59:60Z, 1991-01-01T00:00Z",
			"1990-12-31T15:59:60.5-08:00, 1990-12-31T16:00:00.500-08:00" })
	void dateTimeMayHaveAnyOffsetAndALeapSecondIsTheFollowingSecond(String text, String expected) {
		assertThat(parse(Rfc3339.DATE_TIME, text)).isEqualTo(expected);
	}

	@ParameterizedTest
	@ValueSource(strings = { "2026-02-30T00:00:00Z", "2026-02-29T00:00:00Z", "2026-01-01T24:00:00Z",
			"2026-01-01T00:60:00Z", "2026-01-01T00:00:61Z", "2026-01-01T23:59:60Z", "1990-12-31T23:59:60+01:00",
			"2026-01-01T00:00Z", "2026-01-01T00:00:00", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00,5Z",
			"2026-01-01 00:00:00Z", "2026-01-01T00:00:00+01", "2026-01-01T00:00:00+01:00:30",
			"2026-01-01T00:00:00-00:00", "2026-01-01T00:00:00+18:01", "+12026-01-01T00:00:00Z", "2026-01-01",
			"2026-01-01T00:00:00Z[UTC]", "" })
	void invalidDateTimeIsRefused(String text) {
		assertRefused(Rfc3339.DATE_TIME, text,
				"Expected a date and time with an offset, such as 2026-03-01T09:30:00Z.");
	}

}
