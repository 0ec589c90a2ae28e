package dev.kennel.dog;

import dev.kennel.identity.IdOf;
import dev.kennel.identity.NodeKind;

/**
 * The dog to remove.
 *
 * @param id the dog
 */
record DeleteDogInput(@IdOf(NodeKind.DOG) String id) {
}
