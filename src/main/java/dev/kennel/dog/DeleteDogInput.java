package dev.kennel.dog;

import dev.kennel.identity.NodeKind;
import dev.kennel.identity.ValidId;

/**
 * The dog to remove.
 *
 * @param id the dog
 */
record DeleteDogInput(@ValidId(NodeKind.DOG) String id) {
}
