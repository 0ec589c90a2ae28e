package dev.kennel.owner;

import java.time.LocalDate;

import dev.kennel.text.ShortText;
import dev.kennel.text.TextNormalizer;
import dev.kennel.text.YearRange;
import org.jspecify.annotations.Nullable;

/**
 * A dog that is created together with its owner.
 *
 * @param name the dog's name
 * @param breed the breed, or null if it is unknown
 * @param birthDate the date of birth, or null if it is unknown
 */
public record NewDogInput(@ShortText String name, @Nullable @ShortText String breed,
		@Nullable @YearRange LocalDate birthDate) {

	public NewDogInput {
		name = TextNormalizer.clean(name);
		breed = (breed != null) ? TextNormalizer.clean(breed) : null;
	}

}
