package dev.kennel.graphql.document;

import java.util.Set;

import graphql.language.Definition;
import graphql.language.DirectivesContainer;
import graphql.language.FragmentDefinition;
import graphql.language.Node;
import graphql.language.OperationDefinition;
import graphql.language.Selection;
import graphql.language.SelectionSet;
import graphql.language.SelectionSetContainer;
import org.jspecify.annotations.Nullable;

/**
 * Whether a document has {@code @defer} or {@code @stream}, so that its operations may be
 * delivered in parts, and can't be executed again after the first.
 */
public final class IncrementalDirectives {

	private static final Set<String> NAMES = Set.of("defer", "stream");

	private final boolean present;

	private IncrementalDirectives(boolean present) {
		this.present = present;
	}

	/**
	 * Returns whether an operation may be delivered in parts.
	 * @param operation the operation
	 * @return whether its document has such a directive, whatever the variables are
	 */
	public static boolean mayApply(PreparedOperation operation) {
		return operation.attachment(IncrementalDirectives.class, IncrementalDirectives::of).present;
	}

	private static IncrementalDirectives of(PreparedOperation operation) {
		for (Definition<?> definition : operation.document().getDocument().getDefinitions()) {
			if ((definition instanceof OperationDefinition one && occurs(one.getSelectionSet()))
					|| (definition instanceof FragmentDefinition fragment && occurs(fragment.getSelectionSet()))) {
				return new IncrementalDirectives(true);
			}
		}
		return new IncrementalDirectives(false);
	}

	private static boolean occurs(@Nullable SelectionSet selections) {
		if (selections == null) {
			return false;
		}
		for (Selection<?> selection : selections.getSelections()) {
			Node<?> node = selection;
			if (node instanceof DirectivesContainer<?> annotated && NAMES.stream().anyMatch(annotated::hasDirective)) {
				return true;
			}
			if (node instanceof SelectionSetContainer<?> container && occurs(container.getSelectionSet())) {
				return true;
			}
		}
		return false;
	}

}
