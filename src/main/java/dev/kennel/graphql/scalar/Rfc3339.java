package dev.kennel.graphql.scalar;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import graphql.GraphQLContext;
import graphql.execution.CoercedVariables;
import graphql.language.StringValue;
import graphql.language.Value;
import graphql.scalars.ExtendedScalars;
import graphql.schema.Coercing;
import graphql.schema.CoercingParseLiteralException;
import graphql.schema.CoercingParseValueException;
import graphql.schema.GraphQLScalarType;
import org.jspecify.annotations.Nullable;

/**
 * Parses dates and times strictly by RFC 3339. The wrapped scalars are lenient: they read
 * February 30 as the last day of the month, and accept times without seconds. Their error
 * messages quote the input.
 *
 * @param <T> the type of inputs
 * @see <a href="https://www.rfc-editor.org/rfc/rfc3339#section-5.6">RFC 3339, section
 * 5.6</a>
 */
final class Rfc3339<T> implements Coercing<T, Object> {

	/** A full-date: a year of four digits, and a day that the month has. */
	static final GraphQLScalarType DATE = strict(ExtendedScalars.Date, Rfc3339::parseDate,
			"Expected an existing date, such as 2026-03-01.");

	/** A date-time, with an offset of up to 18 hours. */
	static final GraphQLScalarType DATE_TIME = strict(ExtendedScalars.DateTime, Rfc3339::parseDateTime,
			"Expected a date and time with an offset, such as 2026-03-01T09:30:00Z.");

	private static final Pattern FULL_DATE = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");

	/** The letters may be lower case. A fraction is truncated to nanoseconds. */
	private static final Pattern DATE_TIME_TEXT = Pattern
		.compile("([0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:)([0-9]{2})(?:(\\.[0-9]{1,9})[0-9]*)?"
				+ "([Zz]|[+-][0-9]{2}:[0-9]{2})");

	private final Coercing<?, ?> scalar;

	private final Function<String, @Nullable T> parser;

	private final String message;

	private Rfc3339(Coercing<?, ?> scalar, Function<String, @Nullable T> parser, String message) {
		this.scalar = scalar;
		this.parser = parser;
		this.message = message;
	}

	private static <T> GraphQLScalarType strict(GraphQLScalarType scalar, Function<String, @Nullable T> parser,
			String message) {
		return scalar.transform((builder) -> builder.coercing(new Rfc3339<>(scalar.getCoercing(), parser, message)));
	}

	private static @Nullable LocalDate parseDate(String text) {
		return FULL_DATE.matcher(text).matches() ? LocalDate.parse(text) : null;
	}

	private static @Nullable OffsetDateTime parseDateTime(String text) {
		Matcher parts = DATE_TIME_TEXT.matcher(text);
		// The scalar's specification forbids the unknown offset.
		if (!parts.matches() || "-00:00".equals(parts.group(4))) {
			return null;
		}
		String fraction = (parts.group(3) != null) ? parts.group(3) : "";
		if (!"60".equals(parts.group(2))) {
			return OffsetDateTime.parse(parts.group(1) + parts.group(2) + fraction + parts.group(4));
		}
		// A leap second is inserted at the end of a month of UTC. Neither Java nor
		// PostgreSQL supports it: it is read as the following second.
		OffsetDateTime before = OffsetDateTime.parse(parts.group(1) + "59" + fraction + parts.group(4));
		OffsetDateTime after = before.plusSeconds(1);
		return YearMonth.from(before.withOffsetSameInstant(ZoneOffset.UTC))
			.equals(YearMonth.from(after.withOffsetSameInstant(ZoneOffset.UTC))) ? null : after;
	}

	private @Nullable T parse(String text) {
		try {
			return this.parser.apply(text);
		}
		catch (DateTimeException ex) {
			return null;
		}
	}

	@Override
	public Object serialize(Object value, GraphQLContext context, Locale locale) {
		Object text = this.scalar.serialize(value, context, locale);
		if (text == null) {
			throw new IllegalStateException("The scalar returned null for a result");
		}
		return text;
	}

	@Override
	public T parseValue(Object input, GraphQLContext context, Locale locale) {
		T value = (input instanceof String text) ? parse(text) : null;
		if (value == null) {
			throw new CoercingParseValueException(this.message);
		}
		return value;
	}

	@Override
	public T parseLiteral(Value<?> input, CoercedVariables variables, GraphQLContext context, Locale locale) {
		T value = (input instanceof StringValue text && text.getValue() != null) ? parse(text.getValue()) : null;
		if (value == null) {
			throw new CoercingParseLiteralException(this.message);
		}
		return value;
	}

	@Override
	public Value<?> valueToLiteral(Object input, GraphQLContext context, Locale locale) {
		return this.scalar.valueToLiteral(input, context, locale);
	}

}
