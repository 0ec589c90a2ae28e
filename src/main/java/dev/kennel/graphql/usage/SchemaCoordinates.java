package dev.kennel.graphql.usage;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;

import dev.kennel.graphql.document.PreparedOperation;
import graphql.language.Argument;
import graphql.language.ArrayValue;
import graphql.language.Field;
import graphql.language.FragmentDefinition;
import graphql.language.FragmentSpread;
import graphql.language.InlineFragment;
import graphql.language.ObjectField;
import graphql.language.ObjectValue;
import graphql.language.OperationDefinition;
import graphql.language.Selection;
import graphql.language.SelectionSet;
import graphql.language.Value;
import graphql.schema.GraphQLArgument;
import graphql.schema.GraphQLFieldDefinition;
import graphql.schema.GraphQLFieldsContainer;
import graphql.schema.GraphQLInputObjectField;
import graphql.schema.GraphQLInputObjectType;
import graphql.schema.GraphQLObjectType;
import graphql.schema.GraphQLSchema;
import graphql.schema.GraphQLType;
import graphql.schema.GraphQLTypeUtil;
import org.jspecify.annotations.Nullable;

/**
 * Collects the coordinates of the fields, arguments and input fields of a valid
 * operation. Skipped fields are included; the content of variables is not, since it
 * differs between requests.
 *
 * @see <a href="https://spec.graphql.org/September2025/#sec-Schema-Coordinates">GraphQL,
 * schema coordinates</a>
 */
final class SchemaCoordinates {

	private final GraphQLSchema schema;

	private final PreparedOperation operation;

	private final Set<String> found = new LinkedHashSet<>();

	/**
	 * The visited fragments. A fragment has its own type, so that one visit is enough.
	 */
	private final Set<String> fragments = new HashSet<>();

	private SchemaCoordinates(GraphQLSchema schema, PreparedOperation operation) {
		this.schema = schema;
		this.operation = operation;
	}

	/**
	 * Returns coordinates such as {@code Query.myDogs} and {@code Query.myDogs(first:)}.
	 */
	static Set<String> of(GraphQLSchema schema, PreparedOperation operation) {
		SchemaCoordinates collector = new SchemaCoordinates(schema, operation);
		OperationDefinition definition = operation.definition();
		GraphQLObjectType root = switch (definition.getOperation()) {
			case QUERY -> schema.getQueryType();
			case MUTATION -> schema.getMutationType();
			case SUBSCRIPTION -> schema.getSubscriptionType();
		};
		collector.visit(definition.getSelectionSet(), root);
		return collector.found;
	}

	private void visit(@Nullable SelectionSet selections, @Nullable GraphQLType parent) {
		if (selections == null || parent == null) {
			return;
		}
		for (Selection<?> selection : selections.getSelections()) {
			switch (selection) {
				case Field field when parent instanceof GraphQLFieldsContainer container -> visit(field, container);
				case InlineFragment inline -> visit(inline.getSelectionSet(), (inline.getTypeCondition() != null)
						? this.schema.getType(inline.getTypeCondition().getName()) : parent);
				case FragmentSpread spread -> {
					if (this.fragments.add(spread.getName())) {
						this.operation.document()
							.getDocument()
							.getDefinitionsOfType(FragmentDefinition.class)
							.stream()
							.filter((fragment) -> fragment.getName().equals(spread.getName()))
							.forEach((fragment) -> visit(fragment.getSelectionSet(),
									this.schema.getType(fragment.getTypeCondition().getName())));
					}
				}
				default -> {
				}
			}
		}
	}

	private void visit(Field field, GraphQLFieldsContainer parent) {
		GraphQLFieldDefinition definition = parent.getFieldDefinition(field.getName());
		// Introspection fields can't be removed from the schema.
		if (definition == null) {
			return;
		}
		String coordinate = parent.getName() + "." + field.getName();
		this.found.add(coordinate);
		for (Argument argument : field.getArguments()) {
			GraphQLArgument declared = definition.getArgument(argument.getName());
			if (declared != null) {
				this.found.add(coordinate + "(" + argument.getName() + ":)");
				visit(argument.getValue(), declared.getType());
			}
		}
		visit(field.getSelectionSet(), GraphQLTypeUtil.unwrapAll(definition.getType()));
	}

	private void visit(@Nullable Value<?> value, GraphQLType type) {
		if (value instanceof ArrayValue list) {
			list.getValues().forEach((element) -> visit(element, type));
		}
		else if (value instanceof ObjectValue object
				&& GraphQLTypeUtil.unwrapAll(type) instanceof GraphQLInputObjectType input) {
			for (ObjectField member : object.getObjectFields()) {
				GraphQLInputObjectField declared = input.getFieldDefinition(member.getName());
				if (declared != null) {
					this.found.add(input.getName() + "." + member.getName());
					visit(member.getValue(), declared.getType());
				}
			}
		}
	}

}
