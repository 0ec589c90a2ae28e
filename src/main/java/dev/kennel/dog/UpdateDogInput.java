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
 * What to change of a dog. What is not given stays as it is; null means that it is not
 * known.
 *
 * @param id the dog
 * @param name the new name
 * @param breed the new breed
 * @param birthDate the new day of birth
 * @param ownerId the owner that the dog is moved to
 */
record UpdateDogInput(@ValidId(NodeKind.DOG) String id,
		ArgumentValue<@NotNull(message = "A dog has a name.") @ShortText String> name,
		ArgumentValue<@ShortText String> breed, ArgumentValue<@YearRange LocalDate> birthDate,
		ArgumentValue<@NotNull(message = "A dog has an owner.") @ValidId(NodeKind.OWNER) String> ownerId) {

	UpdateDogInput {
		name = TextNormalizer.clean(name);
		breed = TextNormalizer.clean(breed);
	}

	/** Whether there is anything to change. */
	boolean changesAnything() {
		return !this.name.isOmitted() || !this.breed.isOmitted() || !this.birthDate.isOmitted()
				|| !this.ownerId.isOmitted();
	}

}
