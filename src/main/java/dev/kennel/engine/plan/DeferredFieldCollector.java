package dev.kennel.engine.plan;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import graphql.GraphQLContext;
import graphql.execution.MergedField;
import graphql.execution.conditional.ConditionalNodes;
import graphql.language.BooleanValue;
import graphql.language.Directive;
import graphql.language.DirectivesContainer;
import graphql.language.Field;
import graphql.language.FragmentDefinition;
import graphql.language.FragmentSpread;
import graphql.language.InlineFragment;
import graphql.language.Selection;
import graphql.language.SelectionSet;
import graphql.language.StringValue;
import graphql.language.TypeName;
import graphql.language.VariableReference;
import graphql.schema.GraphQLCompositeType;
import graphql.schema.GraphQLNamedOutputType;
import graphql.schema.GraphQLObjectType;
import graphql.schema.GraphQLSchema;
import org.jspecify.annotations.Nullable;

/**
 * The fields that an operation with deferred fragments selects of an object type, by
 * response key, each with the innermost deferred fragment around it. graphql-java's
 * collector knows neither nested deferred fragments nor fields that several have in
 * common.
 *
 * @see <a href="https://github.com/graphql/graphql-spec/pull/1110">GraphQL, incremental
 * delivery, CollectFields</a>
 */
final class DeferredFieldCollector {

	static final String DEFER = "defer";

	static final String STREAM = "stream";

	private static final ConditionalNodes CONDITIONS = new ConditionalNodes();

	private final GraphQLSchema schema;

	private final Map<String, FragmentDefinition> fragments;

	private final Map<String, @Nullable Object> variables;

	private final GraphQLObjectType type;

	private final Map<String, List<SelectedField>> fields = new LinkedHashMap<>();

	/** The deferred fragments that begin at the object, the outer before the inner. */
	private final List<DeferUsage> usages = new ArrayList<>();

	/** The directives under which each fragment was visited; null is none. */
	private final Map<String, Set<@Nullable Directive>> visited = new HashMap<>();

	DeferredFieldCollector(GraphQLSchema schema, Map<String, FragmentDefinition> fragments,
			Map<String, @Nullable Object> variables, GraphQLObjectType type) {
		this.schema = schema;
		this.fragments = fragments;
		this.variables = variables;
		this.type = type;
	}

	/** A field with the innermost deferred fragment around it, if there is one. */
	record SelectedField(Field field, @Nullable DeferUsage usage) {

		/** Two deferred spreads of a fragment select the same field. */
		static MergedField merge(List<SelectedField> fields) {
			return MergedField.newMergedField(fields.stream().map(SelectedField::field).distinct().toList()).build();
		}

	}

	List<DeferUsage> usages() {
		return List.copyOf(this.usages);
	}

	/** Adds the fields of a selection set. */
	DeferredFieldCollector add(@Nullable SelectionSet selections, @Nullable DeferUsage usage) {
		if (selections == null) {
			return this;
		}
		for (Selection<?> selection : selections.getSelections()) {
			if (!(selection instanceof DirectivesContainer<?> container)
					|| !CONDITIONS.shouldInclude(container, this.variables, this.schema, GraphQLContext.getDefault())) {
				continue;
			}
			switch (selection) {
				case Field field -> this.fields.computeIfAbsent(field.getResultKey(), (key) -> new ArrayList<>())
					.add(new SelectedField(field, usage));
				case InlineFragment inline -> {
					if (applies(inline.getTypeCondition())) {
						DeferUsage deferred = deferred(inline, usage);
						if (deferred != null) {
							this.usages.add(deferred);
						}
						add(inline.getSelectionSet(), (deferred != null) ? deferred : usage);
					}
				}
				case FragmentSpread spread -> addFragment(spread, usage);
				default -> throw new IllegalStateException("Unknown selection " + selection);
			}
		}
		return this;
	}

