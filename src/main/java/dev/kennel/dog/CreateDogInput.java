package dev.kennel.dog;

import java.time.LocalDate;

import dev.kennel.identity.NodeKind;
import dev.kennel.identity.ValidId;
import dev.kennel.text.ShortText;
import dev.kennel.text.TextNormalizer;
import dev.kennel.text.YearRange;
import org.jspecify.annotations.Nullable;

/**
 * The dog to add.
 *
 * @param ownerId the owner that it belongs to
 * @param name the dog's name
 * @param breed the breed, if known
 * @param birthDate the day of birth, if known
 */
record CreateDogInput(@ValidId(NodeKind.OWNER) String ownerId, @ShortText String name, @Nullable @ShortText String breed,
		@Nullable @YearRange LocalDate birthDate) {

	CreateDogInput {
		name = TextNormalizer.clean(name);
		breed = (breed != null) ? TextNormalizer.clean(breed) : null;
	}

}
