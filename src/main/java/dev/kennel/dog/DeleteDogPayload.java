package dev.kennel.dog;

import dev.kennel.identity.NodeId;
import dev.kennel.owner.Owner;

/**
 * The payload of deleteDog.
 *
 * @param deletedDogId the id of the deleted dog
 * @param owner the owner of the deleted dog
 */
record DeleteDogPayload(NodeId deletedDogId, Owner owner) {
}
