package dev.kennel.owner;

import java.util.List;

import dev.kennel.graphql.node.NodeId;

/**
 * The answer of {@code deleteOwner}.
 *
 * @param deletedOwnerId the owner that was removed
 * @param deletedDogIds the dogs that were removed with it
 */
record DeleteOwnerPayload(NodeId deletedOwnerId, List<NodeId> deletedDogIds) {
}
