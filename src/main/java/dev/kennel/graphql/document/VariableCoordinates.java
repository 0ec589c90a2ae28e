package dev.kennel.graphql.document;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

import graphql.language.OperationDefinition;
import graphql.language.VariableDefinition;
import graphql.schema.GraphQLEnumType;
import graphql.schema.GraphQLInputObjectField;
import graphql.schema.GraphQLInputObjectType;
import graphql.schema.GraphQLSchema;
import graphql.schema.GraphQLType;
import graphql.schema.GraphQLTypeUtil;
import graphql.schema.idl.TypeUtil;
import org.jspecify.annotations.Nullable;

/**
 * Finds the coordinates in the values of a request's variables: input fields, and values
 * of enums. {@link SchemaCoordinates} finds those in the document.
 */
public final class VariableCoordinates {

	private final Set<String> found = new LinkedHashSet<>();

	private VariableCoordinates() {
	}

	/**
	 * Returns the coordinates, such as {@code DogFilter.name} and
	 * {@code DogOrderField.NAME}.
	 * @param schema the schema
	 * @param operation an operation
	 * @param variables its variables as the client has sent them: they need not be valid
	 * @return the coordinates, without members that the client has not sent and that have
	 * a default
	 */
	public static Set<String> of(GraphQLSchema schema, OperationDefinition operation,
			Map<String, ? extends @Nullable Object> variables) {
		if (variables.isEmpty()) {
			return Set.of();
		}
		VariableCoordinates coordinates = new VariableCoordinates();
		for (VariableDefinition variable : operation.getVariableDefinitions()) {
			GraphQLType type = schema.getType(TypeUtil.unwrapAll(variable.getType()).getName());
			coordinates.visit(variables.get(variable.getName()), type);
		}
		return coordinates.found;
	}

	/** Visits a value of a named type, or a list of them. */
	private void visit(@Nullable Object value, @Nullable GraphQLType type) {
		switch (value) {
			case Collection<?> list -> list.forEach((element) -> visit(element, type));
			case Map<?, ?> object when type instanceof GraphQLInputObjectType input ->
				object.forEach((name, member) -> visit(input, String.valueOf(name), member));
			case String name when type instanceof GraphQLEnumType enumeration && enumeration.getValue(name) != null ->
				this.found.add(enumeration.getName() + "." + name);
			case null, default -> {
			}
		}
	}

	private void visit(GraphQLInputObjectType input, String name, @Nullable Object member) {
		GraphQLInputObjectField field = input.getFieldDefinition(name);
		if (field != null) {
			this.found.add(input.getName() + "." + name);
			visit(member, GraphQLTypeUtil.unwrapAll(field.getType()));
		}
	}

}
