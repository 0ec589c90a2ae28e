package dev.kennel.dog;

import dev.kennel.owner.Owner;
import org.jspecify.annotations.Nullable;

/**
 * The payload of {@code updateDog}.
 *
 * @param dog the updated dog
 * @param owner the dog's owner as of the transaction, or null if no more of it than its
 * id is selected: it may be deleted before the fields of the payload are resolved
 */
record UpdateDogPayload(Dog dog, @Nullable Owner owner) {
}
