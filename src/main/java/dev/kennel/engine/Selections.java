package dev.kennel.engine;

import java.util.List;

import graphql.language.Field;
import graphql.language.Selection;
import graphql.language.SelectionSet;
import graphql.schema.DataFetchingEnvironment;
import org.jspecify.annotations.Nullable;

/**
 * Tells what is selected below a field. The engine knows it exactly, but has to take the
 * whole operation apart for that; where neither a fragment nor a directive is in the way,
 * the document says it at once.
 */
public final class Selections {

	private Selections() {
	}

	/**
	 * Answers whether a field below a field is selected.
	 * @param environment the field
	 * @param name the name of a field of its object
	 * @param nested the name of a field of that one's object
	 * @return whether it will be asked for
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

	/** Whether it does, or null if the document does not say. */
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
