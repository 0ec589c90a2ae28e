package dev.kennel.engine.plan;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

import graphql.language.Argument;
import graphql.language.ArrayValue;
import graphql.language.DirectivesContainer;
import graphql.language.Document;
import graphql.language.Field;
import graphql.language.FragmentDefinition;
import graphql.language.FragmentSpread;
import graphql.language.InlineFragment;
import graphql.language.NonNullType;
import graphql.language.ObjectField;
import graphql.language.ObjectValue;
import graphql.language.OperationDefinition;
import graphql.language.Selection;
import graphql.language.SelectionSet;
import graphql.language.Value;
import graphql.language.VariableDefinition;
import graphql.language.VariableReference;
import graphql.schema.CoercingParseValueException;
import graphql.schema.GraphQLArgument;
import graphql.schema.GraphQLDirective;
import graphql.schema.GraphQLInputObjectField;
import graphql.schema.GraphQLInputObjectType;
import graphql.schema.GraphQLInputType;
import graphql.schema.GraphQLList;
import graphql.schema.GraphQLSchema;
import graphql.schema.GraphQLType;
import graphql.schema.GraphQLTypeUtil;
import org.jspecify.annotations.Nullable;

/**
 * The variables of nullable types at non-null positions. A default value, of the variable
 * or of the position, makes such a usage valid. An explicit null is then a field error if
 * the position is in an argument of a field: graphql-java 25.1 raises it for the argument
 * itself, but accepts a null within lists and input objects. In an argument of a
 * directive it is a request error, raised before execution: the directive decides whether
 * a field that could have an error is executed.
 *
 * @see <a href=
 * "https://spec.graphql.org/September2025/#sec-All-Variable-Usages-Are-Allowed">GraphQL,
 * all variable usages are allowed</a>
 */
public final class RequiredVariables {

	private final List<String> names;

	private RequiredVariables(List<String> names) {
		this.names = names;
	}

	/**
	 * Finds the variables in arguments of directives, in one pass for all operations of a
	 * document.
	 * @param schema the schema
	 * @param document the document, which is valid
	 * @return a function from an operation to its variables, to be kept with the document
	 */
	public static Function<OperationDefinition, RequiredVariables> ofDirectives(GraphQLSchema schema,
			Document document) {
		Map<String, FragmentDefinition> fragments = new HashMap<>();
		document.getDefinitionsOfType(FragmentDefinition.class)
			.forEach((fragment) -> fragments.put(fragment.getName(), fragment));
		Map<String, Set<String>> ofFragments = new HashMap<>();
		return (operation) -> {
			DirectiveUsages usages = new DirectiveUsages(schema, fragments, ofFragments, new HashSet<>());
			usages.add(operation.getSelectionSet());
			return new RequiredVariables(operation.getVariableDefinitions()
				.stream()
				.filter((variable) -> !(variable.getType() instanceof NonNullType))
				.map(VariableDefinition::getName)
				.filter(usages.names::contains)
				.toList());
		};
	}

	/**
	 * Finds the variables in arguments of a field.
	 * @param arguments the arguments in the document
	 * @param definitions the arguments in the schema
	 * @return the variables, of nullable and non-null types
	 */
	public static RequiredVariables ofArguments(List<Argument> arguments, List<GraphQLArgument> definitions) {
		Set<String> names = new HashSet<>();
		add(arguments, definitions, names);
		return new RequiredVariables(List.copyOf(names));
	}

	/**
	 * Rejects a null at a non-null position.
	 * @param sent the variables, raw or coerced
	 * @throws CoercingParseValueException if one of them is null
	 */
	public void check(Map<String, ? extends @Nullable Object> sent) {
		for (String name : this.names) {
			if (sent.containsKey(name) && sent.get(name) == null) {
				throw new CoercingParseValueException(
						"The variable '" + name + "' is null in a non-null position. Send a value, or omit it.");
			}
		}
	}

	private static void add(List<Argument> arguments, List<GraphQLArgument> definitions, Set<String> names) {
		for (Argument argument : arguments) {
			for (GraphQLArgument definition : definitions) {
				if (definition.getName().equals(argument.getName())) {
					add(argument.getValue(), definition.getType(), names);
				}
			}
		}
	}

	private static void add(@Nullable Value<?> value, GraphQLInputType type, Set<String> names) {
		GraphQLType nullable = GraphQLTypeUtil.unwrapNonNull(type);
		switch (value) {
			case VariableReference variable when GraphQLTypeUtil.isNonNull(type) -> names.add(variable.getName());
			case ArrayValue list when nullable instanceof GraphQLList listType -> list.getValues()
				.forEach((element) -> add(element, (GraphQLInputType) listType.getWrappedType(), names));
			case ObjectValue object when nullable instanceof GraphQLInputObjectType inputType -> {
				for (ObjectField member : object.getObjectFields()) {
					GraphQLInputObjectField definition = inputType.getFieldDefinition(member.getName());
					if (definition != null) {
						add(member.getValue(), definition.getType(), names);
					}
				}
			}
			case ObjectValue object when nullable instanceof GraphQLList listType ->
				add(object, (GraphQLInputType) listType.getWrappedType(), names);
			case null, default -> {
			}
		}
	}

	/**
	 * The variables of directives in an operation, or in a fragment and the fragments
	 * that it spreads. Each fragment is visited once.
	 */
	private record DirectiveUsages(GraphQLSchema schema, Map<String, FragmentDefinition> fragments,
			Map<String, Set<String>> ofFragments, Set<String> names) {

		void add(@Nullable SelectionSet selections) {
			if (selections == null) {
				return;
			}
			for (Selection<?> selection : selections.getSelections()) {
				if (selection instanceof DirectivesContainer<?> container) {
					container.getDirectives().forEach((directive) -> {
						GraphQLDirective known = this.schema.getDirective(directive.getName());
						RequiredVariables.add(directive.getArguments(),
								(known != null) ? known.getArguments() : List.of(), this.names);
					});
				}
				switch (selection) {
					case Field field -> add(field.getSelectionSet());
					case InlineFragment inline -> add(inline.getSelectionSet());
					case FragmentSpread spread -> this.names.addAll(ofFragment(spread.getName()));
					default -> {
					}
				}
			}
		}

		private Set<String> ofFragment(String name) {
			Set<String> cached = this.ofFragments.get(name);
			FragmentDefinition fragment = this.fragments.get(name);
			if (cached != null || fragment == null) {
				return (cached != null) ? cached : Set.of();
			}
			DirectiveUsages usages = new DirectiveUsages(this.schema, this.fragments, this.ofFragments,
					new HashSet<>());
			usages.add(fragment.getSelectionSet());
			this.ofFragments.put(name, usages.names);
			return usages.names;
		}

	}

}
