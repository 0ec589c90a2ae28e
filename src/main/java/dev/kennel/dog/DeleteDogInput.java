package dev.kennel.dog;

import dev.kennel.identity.NodeKind;
import dev.kennel.identity.ValidId;

/**
 * The input of {@code deleteDog}.
 *
 * @param id the id of the dog
 */
record DeleteDogInput(@ValidId(NodeKind.DOG) String id) {
}
