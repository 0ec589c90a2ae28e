package dev.kennel.graphql.limit;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

import dev.kennel.graphql.error.ApiException;
import dev.kennel.graphql.error.ErrorCode;
import graphql.introspection.Introspection;
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
import graphql.schema.GraphQLArgument;
import graphql.schema.GraphQLCompositeType;
import graphql.schema.GraphQLDirective;
import graphql.schema.GraphQLFieldDefinition;
import graphql.schema.GraphQLFieldsContainer;
import graphql.schema.GraphQLInputObjectField;
import graphql.schema.GraphQLInputObjectType;
import graphql.schema.GraphQLInputType;
import graphql.schema.GraphQLList;
import graphql.schema.GraphQLSchema;
import graphql.schema.GraphQLType;
import graphql.schema.GraphQLTypeUtil;
import org.jspecify.annotations.Nullable;

/**
 * The variables of an operation that stand where null can't, although their type has it.
 * A default, of the variable or of the place, allows that. A null that is sent all the
 * same is refused before anything is run: where it decides whether a field is asked for,
 * nobody could be told afterwards.
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
	 * Looks through a document, once for all of its operations.
	 * @param schema the schema
	 * @param document the document, which is valid
	 * @return answers the variables of an operation, to be kept with the document
	 */
	public static Function<OperationDefinition, RequiredVariables> of(GraphQLSchema schema, Document document) {
		Map<String, FragmentDefinition> fragments = new HashMap<>();
		document.getDefinitionsOfType(FragmentDefinition.class)
			.forEach((fragment) -> fragments.put(fragment.getName(), fragment));
		Map<String, Set<String>> ofFragments = new HashMap<>();
		return (operation) -> {
			Uses uses = new Uses(schema, fragments, ofFragments, new HashSet<>());
			uses.add(operation.getSelectionSet(), root(schema, operation));
			return new RequiredVariables(operation.getVariableDefinitions()
				.stream()
				.filter((variable) -> !(variable.getType() instanceof NonNullType))
				.map(VariableDefinition::getName)
				.filter(uses.names::contains)
				.toList());
		};
	}

	private static @Nullable GraphQLType root(GraphQLSchema schema, OperationDefinition operation) {
		return switch (operation.getOperation()) {
			case QUERY -> schema.getQueryType();
			case MUTATION -> schema.getMutationType();
			case SUBSCRIPTION -> schema.getSubscriptionType();
		};
	}

	/**
	 * Refuses a null where there has to be a value.
	 * @param sent the variables as they were sent
	 * @throws ApiException with BAD_USER_INPUT if one of them is null
	 */
	public void check(Map<String, ? extends @Nullable Object> sent) {
		for (String name : this.names) {
			if (sent.containsKey(name) && sent.get(name) == null) {
				throw ApiException.of(ErrorCode.BAD_USER_INPUT,
						"The variable '" + name + "' is used where null can't be. Send a value, or leave it out.");
			}
		}
	}

	/**
	 * The variables that stand where null can't, in an operation or a fragment and
	 * wherever it leads. Each fragment is looked through once.
	 */
	private record Uses(GraphQLSchema schema, Map<String, FragmentDefinition> fragments,
			Map<String, Set<String>> ofFragments, Set<String> names) {

		void add(@Nullable SelectionSet selections, @Nullable GraphQLType parent) {
			if (selections == null || !(parent instanceof GraphQLCompositeType composite)) {
				return;
			}
			for (Selection<?> selection : selections.getSelections()) {
				if (selection instanceof DirectivesContainer<?> container) {
					container.getDirectives().forEach((directive) -> {
						GraphQLDirective known = this.schema.getDirective(directive.getName());
						add(directive.getArguments(), (known != null) ? known.getArguments() : List.of());
					});
				}
				// A union has no fields but its type's name.
				if (selection instanceof Field field && composite instanceof GraphQLFieldsContainer container) {
					GraphQLFieldDefinition definition = Introspection.getFieldDefinition(this.schema, container,
							field.getName());
					add(field.getArguments(), definition.getArguments());
					add(field.getSelectionSet(), GraphQLTypeUtil.unwrapAll(definition.getType()));
				}
				else if (selection instanceof FragmentSpread spread) {
					this.names.addAll(ofFragment(spread.getName()));
				}
				else if (selection instanceof InlineFragment inline) {
					add(inline.getSelectionSet(), (inline.getTypeCondition() != null)
							? this.schema.getType(inline.getTypeCondition().getName()) : composite);
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
			uses.add(fragment.getSelectionSet(), this.schema.getType(fragment.getTypeCondition().getName()));
			this.ofFragments.put(name, uses.names);
			return uses.names;
		}

		private void add(List<Argument> arguments, List<GraphQLArgument> definitions) {
			for (Argument argument : arguments) {
				for (GraphQLArgument definition : definitions) {
					if (definition.getName().equals(argument.getName())) {
						add(argument.getValue(), definition.getType());
					}
				}
			}
		}

		private void add(@Nullable Value<?> value, GraphQLInputType type) {
			GraphQLType nullable = GraphQLTypeUtil.unwrapNonNull(type);
			switch (value) {
				case VariableReference variable when GraphQLTypeUtil.isNonNull(type) ->
					this.names.add(variable.getName());
				case ArrayValue list when nullable instanceof GraphQLList listType ->
					list.getValues().forEach((element) -> add(element, (GraphQLInputType) listType.getWrappedType()));
				case ObjectValue object when nullable instanceof GraphQLInputObjectType inputType -> {
					for (ObjectField member : object.getObjectFields()) {
						GraphQLInputObjectField definition = inputType.getFieldDefinition(member.getName());
						if (definition != null) {
							add(member.getValue(), definition.getType());
						}
					}
				}
				case ObjectValue object when nullable instanceof GraphQLList listType ->
					add(object, (GraphQLInputType) listType.getWrappedType());
				case null, default -> {
				}
			}
		}

	}

}
