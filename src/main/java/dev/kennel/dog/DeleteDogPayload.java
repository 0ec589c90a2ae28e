package dev.kennel.dog;

import dev.kennel.identity.NodeId;
import dev.kennel.owner.Owner;

/**
 * The answer of {@code deleteDog}.
 *
 * @param deletedDogId the dog that was removed
 * @param owner the owner that it belonged to
 */
record DeleteDogPayload(NodeId deletedDogId, Owner owner) {
}
