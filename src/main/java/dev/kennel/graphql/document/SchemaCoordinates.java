package dev.kennel.graphql.document;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

import graphql.language.Argument;
import graphql.language.ArrayValue;
import graphql.language.Directive;
import graphql.language.Document;
import graphql.language.EnumValue;
import graphql.language.Field;
import graphql.language.FragmentDefinition;
import graphql.language.FragmentSpread;
import graphql.language.InlineFragment;
import graphql.language.Node;
import graphql.language.ObjectField;
import graphql.language.ObjectValue;
import graphql.language.OperationDefinition;
import graphql.language.Selection;
import graphql.language.SelectionSet;
import graphql.language.SourceLocation;
import graphql.language.TypeName;
import graphql.language.Value;
import graphql.language.VariableDefinition;
import graphql.schema.GraphQLArgument;
import graphql.schema.GraphQLCompositeType;
import graphql.schema.GraphQLDirective;
import graphql.schema.GraphQLEnumType;
import graphql.schema.GraphQLFieldDefinition;
import graphql.schema.GraphQLFieldsContainer;
import graphql.schema.GraphQLInputObjectField;
import graphql.schema.GraphQLInputObjectType;
import graphql.schema.GraphQLObjectType;
import graphql.schema.GraphQLSchema;
import graphql.schema.GraphQLType;
import graphql.schema.GraphQLTypeUtil;
import graphql.schema.idl.TypeUtil;
import org.jspecify.annotations.Nullable;

/**
 * Finds the coordinates of what documents name: fields, arguments, input fields, and
 * values of enums. Skipped fields are included; the content of variables is not, since it
 * differs between requests: {@link VariableCoordinates}.
 *
 * @see <a href="https://spec.graphql.org/September2025/#sec-Schema-Coordinates">GraphQL,
 * schema coordinates</a>
 */
public final class SchemaCoordinates {

	private final GraphQLSchema schema;

	private final Map<String, FragmentDefinition> fragments = new HashMap<>();

	private final Visitor visitor;

	/**
	 * The visited fragments. A fragment has its own type, so that one visit is enough.
	 */
	private final Set<String> visited = new HashSet<>();

	private SchemaCoordinates(GraphQLSchema schema, Document document, Visitor visitor) {
		this.schema = schema;
		this.visitor = visitor;
		document.getDefinitionsOfType(FragmentDefinition.class)
			.forEach((fragment) -> this.fragments.putIfAbsent(fragment.getName(), fragment));
	}

	/**
	 * Returns the coordinates of an operation and its fragments, such as
	 * {@code Query.myDogs} and {@code Query.myDogs(first:)}.
	 * @param schema the schema
	 * @param document a valid document
	 * @param operation an operation of the document
	 * @return the coordinates, without those of introspection and of directives
	 */
	public static Set<String> of(GraphQLSchema schema, Document document, OperationDefinition operation) {
		Set<String> found = new LinkedHashSet<>();
		new SchemaCoordinates(schema, document, (node, coordinate, inSchema) -> {
			if (inSchema && !coordinate.startsWith("@") && !coordinate.contains("__")) {
				found.add(coordinate);
			}
		}).visit(operation);
		return found;
	}

	/**
	 * Returns the coordinates of all that a document names, whether the schema has it or
	 * not, by its location.
	 */
	static Map<SourceLocation, String> byLocation(GraphQLSchema schema, Document document) {
		Map<SourceLocation, String> found = new HashMap<>();
		SchemaCoordinates coordinates = new SchemaCoordinates(schema, document, (node, coordinate, inSchema) -> {
			SourceLocation location = node.getSourceLocation();
			if (location != null) {
				found.putIfAbsent(location, coordinate);
			}
		});
		document.getDefinitionsOfType(OperationDefinition.class).forEach(coordinates::visit);
		coordinates.fragments.keySet().forEach(coordinates::visitFragment);
		return found;
	}

	private void visit(OperationDefinition operation) {
		GraphQLObjectType root = switch (operation.getOperation()) {
			case QUERY -> this.schema.getQueryType();
			case MUTATION -> this.schema.getMutationType();
			case SUBSCRIPTION -> this.schema.getSubscriptionType();
		};
		operation.getVariableDefinitions().forEach(this::visit);
		visitDirectives(operation.getDirectives());
		visit(operation.getSelectionSet(), root);
	}

	/** A variable has no coordinate of its own; that of its type stands for it. */
	private void visit(VariableDefinition variable) {
		TypeName name = TypeUtil.unwrapAll(variable.getType());
		GraphQLType type = visitType(name);
		this.visitor.visit(variable, name.getName(), false);
		visitDirectives(variable.getDirectives());
		if (variable.getDefaultValue() != null) {
			visit(variable.getDefaultValue(), type, name.getName());
		}
	}

