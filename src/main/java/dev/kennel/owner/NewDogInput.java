package dev.kennel.owner;

import java.time.LocalDate;

import dev.kennel.text.ShortText;
import dev.kennel.text.TextNormalizer;
import dev.kennel.text.YearRange;
import org.jspecify.annotations.Nullable;

/**
 * A dog that is added together with its owner.
 *
 * @param name the dog's name
 * @param breed the breed, if known
 * @param birthDate the day of birth, if known
 */
public record NewDogInput(@ShortText String name, @Nullable @ShortText String breed,
		@Nullable @YearRange LocalDate birthDate) {

	public NewDogInput {
		name = TextNormalizer.clean(name);
		breed = (breed != null) ? TextNormalizer.clean(breed) : null;
	}

}
