package dev.kennel.graphql.limit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.kennel.error.ApiException;
import dev.kennel.error.ErrorCode;
import graphql.language.Argument;
import graphql.language.ArrayValue;
import graphql.language.Definition;
import graphql.language.Directive;
import graphql.language.DirectivesContainer;
import graphql.language.Document;
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
import graphql.language.VariableDefinition;
import org.jspecify.annotations.Nullable;

/**
 * Measures a document before it is validated: validation compares fields with each other
 * across fragments, so a document that is too large must not get that far. Each fragment
 * is measured once, however often it is spread, so the time is linear in the size of the
 * document.
 */
final class DocumentShape {

	/** The maximum depth of an introspection: the usual queries have 15. */
	static final int MAX_INTROSPECTION_DEPTH = 20;

	private static final int SATURATED = Integer.MAX_VALUE;

	private final LimitProperties limits;

	private final boolean introspection;

	private final Map<String, FragmentDefinition> fragments = new HashMap<>();

	private final Map<String, Measures> measured = new HashMap<>();

	/** The fragments that are being measured, outermost first. */
	private final List<String> path = new ArrayList<>();

	private DocumentShape(LimitProperties limits, boolean introspection) {
		this.limits = limits;
		this.introspection = introspection;
	}

	/**
	 * The measures of a selection set, including nested ones. The numbers saturate.
	 */
	private record Measures(int depth, int introspectionDepth, int nesting, int aliases, int directives, int fields,
			int topFields) {

		static final Measures NONE = new Measures(0, 0, 0, 0, 0, 0, 0);

		/** Combines the measures of siblings. */
		Measures and(Measures other) {
			return new Measures(Math.max(this.depth, other.depth),
					Math.max(this.introspectionDepth, other.introspectionDepth), Math.max(this.nesting, other.nesting),
					sum(this.aliases, other.aliases), sum(this.directives, other.directives),
					sum(this.fields, other.fields), sum(this.topFields, other.topFields));
		}

		/** Returns the measures of a fragment with this content. */
		Measures nested(int ownDirectives) {
			return new Measures(this.depth, this.introspectionDepth, sum(this.nesting, 1), this.aliases,
					sum(this.directives, ownDirectives), this.fields, this.topFields);
		}

		/** Returns the measures of a field with these subfields. */
		Measures inField(Field field) {
			boolean introspection = field.getName().equals("__schema") || field.getName().equals("__type");
			int innerDepth = sum(Math.max(this.introspectionDepth, introspection ? this.depth : 0),
					(introspection || this.introspectionDepth > 0) ? 1 : 0);
			return new Measures(introspection ? 1 : sum(this.depth, 1), innerDepth, sum(this.nesting, 1),
					sum(this.aliases, (field.getAlias() != null) ? 1 : 0),
					sum(this.directives, field.getDirectives().size()), sum(this.fields, 1), 1);
		}

		private static int sum(int a, int b) {
			return (a > SATURATED - b) ? SATURATED : a + b;
		}

	}

	/**
	 * Checks a document.
	 * @throws ApiException with OPERATION_TOO_COMPLEX if an operation or fragment exceeds
	 * a limit; or with GRAPHQL_VALIDATION_FAILED if a fragment spreads itself, if the
	 * name of an operation is too long, or if the document uses introspection, which is
	 * turned off
	 */
	static void check(Document document, LimitProperties limits, boolean introspection) {
		DocumentShape shape = new DocumentShape(limits, introspection);
		for (Definition<?> definition : document.getDefinitions()) {
			if (definition instanceof FragmentDefinition fragment) {
				shape.fragments.putIfAbsent(fragment.getName(), fragment);
			}
		}
		for (Definition<?> definition : document.getDefinitions()) {
			if (definition instanceof OperationDefinition operation) {
				shape.check(operation);
			}
			else if (definition instanceof FragmentDefinition fragment) {
				Measures measures = shape.measure(fragment, 1);
				// The fragment may be part of an introspection.
				shape.checkAll(measures, Math.max(limits.maxDepth(), MAX_INTROSPECTION_DEPTH));
			}
		}
	}

	private void check(OperationDefinition operation) {
		if (operation.getName() != null && operation.getName().length() > LimitEnforcer.MAX_OPERATION_NAME_LENGTH) {
			throw ApiException.of(ErrorCode.GRAPHQL_VALIDATION_FAILED,
					"The name of an operation has at most " + LimitEnforcer.MAX_OPERATION_NAME_LENGTH + " characters.");
		}
		if (operation.getOperation() == OperationDefinition.Operation.SUBSCRIPTION) {
			checkUnconditional(operation.getSelectionSet(), new HashSet<>());
		}
		int directives = operation.getDirectives().size();
		for (VariableDefinition variable : operation.getVariableDefinitions()) {
			directives += variable.getDirectives().size();
			checkValue(variable.getDefaultValue());
		}
		Measures measures = measure(operation.getSelectionSet(), 1).nested(directives);
		checkAll(measures, this.limits.maxDepth());
		Limit.MAX_ROOT_FIELDS.check(measures.topFields, this.limits.maxRootFields());
	}