	private void addFragment(FragmentSpread spread, @Nullable DeferUsage usage) {
		FragmentDefinition fragment = this.fragments.get(spread.getName());
		if (fragment == null || !applies(fragment.getTypeCondition())) {
			return;
		}
		DeferUsage deferred = deferred(spread, usage);
		DeferUsage effective = (deferred != null) ? deferred : usage;
		Directive directive = (effective != null) ? effective.directive() : null;
		Set<@Nullable Directive> visits = this.visited.computeIfAbsent(spread.getName(), (key) -> new HashSet<>());
		if (visits.contains(null) || !visits.add(directive)) {
			return;
		}
		if (deferred != null) {
			this.usages.add(deferred);
		}
		add(fragment.getSelectionSet(), effective);
	}

	private boolean applies(@Nullable TypeName condition) {
		if (condition == null || condition.getName().equals(this.type.getName())) {
			return true;
		}
		return this.schema.getType(condition.getName()) instanceof GraphQLCompositeType composite
				&& !(composite instanceof GraphQLObjectType)
				&& this.schema.isPossibleType((GraphQLNamedOutputType) composite, this.type);
	}

	private @Nullable DeferUsage deferred(DirectivesContainer<?> fragment, @Nullable DeferUsage outer) {
		Directive directive = find(fragment, DEFER);
		if (directive == null || !isEnabled(directive, this.variables)) {
			return null;
		}
		return new DeferUsage(directive, outer);
	}

	static @Nullable Directive find(DirectivesContainer<?> container, String name) {
		List<Directive> found = container.getDirectives(name);
		return found.isEmpty() ? null : found.getFirst();
	}

	/** Returns the value of {@code if}, which is true by default. */
	static boolean isEnabled(Directive directive, Map<String, ? extends @Nullable Object> variables) {
		return switch ((directive.getArgument("if") != null) ? directive.getArgument("if").getValue() : null) {
			case BooleanValue literal -> literal.isValue();
			case VariableReference variable -> !Boolean.FALSE.equals(variables.get(variable.getName()));
			case null, default -> true;
		};
	}

	static @Nullable String label(Directive directive) {
		return (directive.getArgument("label") != null
				&& directive.getArgument("label").getValue() instanceof StringValue label) ? label.getValue() : null;
	}

	/**
	 * Divides the fields into those of the executed group and those of other groups.
	 * @param group the deferred fragments whose fields are executed, none for the initial
	 * result
	 * @param deduplicate whether a field belongs to one group; otherwise to the group of
	 * each of its selections
	 * @return the fields of each group, that of {@code group} first
	 */
	Map<Set<DeferUsage>, Map<String, List<SelectedField>>> byGroup(Set<DeferUsage> group, boolean deduplicate) {
		Map<Set<DeferUsage>, Map<String, List<SelectedField>>> groups = new LinkedHashMap<>();
		groups.put(group, new LinkedHashMap<>());
		this.fields.forEach((key, selected) -> {
			if (deduplicate) {
				groups.computeIfAbsent(groupOf(selected), (usages) -> new LinkedHashMap<>()).put(key, selected);
				return;
			}
			for (SelectedField field : selected) {
				groups
					.computeIfAbsent((field.usage() != null) ? Set.of(field.usage()) : Set.of(),
							(usages) -> new LinkedHashMap<>())
					.computeIfAbsent(key, (absent) -> new ArrayList<>())
					.add(field);
			}
		});
		return groups;
	}

	/**
	 * Returns the outermost deferred fragments that a field is selected in, or none if it
	 * is also selected outside of them.
	 */
	private static Set<DeferUsage> groupOf(Collection<SelectedField> selected) {
		Set<DeferUsage> usages = new LinkedHashSet<>();
		for (SelectedField field : selected) {
			if (field.usage() == null) {
				return Set.of();
			}
			usages.add(field.usage());
		}
		Set<DeferUsage> all = Set.copyOf(usages);
		usages.removeIf((usage) -> {
			for (DeferUsage outer = usage.parent(); outer != null; outer = outer.parent()) {
				if (all.contains(outer)) {
					return true;
				}
			}
			return false;
		});
		return usages;
	}

}
