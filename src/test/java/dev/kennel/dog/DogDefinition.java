package dev.kennel.dog;

import dev.kennel.paging.ListDefinition;

/** The lists of dogs, for tests of their statements. */
public final class DogDefinition {

	private DogDefinition() {
	}

	/**
	 * Creates the definition.
	 * @return the definition that the service uses
	 */
	public static ListDefinition<Dog> create() {
		return new DogConfiguration().dogListDefinition();
	}

}
