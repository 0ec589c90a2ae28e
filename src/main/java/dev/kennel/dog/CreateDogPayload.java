package dev.kennel.dog;

import dev.kennel.owner.Owner;
import org.jspecify.annotations.Nullable;

/**
 * The payload of {@code createDog}.
 *
 * @param dog the created dog
 * @param owner the dog's owner as of the transaction, or null if no more of it than its
 * id is selected: it may be deleted before the fields of the payload are resolved
 */
record CreateDogPayload(Dog dog, @Nullable Owner owner) {
}
