package dev.kennel.dog;

/**
 * The answer of {@code updateDog}.
 *
 * @param dog the dog as it is now
 */
record UpdateDogPayload(Dog dog) {
}
