package dev.kennel.dog;

import dev.kennel.graphql.node.IdOf;
import dev.kennel.graphql.node.NodeKind;

/**
 * The dog to remove.
 *
 * @param id the dog
 */
record DeleteDogInput(@IdOf(NodeKind.DOG) String id) {
}
