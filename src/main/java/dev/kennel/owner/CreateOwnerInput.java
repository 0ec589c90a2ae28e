package dev.kennel.owner;

import dev.kennel.graphql.input.InputText;
import dev.kennel.graphql.input.ShortText;

/**
 * The owner to add.
 *
 * @param name the owner's name
 */
record CreateOwnerInput(@ShortText String name) {

	CreateOwnerInput {
		name = InputText.clean(name);
	}

}
