package dev.kennel.dog;

import java.time.LocalDate;

import dev.kennel.identity.NodeKind;
import dev.kennel.identity.ValidId;
import dev.kennel.text.ShortText;
import dev.kennel.text.TextNormalizer;
import dev.kennel.text.YearRange;
import org.jspecify.annotations.Nullable;

/**
 * The input of {@code createDog}.
 *
 * @param ownerId the id of the dog's owner
 * @param name the dog's name
 * @param breed the breed, or null if it is unknown
 * @param birthDate the date of birth, or null if it is unknown
 */
record CreateDogInput(@ValidId(NodeKind.OWNER) String ownerId, @ShortText String name,
		@Nullable @ShortText String breed, @Nullable @YearRange LocalDate birthDate) {

	CreateDogInput {
		name = TextNormalizer.clean(name);
		breed = (breed != null) ? TextNormalizer.clean(breed) : null;
	}

}
