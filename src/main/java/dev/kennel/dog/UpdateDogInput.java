package dev.kennel.dog;

import java.time.LocalDate;

import dev.kennel.identity.NodeKind;
import dev.kennel.identity.ValidId;
import dev.kennel.text.ShortText;
import dev.kennel.text.TextNormalizer;
import dev.kennel.text.YearRange;
import jakarta.validation.constraints.NotNull;

import org.springframework.graphql.data.ArgumentValue;

/**
 * The input of {@code updateDog}. An omitted field is left unchanged; null clears it.
 *
 * @param id the id of the dog
 * @param name the new name
 * @param breed the new breed
 * @param birthDate the new date of birth
 * @param ownerId the id of the new owner
 */
record UpdateDogInput(@ValidId(NodeKind.DOG) String id,
		ArgumentValue<@NotNull(message = "A dog's name can't be removed.") @ShortText String> name,
		ArgumentValue<@ShortText String> breed, ArgumentValue<@YearRange LocalDate> birthDate,
		ArgumentValue<@NotNull(message = "A dog's owner can't be removed.") @ValidId(NodeKind.OWNER) String> ownerId) {

	UpdateDogInput {
		name = TextNormalizer.clean(name);
		breed = TextNormalizer.clean(breed);
	}

}
