package dev.kennel.graphql.document;

import java.util.HashSet;
import java.util.Set;

import graphql.language.Definition;
import graphql.language.Document;
import graphql.language.Field;
import graphql.language.FragmentDefinition;
import graphql.language.InlineFragment;
import graphql.language.OperationDefinition;
import graphql.language.Selection;
import graphql.language.SelectionSet;
import org.jspecify.annotations.Nullable;

/**
 * The names of all fields of a document, of any type: no other field is selected,
 * whatever the variables are.
 */
public final class FieldNames {

	/**
	 * The memory of an entry of a hash set, without the string, which the document owns.
	 */
	private static final int BYTES_PER_NAME = 48;

	private final Set<String> names = new HashSet<>();

	private FieldNames(Document document) {
		for (Definition<?> definition : document.getDefinitions()) {
			if (definition instanceof OperationDefinition operation) {
				add(operation.getSelectionSet());
			}
			else if (definition instanceof FragmentDefinition fragment) {
				add(fragment.getSelectionSet());
			}
		}
	}

	private void add(@Nullable SelectionSet selections) {
		if (selections == null) {
			return;
		}
		for (Selection<?> selection : selections.getSelections()) {
			if (selection instanceof Field field) {
				this.names.add(field.getName());
				add(field.getSelectionSet());
			}
			else if (selection instanceof InlineFragment inline) {
				add(inline.getSelectionSet());
			}
		}
	}

	/**
	 * Returns whether an operation may select a field.
	 * @param operation the operation, or null if it is not a prepared one
	 * @param name the field's name
	 * @return whether its document has a field of this name, or is unknown
	 */
	public static boolean mayContain(@Nullable PreparedOperation operation, String name) {
		return operation == null || operation.attachment(FieldNames.class, FieldNames::of).names.contains(name);
	}

	private static FieldNames of(PreparedOperation operation) {
		FieldNames names = new FieldNames(operation.document().getDocument());
		operation.addBytes((long) names.names.size() * BYTES_PER_NAME);
		return names;
	}

}
