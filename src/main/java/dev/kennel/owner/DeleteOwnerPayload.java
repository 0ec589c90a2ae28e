package dev.kennel.owner;

import java.util.List;
import java.util.Objects;

import dev.kennel.identity.NodeId;

/**
 * The answer of {@code deleteOwner}.
 *
 * @param deletedOwnerId the owner that was removed
 * @param deletedDogIds the first of the dogs that were removed with it
 * @param deletedDogCount how many dogs were removed with it
 */
record DeleteOwnerPayload(NodeId deletedOwnerId, List<NodeId> deletedDogIds, Integer deletedDogCount) {

	DeleteOwnerPayload {
		// It is missing in what was kept under an Idempotency-Key before there was such a
		// count, which has the ids of all.
		deletedDogCount = Objects.requireNonNullElse(deletedDogCount, deletedDogIds.size());
	}

}
