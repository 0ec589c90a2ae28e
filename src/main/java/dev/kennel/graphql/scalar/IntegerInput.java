package dev.kennel.graphql.scalar;

import java.math.BigInteger;
import java.util.Locale;

import graphql.GraphQLContext;
import graphql.Scalars;
import graphql.execution.CoercedVariables;
import graphql.language.Value;
import graphql.schema.Coercing;
import graphql.schema.CoercingParseValueException;
import graphql.schema.GraphQLScalarType;

/**
 * The built-in scalars that take integers, with variables coerced exactly as literals:
 * graphql-java makes an {@code ID} of any value, such as {@code true} or a list, and an
 * {@code Int} of {@code 1.0}.
 *
 * @param <I> what is read
 * @param <O> what is written
 * @see <a href="https://spec.graphql.org/September2025/#sec-Int.Input-Coercion">GraphQL,
 * input coercion of Int</a>
 * @see <a href="https://spec.graphql.org/September2025/#sec-ID.Input-Coercion">GraphQL,
 * input coercion of ID</a>
 */
final class IntegerInput<I, O> implements Coercing<I, O> {

	/** A string, or an integer of any size. */
	static final GraphQLScalarType ID = strict(Scalars.GraphQLID, true, "An ID is a string or an integer.");

	/** An integer of 32 bits. */
	static final GraphQLScalarType INT = strict(Scalars.GraphQLInt, false, "An Int is an integer of 32 bits.");

	private final Coercing<I, O> scalar;

	private final boolean orString;

	private final String message;

	private IntegerInput(Coercing<I, O> scalar, boolean orString, String message) {
		this.scalar = scalar;
		this.orString = orString;
		this.message = message;
	}

	private static GraphQLScalarType strict(GraphQLScalarType scalar, boolean orString, String message) {
		return scalar
			.transform((builder) -> builder.coercing(new IntegerInput<>(scalar.getCoercing(), orString, message)));
	}

	private boolean accepts(Object input) {
		return input instanceof Integer || input instanceof Long || input instanceof BigInteger
				|| (this.orString && input instanceof String);
	}

	@Override
	public I parseValue(Object input, GraphQLContext context, Locale locale) {
		I value = accepts(input) ? this.scalar.parseValue(input, context, locale) : null;
		if (value == null) {
			throw new CoercingParseValueException(this.message);
		}
		return value;
	}

	@Override
	public I parseLiteral(Value<?> input, CoercedVariables variables, GraphQLContext context, Locale locale) {
		I value = this.scalar.parseLiteral(input, variables, context, locale);
		if (value == null) {
			throw new IllegalStateException("No value of a literal");
		}
		return value;
	}

	@Override
	public O serialize(Object value, GraphQLContext context, Locale locale) {
		O written = this.scalar.serialize(value, context, locale);
		if (written == null) {
			throw new IllegalStateException("Nothing to answer");
		}
		return written;
	}

	@Override
	public Value<?> valueToLiteral(Object input, GraphQLContext context, Locale locale) {
		return this.scalar.valueToLiteral(input, context, locale);
	}

}