	/**
	 * Refuses conditions on the root field of a subscription, on which graphql-java's
	 * validation fails.
	 * @see <a href= "https://spec.graphql.org/September2025/#sec-Single-Root-Field">
	 * GraphQL, single root field</a>
	 */
	private void checkUnconditional(@Nullable SelectionSet selections, Set<String> seen) {
		if (selections == null) {
			return;
		}
		for (Selection<?> selection : selections.getSelections()) {
			if (selection instanceof DirectivesContainer<?> conditional
					&& (conditional.hasDirective("skip") || conditional.hasDirective("include"))) {
				throw ApiException.of(ErrorCode.GRAPHQL_VALIDATION_FAILED,
						"The field of a subscription can't have a condition.");
			}
			if (selection instanceof InlineFragment inline) {
				checkUnconditional(inline.getSelectionSet(), seen);
			}
			else if (selection instanceof FragmentSpread spread && seen.add(spread.getName())) {
				FragmentDefinition fragment = this.fragments.get(spread.getName());
				checkUnconditional((fragment != null) ? fragment.getSelectionSet() : null, seen);
			}
		}
	}

	private void checkAll(Measures measures, int maxDepth) {
		if (measures.introspectionDepth > 0 && !this.introspection) {
			throw ApiException.of(ErrorCode.GRAPHQL_VALIDATION_FAILED,
					"Introspection is turned off (kennel.graphql.introspection).");
		}
		Limit.MAX_DEPTH.check(measures.introspectionDepth, MAX_INTROSPECTION_DEPTH);
		Limit.MAX_DEPTH.check(measures.depth, maxDepth);
		Limit.MAX_ALIASES.check(measures.aliases, this.limits.maxAliases());
		Limit.MAX_DIRECTIVES.check(measures.directives, this.limits.maxDirectives());
		Limit.MAX_FIELDS.check(measures.fields, this.limits.maxFields());
		Limit.MAX_NESTING.check(measures.nesting, this.limits.maxNesting());
	}

	/**
	 * Measures a selection set at a level of nesting. The limit also bounds the
	 * recursion.
	 */
	private Measures measure(@Nullable SelectionSet selections, int level) {
		Limit.MAX_NESTING.check(level, this.limits.maxNesting());
		Measures sum = Measures.NONE;
		if (selections != null) {
			for (Selection<?> selection : selections.getSelections()) {
				sum = sum.and(switch (selection) {
					case Field field -> {
						checkArguments(field.getArguments(), field.getDirectives());
						yield measure(field.getSelectionSet(), level + 1).inField(field);
					}
					case InlineFragment inline -> {
						checkArguments(List.of(), inline.getDirectives());
						yield measure(inline.getSelectionSet(), level + 1).nested(inline.getDirectives().size());
					}
					case FragmentSpread spread -> {
						checkArguments(List.of(), spread.getDirectives());
						FragmentDefinition fragment = this.fragments.get(spread.getName());
						// Validation reports an unknown fragment.
						yield ((fragment != null) ? measure(fragment, level + 1) : Measures.NONE)
							.nested(spread.getDirectives().size());
					}
					default -> Measures.NONE;
				});
			}
		}
		return sum;
	}

	private Measures measure(FragmentDefinition fragment, int level) {
		Measures known = this.measured.get(fragment.getName());
		if (known != null) {
			return known;
		}
		int index = this.path.indexOf(fragment.getName());
		if (index >= 0) {
			throw ApiException.of(ErrorCode.GRAPHQL_VALIDATION_FAILED, "The fragment '" + fragment.getName()
					+ "' spreads itself" + ((index < this.path.size() - 1) ? ", by way of others." : "."));
		}
		this.path.add(fragment.getName());
		Measures measures = measure(fragment.getSelectionSet(), level).nested(fragment.getDirectives().size());
		this.path.removeLast();
		this.measured.put(fragment.getName(), measures);
		return measures;
	}

	private void checkArguments(List<Argument> arguments, List<Directive> directives) {
		arguments.forEach((argument) -> checkValue(argument.getValue()));
		directives.forEach((directive) -> checkArguments(directive.getArguments(), List.of()));
	}

	private void checkValue(@Nullable Value<?> value) {
		if (value instanceof ArrayValue list) {
			Limit.MAX_LIST_SIZE.check(list.getValues().size(), this.limits.maxListSize());
			list.getValues().forEach(this::checkValue);
		}
		else if (value instanceof ObjectValue object) {
			object.getObjectFields().stream().map(ObjectField::getValue).forEach(this::checkValue);
		}
	}

}
