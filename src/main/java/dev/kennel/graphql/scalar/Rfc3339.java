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
 * Reads days and moments exactly as RFC 3339 writes them. The scalars that are wrapped
 * are more generous: they take February 30 for the last day of the month, and moments
 * without seconds. And their messages repeat what was sent.
 *
 * @param <T> what is read
 * @see <a href="https://www.rfc-editor.org/rfc/rfc3339#section-5.6">RFC 3339, section
 * 5.6</a>
 */
final class Rfc3339<T> implements Coercing<T, Object> {

	/** A day: four digits of a year, and a month that has the day. */
	static final GraphQLScalarType DATE = strict(ExtendedScalars.Date, Rfc3339::readDate,
			"This is not a day of the calendar as 2026-03-01.");

	/** A moment, with an offset of up to 18 hours. */
	static final GraphQLScalarType DATE_TIME = strict(ExtendedScalars.DateTime, Rfc3339::readDateTime,
			"This is not a moment as 2026-03-01T09:30:00Z.");

	private static final Pattern FULL_DATE = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");

	/** The letters may be lower case. A fraction is cut to nanoseconds. */
	private static final Pattern DATE_TIME_TEXT = Pattern
		.compile("([0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:)([0-9]{2})(?:(\\.[0-9]{1,9})[0-9]*)?"
				+ "([Zz]|[+-][0-9]{2}:[0-9]{2})");

	private final Coercing<?, ?> scalar;

	private final Function<String, @Nullable T> reader;

	private final String message;

	private Rfc3339(Coercing<?, ?> scalar, Function<String, @Nullable T> reader, String message) {
		this.scalar = scalar;
		this.reader = reader;
		this.message = message;
	}

	private static <T> GraphQLScalarType strict(GraphQLScalarType scalar, Function<String, @Nullable T> reader,
			String message) {
		return scalar.transform((builder) -> builder.coercing(new Rfc3339<>(scalar.getCoercing(), reader, message)));
	}

	private static @Nullable LocalDate readDate(String text) {
		return FULL_DATE.matcher(text).matches() ? LocalDate.parse(text) : null;
	}

	private static @Nullable OffsetDateTime readDateTime(String text) {
		Matcher parts = DATE_TIME_TEXT.matcher(text);
		// An unknown offset is refused by the scalar's specification.
		if (!parts.matches() || "-00:00".equals(parts.group(4))) {
			return null;
		}
		String fraction = (parts.group(3) != null) ? parts.group(3) : "";
		if (!"60".equals(parts.group(2))) {
			return OffsetDateTime.parse(parts.group(1) + parts.group(2) + fraction + parts.group(4));
		}
		// A leap second is inserted at the end of a month of UTC. Neither Java nor
		// PostgreSQL has it: it is the second that follows.
		OffsetDateTime before = OffsetDateTime.parse(parts.group(1) + "59" + fraction + parts.group(4));
		OffsetDateTime after = before.plusSeconds(1);
		return YearMonth.from(before.withOffsetSameInstant(ZoneOffset.UTC))
			.equals(YearMonth.from(after.withOffsetSameInstant(ZoneOffset.UTC))) ? null : after;
	}

	private @Nullable T read(String text) {
		try {
			return this.reader.apply(text);
		}
		catch (DateTimeException ex) {
			return null;
		}
	}

	@Override
	public Object serialize(Object value, GraphQLContext context, Locale locale) {
		Object text = this.scalar.serialize(value, context, locale);
		if (text == null) {
			throw new IllegalStateException("Nothing to answer");
		}
		return text;
	}

	@Override
	public T parseValue(Object input, GraphQLContext context, Locale locale) {
		T value = (input instanceof String text) ? read(text) : null;
		if (value == null) {
			throw new CoercingParseValueException(this.message);
		}
		return value;
	}

	@Override
	public T parseLiteral(Value<?> input, CoercedVariables variables, GraphQLContext context, Locale locale) {
		T value = (input instanceof StringValue text && text.getValue() != null) ? read(text.getValue()) : null;
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
