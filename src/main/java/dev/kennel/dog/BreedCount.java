package dev.kennel.dog;

import dev.kennel.paging.GroupCount;
import org.jspecify.annotations.Nullable;

/**
 * The number of dogs of a breed.
 *
 * @param breed the breed, or null for the dogs of unknown breed
 * @param count the number of dogs
 */
record BreedCount(@Nullable String breed, int count) {

	static BreedCount of(GroupCount group) {
		return new BreedCount(group.value(), group.count());
	}

}
