package dev.kennel.engine;

import graphql.Scalars;
import graphql.schema.Coercing;
import graphql.schema.GraphQLEnumType;
import graphql.schema.GraphQLList;
import graphql.schema.GraphQLObjectType;
import graphql.schema.GraphQLOutputType;
import graphql.schema.GraphQLScalarType;
import graphql.schema.GraphQLType;
import graphql.schema.GraphQLTypeUtil;
import org.jspecify.annotations.Nullable;

/** What has to be done with a field's value, told by its type and taken apart once. */
final class ValueType {

	private final Kind kind;

	private final boolean nonNull;

	private final GraphQLOutputType declared;

	private final GraphQLOutputType nullable;

	private final @Nullable ValueType item;

	private final @Nullable Coercing<?, ?> coercing;

	private final boolean text;

	private ValueType(GraphQLOutputType declared) {
		this.declared = declared;
		this.nonNull = GraphQLTypeUtil.isNonNull(declared);
		this.nullable = (GraphQLOutputType) GraphQLTypeUtil.unwrapNonNull(declared);
		this.kind = kind(this.nullable);
		this.item = (this.nullable instanceof GraphQLList list) ? of((GraphQLOutputType) list.getWrappedType()) : null;
		this.coercing = (this.nullable instanceof GraphQLScalarType scalar) ? scalar.getCoercing() : null;
		// Both write a string as it is.
		this.text = this.nullable instanceof GraphQLScalarType scalar
				&& (scalar.getName().equals(Scalars.GraphQLString.getName())
						|| scalar.getName().equals(Scalars.GraphQLID.getName()));
	}

	static ValueType of(GraphQLOutputType declared) {
		return new ValueType(declared);
	}

	private static Kind kind(GraphQLType type) {
		if (type instanceof GraphQLList) {
			return Kind.LIST;
		}
		if (type instanceof GraphQLScalarType) {
			return Kind.SCALAR;
		}
		if (type instanceof GraphQLEnumType) {
			return Kind.ENUM;
		}
		return (type instanceof GraphQLObjectType) ? Kind.OBJECT : Kind.ABSTRACT;
	}

	Kind kind() {
		return this.kind;
	}

	/** Whether null in this place takes what is around it with it. */
	boolean nonNull() {
		return this.nonNull;
	}

	/** The type as the schema has it. */
	GraphQLOutputType declared() {
		return this.declared;
	}

	/** The type without its exclamation mark. */
	GraphQLOutputType nullable() {
		return this.nullable;
	}

	/** The type of a list's items. */
	ValueType item() {
		if (this.item == null) {
			throw new IllegalStateException(this.declared + " is no list");
		}
		return this.item;
	}

	/** How a scalar is written. */
	Coercing<?, ?> coercing() {
		if (this.coercing == null) {
			throw new IllegalStateException(this.declared + " is no scalar");
		}
		return this.coercing;
	}

	/** Whether it is a scalar that takes a string as it is. */
	boolean takesText() {
		return this.text;
	}

	/** How a value is completed. */
	enum Kind {

		SCALAR, ENUM, LIST, OBJECT, ABSTRACT

	}

}
