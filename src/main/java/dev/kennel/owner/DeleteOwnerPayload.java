package dev.kennel.owner;

import java.util.List;
import java.util.Objects;

import dev.kennel.identity.NodeId;

/**
 * The payload of deleteOwner.
 *
 * @param deletedOwnerId the id of the deleted owner
 * @param deletedDogIds the ids of the first dogs that were deleted with the owner
 * @param deletedDogCount the number of dogs that were deleted with the owner
 */
record DeleteOwnerPayload(NodeId deletedOwnerId, List<NodeId> deletedDogIds, Integer deletedDogCount) {

	DeleteOwnerPayload {
		// Idempotency records from before the count existed lack it, and have the ids of
		// all dogs.
		deletedDogCount = Objects.requireNonNullElse(deletedDogCount, deletedDogIds.size());
	}

}
