package dev.kennel.search;

import dev.kennel.dog.DogDefinition;
import dev.kennel.paging.ListDefinition;

/** The list of owners and dogs together, for tests of its statements. */
public final class SearchDefinition {

	private SearchDefinition() {
	}

	/**
	 * Creates the definition.
	 * @return the definition that the service uses
	 */
	public static ListDefinition<Object> create() {
		return new SearchConfiguration().searchListDefinition(DogDefinition.create());
	}

}
