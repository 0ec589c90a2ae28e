package dev.kennel.dog;

import dev.kennel.owner.Owner;
import org.jspecify.annotations.Nullable;

/**
 * The answer of {@code updateDog}.
 *
 * @param dog the dog as it is now
 * @param owner the owner that it belongs to now, if that is asked for: it may be removed
 * before the fields of the answer are read
 */
record UpdateDogPayload(Dog dog, @Nullable Owner owner) {
}
