package dev.kennel.graphql.node;

import java.util.Set;

import dev.kennel.engine.Selections;
import dev.kennel.identity.NodeId;
import graphql.schema.DataFetchingEnvironment;

/**
 * An object of which an operation selects no more than its id, and which exists because
 * another object refers to it by a foreign key: it need not be read.
 *
 * @param id the id of the object
 */
public record NodeReference(NodeId id) {

	private static final Set<String> FIELDS = Set.of("id", "__typename");

	/**
	 * Returns whether a reference has all that a field selects of the object it returns.
	 * @param environment the environment of the field
	 * @param path the names of the fields that lead to the object, if the field returns
	 * another one
	 * @return whether no field but {@code id} and {@code __typename} is selected
	 */
	public static boolean suffices(DataFetchingEnvironment environment, String... path) {
		return !Selections.selectsFieldsOtherThan(environment, FIELDS, path);
	}

}
