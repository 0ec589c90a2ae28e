package dev.kennel.dog;

import java.util.Objects;

import dev.kennel.identity.NodeId;
import dev.kennel.owner.Owner;
import org.jspecify.annotations.Nullable;

/**
 * The payload of deleteDog.
 *
 * @param deletedDogId the id of the deleted dog
 * @param ownerId the id of its owner
 * @param owner the owner, or null if no more of it than its id is selected
 */
record DeleteDogPayload(NodeId deletedDogId, NodeId ownerId, @Nullable Owner owner) {

	DeleteDogPayload {
		// Idempotency records from before the id existed lack it, and have the owner.
		ownerId = (owner != null) ? owner.id() : Objects.requireNonNull(ownerId);
	}

}
