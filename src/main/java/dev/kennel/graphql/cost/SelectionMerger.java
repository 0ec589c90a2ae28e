package dev.kennel.graphql.cost;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.kennel.error.ApiException;
import dev.kennel.graphql.cost.OperationCost.Condition;
import dev.kennel.graphql.cost.OperationCost.Quantity;
import graphql.language.Directive;
import graphql.language.DirectivesContainer;
import graphql.language.Document;
import graphql.language.Field;
import graphql.language.FragmentDefinition;
import graphql.language.FragmentSpread;
import graphql.language.InlineFragment;
import graphql.language.Selection;
import graphql.language.SelectionSet;
import graphql.language.TypeName;
import graphql.schema.GraphQLCompositeType;
import graphql.schema.GraphQLInterfaceType;
import graphql.schema.GraphQLObjectType;
import graphql.schema.GraphQLSchema;
import graphql.schema.GraphQLUnionType;
import org.jspecify.annotations.Nullable;

/**
 * Merges the selections of an object as in their execution, so that a field of several
 * fragments counts once. All outcomes of conditions are merged at once: a field keeps the
 * condition of each of its selections.
 *
 * @see <a href= "https://spec.graphql.org/September2025/#CollectFields()">GraphQL,
 * section 6.3.2</a>
 */
final class SelectionMerger {

	/**
	 * Limits the visited selections: the types of an abstract type may multiply fields.
	 */
	private static final int MAX_VISITS = 200_000;

	private final GraphQLSchema schema;

	private final ConditionCompiler conditions;

	private final Map<String, FragmentDefinition> fragments = new HashMap<>();

	private int visits;

	/**
	 * Creates a merger for one operation.
	 * @param document the document of the operation, which is valid
	 * @param conditions compiles the conditions of the operation's directives
	 */
	SelectionMerger(GraphQLSchema schema, Document document, ConditionCompiler conditions) {
		this.schema = schema;
		this.conditions = conditions;
		document.getDefinitionsOfType(FragmentDefinition.class)
			.forEach((fragment) -> this.fragments.put(fragment.getName(), fragment));
	}

	/**
	 * A field or a selection set, and the condition under which it is included.
	 *
	 * @param <S> the type of the selection
	 */
	record Conditional<S>(S selected, Condition condition) {
	}

	/** The merged selections of an object. */
	static final class Merged {

		private final Map<String, List<Conditional<Field>>> fields = new LinkedHashMap<>();

		/** The conditions of deferred fragments and streamed lists. */
		private final List<Condition> deliveries = new ArrayList<>();

		private Merged() {
		}

		/** Returns the selections of each field, at least one. */
		Iterable<List<Conditional<Field>>> fields() {
			return this.fields.values();
		}

		/** Returns the number of deferred fragments and streamed lists of each object. */
		Quantity deliveries() {
			return this.deliveries.isEmpty() ? Quantity.ZERO
					: (variables) -> (int) this.deliveries.stream()
						.filter((condition) -> condition.isMet(variables))
						.count();
		}

	}

	/**
	 * Merges selections.
	 * @param type the type of the object
	 * @param selections the selection sets that apply to the object
	 * @throws ApiException with OPERATION_TOO_COMPLEX if the operation has too many
	 * selections
	 */
	Merged merge(GraphQLObjectType type, List<Conditional<SelectionSet>> selections) {
		Merged merged = new Merged();
		selections.forEach((one) -> collect(type, one.selected(), one.condition(), "", merged));
		return merged;
	}

	/** Returns the selection sets of a field. */
	static List<Conditional<SelectionSet>> subselections(List<Conditional<Field>> field) {
		List<Conditional<SelectionSet>> subselections = new ArrayList<>();
		for (Conditional<Field> one : field) {
			SelectionSet selections = one.selected().getSelectionSet();
			if (selections != null) {
				subselections.add(new Conditional<>(selections, one.condition()));
			}
		}
		return subselections;
	}

	/**
	 * Collects fields by response key. Those of a deferred fragment are collected apart:
	 * in the older format of incremental delivery, they are delivered once more.
	 */
	private void collect(GraphQLObjectType type, SelectionSet selections, Condition outer, String deferred,
			Merged merged) {
		for (Selection<?> selection : selections.getSelections()) {
			if (++this.visits > MAX_VISITS) {
				throw ApiException.tooComplex("The operation has more than " + MAX_VISITS
						+ " selections, with those of fragments once for each " + "type that they are applied to.",
						"selections", this.visits, MAX_VISITS);
			}
			Condition condition = outer.and(this.conditions.inclusion(selection));
			if (condition.equals(Condition.NEVER)) {
				continue;
			}
			switch (selection) {
				case Field field -> {
					merged.fields.computeIfAbsent(field.getResultKey() + deferred, (key) -> new ArrayList<>())
						.add(new Conditional<>(field, condition));
					addDelivery(field, "stream", condition, merged);
				}
				case InlineFragment inline -> {
					if (applies(type, inline.getTypeCondition())) {
						addDelivery(inline, "defer", condition, merged);
						collect(type, inline.getSelectionSet(), condition, deferred(inline, deferred), merged);
					}
				}
				case FragmentSpread spread -> {
					FragmentDefinition fragment = this.fragments.get(spread.getName());
					if (fragment != null && applies(type, fragment.getTypeCondition())) {
						addDelivery(spread, "defer", condition, merged);
						collect(type, fragment.getSelectionSet(), condition, deferred(spread, deferred), merged);
					}
				}
				default -> throw new IllegalStateException("Unknown selection " + selection);
			}
		}
	}

	private String deferred(DirectivesContainer<?> fragment, String outer) {
		return fragment.hasDirective("defer") ? "@" + this.visits : outer;
	}

	private void addDelivery(DirectivesContainer<?> selection, String directive, Condition outer, Merged merged) {
		for (Directive found : selection.getDirectives(directive)) {
			Condition condition = outer.and(this.conditions.delivery(found));
			if (!condition.equals(Condition.NEVER)) {
				merged.deliveries.add(condition);
			}
		}
	}

	private boolean applies(GraphQLObjectType type, @Nullable TypeName condition) {
		if (condition == null || condition.getName().equals(type.getName())) {
			return true;
		}
		return this.schema.getType(condition.getName()) instanceof GraphQLCompositeType composite
				&& possibleTypes(composite).contains(type);
	}

	/** Returns the object types that a value of a type may have. */
	List<GraphQLObjectType> possibleTypes(GraphQLCompositeType type) {
		return switch (type) {
			case GraphQLObjectType object -> List.of(object);
			case GraphQLInterfaceType interfaceType -> this.schema.getImplementations(interfaceType);
			case GraphQLUnionType union ->
				union.getTypes().stream().map((member) -> (GraphQLObjectType) member).toList();
			default -> throw new IllegalStateException("Unknown type " + type);
		};
	}

}
