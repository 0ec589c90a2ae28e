package dev.kennel.engine;

import java.util.List;

import graphql.language.Field;
import graphql.language.Selection;
import graphql.language.SelectionSet;
import graphql.schema.DataFetchingEnvironment;
import org.jspecify.annotations.Nullable;

/**
 * Queries the selection set of a field. {@link DataFetchingEnvironment#getSelectionSet()}
 * is exact, but normalizes the whole operation. Without fragments and directives, the AST
 * is sufficient.
 */
public final class Selections {

	private Selections() {
	}

	/**
	 * Returns whether a nested field is selected.
	 * @param environment the environment of the field
	 * @param name the name of a subfield
	 * @param nested the name of a field below the subfield
	 * @return whether {@code name/nested} is selected
	 */
	public static boolean contains(DataFetchingEnvironment environment, String name, String nested) {
		List<Field> fields = environment.getMergedField().getFields();
		boolean found = false;
		for (Field field : fields) {
			Boolean contained = contains(field.getSelectionSet(), name, nested);
			if (contained == null) {
				return environment.getSelectionSet().contains(name + "/" + nested);
			}
			found |= contained;
		}
		return found;
	}

	/** Returns the result, or null if a fragment or directive requires normalization. */
	private static @Nullable Boolean contains(@Nullable SelectionSet selections, String name, String nested) {
		boolean found = false;
		if (selections != null) {
			for (Selection<?> selection : selections.getSelections()) {
				if (!(selection instanceof Field field) || field.hasDirective("skip")
						|| field.hasDirective("include")) {
					return null;
				}
				if (field.getName().equals(name)) {
					Boolean contained = nested.isEmpty() ? Boolean.TRUE : contains(field.getSelectionSet(), nested, "");
					if (contained == null) {
						return null;
					}
					found |= contained;
				}
			}
		}
		return found;
	}

}