	private void visit(@Nullable SelectionSet selections, @Nullable GraphQLType parent) {
		if (selections == null) {
			return;
		}
		for (Selection<?> selection : selections.getSelections()) {
			switch (selection) {
				case Field field -> {
					visitDirectives(field.getDirectives());
					if (parent instanceof GraphQLCompositeType composite) {
						visit(field, composite);
					}
				}
				case InlineFragment inline -> {
					visitDirectives(inline.getDirectives());
					TypeName condition = inline.getTypeCondition();
					if (condition != null) {
						this.visitor.visit(inline, condition.getName(), false);
					}
					visit(inline.getSelectionSet(), (condition != null) ? visitType(condition) : parent);
				}
				case FragmentSpread spread -> {
					visitDirectives(spread.getDirectives());
					FragmentDefinition fragment = this.fragments.get(spread.getName());
					if (fragment != null) {
						this.visitor.visit(spread, fragment.getTypeCondition().getName(), false);
					}
					visitFragment(spread.getName());
				}
				default -> {
				}
			}
		}
	}

	private void visitFragment(String name) {
		FragmentDefinition fragment = this.fragments.get(name);
		if (fragment != null && this.visited.add(name)) {
			this.visitor.visit(fragment, fragment.getTypeCondition().getName(), false);
			visitDirectives(fragment.getDirectives());
			visit(fragment.getSelectionSet(), visitType(fragment.getTypeCondition()));
		}
	}

	private @Nullable GraphQLType visitType(TypeName name) {
		this.visitor.visit(name, name.getName(), false);
		return this.schema.getType(name.getName());
	}

	private void visit(Field field, GraphQLCompositeType parent) {
		GraphQLFieldDefinition definition = definition(field.getName(), parent);
		String coordinate = parent.getName() + "." + field.getName();
		this.visitor.visit(field, coordinate, definition != null);
		visit(field.getArguments(), coordinate, (name) -> (definition != null) ? definition.getArgument(name) : null);
		if (definition != null) {
			visit(field.getSelectionSet(), GraphQLTypeUtil.unwrapAll(definition.getType()));
		}
	}

	private @Nullable GraphQLFieldDefinition definition(String name, GraphQLCompositeType parent) {
		return switch (name) {
			case "__schema" -> this.schema.getIntrospectionSchemaFieldDefinition();
			case "__type" -> this.schema.getIntrospectionTypeFieldDefinition();
			case "__typename" -> this.schema.getIntrospectionTypenameFieldDefinition();
			default -> (parent instanceof GraphQLFieldsContainer container) ? container.getFieldDefinition(name) : null;
		};
	}

	private void visitDirectives(List<Directive> directives) {
		for (Directive directive : directives) {
			GraphQLDirective definition = this.schema.getDirective(directive.getName());
			String coordinate = "@" + directive.getName();
			this.visitor.visit(directive, coordinate, definition != null);
			visit(directive.getArguments(), coordinate,
					(name) -> (definition != null) ? definition.getArgument(name) : null);
		}
	}

	private void visit(List<Argument> arguments, String owner,
			Function<String, @Nullable GraphQLArgument> definitions) {
		for (Argument argument : arguments) {
			GraphQLArgument definition = definitions.apply(argument.getName());
			GraphQLType type = (definition != null) ? definition.getType() : null;
			String coordinate = owner + "(" + argument.getName() + ":)";
			this.visitor.visit(argument, coordinate, type != null);
			visit(argument.getValue(), type, coordinate);
		}
	}

	/** Visits a value at the position of an argument or an input field. */
	private void visit(Value<?> value, @Nullable GraphQLType type, String position) {
		GraphQLType named = (type != null) ? GraphQLTypeUtil.unwrapAll(type) : null;
		switch (value) {
			case ArrayValue list -> list.getValues().forEach((element) -> visit(element, type, position));
			case ObjectValue object when named instanceof GraphQLInputObjectType input -> {
				this.visitor.visit(object, position, false);
				object.getObjectFields().forEach((member) -> visit(member, input));
			}
			case EnumValue literal when named instanceof GraphQLEnumType enumeration -> this.visitor.visit(literal,
					enumeration.getName() + "." + literal.getName(), enumeration.getValue(literal.getName()) != null);
			// The position of a variable's default value is its type, which is not in
			// use.
			default -> this.visitor.visit(value, position, type != null && position.contains("."));
		}
	}

	private void visit(ObjectField member, GraphQLInputObjectType input) {
		GraphQLInputObjectField definition = input.getFieldDefinition(member.getName());
		String coordinate = input.getName() + "." + member.getName();
		this.visitor.visit(member, coordinate, definition != null);
		visit(member.getValue(), (definition != null) ? definition.getType() : null, coordinate);
	}

	/** Is called for each node that has a coordinate. */
	@FunctionalInterface
	private interface Visitor {

		void visit(Node<?> node, String coordinate, boolean inSchema);

	}

}
