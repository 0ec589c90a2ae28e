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
 * graphql-java accepts any value as an {@code ID}, such as {@code true} or a list, and
 * {@code 1.0} as an {@code Int}.
 *
 * @param <I> the type of inputs
 * @param <O> the type of results
 * @see <a href="https://spec.graphql.org/September2025/#sec-Int.Input-Coercion">GraphQL,
 * input coercion of Int</a>
 * @see <a href="https://spec.graphql.org/September2025/#sec-ID.Input-Coercion">GraphQL,
 * input coercion of ID</a>
 */
final class StrictIntegerCoercing<I, O> implements Coercing<I, O> {

	/** Accepts a string, or an integer of any size. */
	static final GraphQLScalarType ID = strict(Scalars.GraphQLID, true, "An ID is a string or an integer.");

	/** Accepts an integer of 32 bits. */
	static final GraphQLScalarType INT = strict(Scalars.GraphQLInt, false, "An Int is an integer of 32 bits.");

	private final Coercing<I, O> scalar;

	private final boolean acceptsString;

	private final String message;

	private StrictIntegerCoercing(Coercing<I, O> scalar, boolean acceptsString, String message) {
		this.scalar = scalar;
		this.acceptsString = acceptsString;
		this.message = message;
	}

	private static GraphQLScalarType strict(GraphQLScalarType scalar, boolean acceptsString, String message) {
		return scalar.transform((builder) -> builder
			.coercing(new StrictIntegerCoercing<>(scalar.getCoercing(), acceptsString, message)));
	}

	private boolean accepts(Object input) {
		return input instanceof Integer || input instanceof Long || input instanceof BigInteger
				|| (this.acceptsString && input instanceof String);
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
			throw new IllegalStateException("The scalar returned null for a literal");
		}
		return value;
	}

	@Override
	public O serialize(Object value, GraphQLContext context, Locale locale) {
		O result = this.scalar.serialize(value, context, locale);
		if (result == null) {
			throw new IllegalStateException("The scalar returned null for a result");
		}
		return result;
	}

	@Override
	public Value<?> valueToLiteral(Object input, GraphQLContext context, Locale locale) {
		return this.scalar.valueToLiteral(input, context, locale);
	}

}
