package dev.kennel.engine;

import java.util.List;
import java.util.Set;

import dev.kennel.engine.plan.FieldPlan;
import dev.kennel.engine.plan.ObjectPlan;
import graphql.language.Field;
import graphql.language.Selection;
import graphql.schema.DataFetchingEnvironment;
import graphql.schema.GraphQLObjectType;
import graphql.schema.GraphQLTypeUtil;
import org.jspecify.annotations.Nullable;

/**
 * Queries the selection set of a field. {@link DataFetchingEnvironment#getSelectionSet()}
 * is exact, but normalizes the whole operation. The plan of an operation is as exact, and
 * is there already; without one, the AST is sufficient where it has no fragments and no
 * directives.
 */
public final class Selections {

	private Selections() {
	}

	/**
	 * Returns whether an operation selects any field of an object that is not in
	 * {@code names}.
	 * @param environment the environment of the field that returns the object, or an
	 * object from which a path leads to it
	 * @param names the names of the fields that do not count
	 * @param path the names of the fields that lead to the object, if the field returns
	 * another one
	 * @return whether at least one other field is selected; false if the path is not
	 * selected
	 */
	public static boolean selectsFieldsOtherThan(DataFetchingEnvironment environment, Set<String> names,
			String... path) {
		if (environment instanceof FieldEnvironment field
				&& GraphQLTypeUtil.unwrapAll(field.getFieldType()) instanceof GraphQLObjectType) {
			return selectsFieldsOtherThan(field.plan(), names, path, 0);
		}
		Boolean inSyntax = (path.length == 0) ? selectsFieldsOtherThan(environment.getMergedField().getFields(), names)
				: null;
		if (inSyntax != null) {
			return inSyntax;
		}
		String fields = (path.length == 0) ? "*" : String.join("/", path) + "/*";
		return environment.getSelectionSet()
			.getFields(fields)
			.stream()
			.anyMatch((selected) -> !names.contains(selected.getName()));
	}

	private static boolean selectsFieldsOtherThan(FieldPlan field, Set<String> names, String[] path, int depth) {
		ObjectPlan object = field
			.objectPlan((GraphQLObjectType) GraphQLTypeUtil.unwrapAll(field.definition().getType()));
		// What is delivered later is read from the same object.
		return selectsFieldsOtherThan(object, names, path, depth) || object.deferred()
			.stream()
			.anyMatch((later) -> selectsFieldsOtherThan(later.plan(), names, path, depth));
	}

	private static boolean selectsFieldsOtherThan(ObjectPlan object, Set<String> names, String[] path, int depth) {
		for (FieldPlan selected : object.fields()) {
			String name = selected.definition().getName();
			if ((depth == path.length) ? !names.contains(name)
					: (name.equals(path[depth]) && selectsFieldsOtherThan(selected, names, path, depth + 1))) {
				return true;
			}
		}
		return false;
	}

	/** Returns the result, or null if a fragment or directive requires normalization. */
	private static @Nullable Boolean selectsFieldsOtherThan(List<Field> fields, Set<String> names) {
		boolean exceeding = false;
		for (Field field : fields) {
			for (Selection<?> selection : field.getSelectionSet().getSelections()) {
				if (!(selection instanceof Field selected) || selected.hasDirective("skip")
						|| selected.hasDirective("include")) {
					return null;
				}
				exceeding |= !names.contains(selected.getName());
			}
		}
		return exceeding;
	}

}
