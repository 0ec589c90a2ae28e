package dev.kennel.dog;

/**
 * The answer of {@code createDog}.
 *
 * @param dog the dog that was added
 */
record CreateDogPayload(Dog dog) {
}
