package dev.kennel.owner;

import java.util.List;

import dev.kennel.text.ShortText;
import dev.kennel.text.TextNormalizer;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/**
 * The input of {@code createOwner}.
 *
 * @param name the owner's name
 * @param dogs the dogs that are created with the owner
 */
record CreateOwnerInput(@ShortText String name, @Nullable @Size(max = 100,
		message = "At most 100 dogs can be added together with their owner.") List<@Valid NewDogInput> dogs) {

	CreateOwnerInput {
		name = TextNormalizer.clean(name);
	}

}
