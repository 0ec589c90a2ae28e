package dev.kennel.owner;

import dev.kennel.identity.NodeKind;
import dev.kennel.identity.ValidId;
import dev.kennel.text.ShortText;
import dev.kennel.text.TextNormalizer;
import jakarta.validation.constraints.NotNull;

import org.springframework.graphql.data.ArgumentValue;

/**
 * The input of {@code updateOwner}. An omitted field is left unchanged.
 *
 * @param id the id of the owner
 * @param name the new name
 */
record UpdateOwnerInput(@ValidId(NodeKind.OWNER) String id,
		ArgumentValue<@NotNull(message = "An owner's name can't be removed.") @ShortText String> name) {

	UpdateOwnerInput {
		name = TextNormalizer.clean(name);
	}

}
