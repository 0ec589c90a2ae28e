package dev.kennel.engine;

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
 * The variables of nullable types that stand where the schema has a type that is not
 * null. A default, of the variable or of the place, makes that valid. A null that is sent
 * all the same is an error of the field whose argument it is: graphql-java 25.1 raises it
 * for arguments themselves, and lets a null in lists and input objects through. In an
 * argument of a directive it is an error of the request, which is refused before anything
 * is run: the directive decides whether there is a field that could have an error.
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
	 * Finds those in arguments of directives, in one pass for all operations of a
	 * document.
	 * @param schema the schema
	 * @param document the document, which is valid
	 * @return returns the variables of an operation, to be kept with the document
	 */
	public static Function<OperationDefinition, RequiredVariables> ofDirectives(GraphQLSchema schema,
			Document document) {
		Map<String, FragmentDefinition> fragments = new HashMap<>();
		document.getDefinitionsOfType(FragmentDefinition.class)
			.forEach((fragment) -> fragments.put(fragment.getName(), fragment));
		Map<String, Set<String>> ofFragments = new HashMap<>();
		return (operation) -> {
			Uses uses = new Uses(schema, fragments, ofFragments, new HashSet<>());
			uses.add(operation.getSelectionSet());
			return new RequiredVariables(operation.getVariableDefinitions()
				.stream()
				.filter((variable) -> !(variable.getType() instanceof NonNullType))
				.map(VariableDefinition::getName)
				.filter(uses.names::contains)
				.toList());
		};
	}

	/**
	 * Finds those in the arguments of a field.
	 * @param arguments the arguments in the document
	 * @param definitions the arguments in the schema
	 * @return the variables, whatever their types
	 */
	public static RequiredVariables ofArguments(List<Argument> arguments, List<GraphQLArgument> definitions) {
		Set<String> names = new HashSet<>();
		add(arguments, definitions, names);
		return new RequiredVariables(List.copyOf(names));
	}

	/**
	 * Refuses a null where there has to be a value.
	 * @param sent the variables as they were sent, or coerced
	 * @throws CoercingParseValueException if one of them is null
	 */
	public void check(Map<String, ? extends @Nullable Object> sent) {
		for (String name : this.names) {
			if (sent.containsKey(name) && sent.get(name) == null) {
				throw new CoercingParseValueException(
						"The variable '" + name + "' is used where null can't be. Send a value, or leave it out.");
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
	private record Uses(GraphQLSchema schema, Map<String, FragmentDefinition> fragments,
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
			Set<String> known = this.ofFragments.get(name);
			FragmentDefinition fragment = this.fragments.get(name);
			if (known != null || fragment == null) {
				return (known != null) ? known : Set.of();
			}
			Uses uses = new Uses(this.schema, this.fragments, this.ofFragments, new HashSet<>());
			uses.add(fragment.getSelectionSet());
			this.ofFragments.put(name, uses.names);
			return uses.names;
		}

	}

}
