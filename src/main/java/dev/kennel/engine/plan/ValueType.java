package dev.kennel.engine.plan;

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

/** The output type of a field, analyzed once for value completion. */
public final class ValueType {

	private final Kind kind;

	private final boolean nonNull;

	private final GraphQLOutputType declared;

	private final GraphQLOutputType nullable;

	private final @Nullable ValueType item;

	private final @Nullable Coercing<?, ?> coercing;

	private final boolean acceptsString;

	private ValueType(GraphQLOutputType declared) {
		this.declared = declared;
		this.nonNull = GraphQLTypeUtil.isNonNull(declared);
		this.nullable = (GraphQLOutputType) GraphQLTypeUtil.unwrapNonNull(declared);
		this.kind = kind(this.nullable);
		this.item = (this.nullable instanceof GraphQLList list) ? of((GraphQLOutputType) list.getWrappedType()) : null;
		this.coercing = (this.nullable instanceof GraphQLScalarType scalar) ? scalar.getCoercing() : null;
		// Both serialize a string to itself.
		this.acceptsString = this.nullable instanceof GraphQLScalarType scalar
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

	/** Returns how the value is completed. */
	public Kind kind() {
		return this.kind;
	}

	/** Returns whether the type is non-null, so that a null propagates. */
	public boolean nonNull() {
		return this.nonNull;
	}

	/** Returns the type as declared in the schema. */
	GraphQLOutputType declared() {
		return this.declared;
	}

	/** Returns the type without its non-null wrapper. */
	public GraphQLOutputType nullable() {
		return this.nullable;
	}

	/** Returns the item type of a list. */
	public ValueType item() {
		if (this.item == null) {
			throw new IllegalStateException(this.declared + " is no list");
		}
		return this.item;
	}

	/** Returns the coercing of a scalar. */
	public Coercing<?, ?> coercing() {
		if (this.coercing == null) {
			throw new IllegalStateException(this.declared + " is no scalar");
		}
		return this.coercing;
	}

	/** Returns whether the type is a scalar that serializes a string to itself. */
	public boolean acceptsString() {
		return this.acceptsString;
	}

	/** The kinds of types that value completion distinguishes. */
	public enum Kind {

		SCALAR, ENUM, LIST, OBJECT, ABSTRACT

	}

}
