package dev.kennel.owner;

import dev.kennel.graphql.input.InputText;
import dev.kennel.graphql.input.ShortText;
import dev.kennel.graphql.node.IdOf;
import dev.kennel.graphql.node.NodeKind;
import jakarta.validation.constraints.NotNull;

import org.springframework.graphql.data.ArgumentValue;

/**
 * What to change of an owner. What is not given stays as it is.
 *
 * @param id the owner
 * @param name the new name
 */
record UpdateOwnerInput(@IdOf(NodeKind.OWNER) String id,
		ArgumentValue<@NotNull(message = "An owner has a name.") @ShortText String> name) {

	UpdateOwnerInput {
		name = InputText.clean(name);
	}

}
