package dev.kennel.dog;

import dev.kennel.owner.Owner;
import org.jspecify.annotations.Nullable;

/**
 * The answer of {@code createDog}.
 *
 * @param dog the dog that was added
 * @param owner the owner that it was added to, as it was then, if that is asked for: it
 * may be removed before the fields of the answer are read
 */
record CreateDogPayload(Dog dog, @Nullable Owner owner) {
}
