package dev.kennel.owner;

import java.util.List;
import java.util.Objects;

import dev.kennel.graphql.node.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * The answer of {@code deleteOwner}.
 *
 * @param deletedOwnerId the owner that was removed
 * @param deletedDogIds the first of the dogs that were removed with it
 * @param deletedDogCount how many dogs were removed with it; null only in a payload that
 * was kept under an {@code Idempotency-Key} before there was such a count, and then it has
 * the ids of all
 */
record DeleteOwnerPayload(NodeId deletedOwnerId, List<NodeId> deletedDogIds, @Nullable Integer deletedDogCount) {

	@Override
	public Integer deletedDogCount() {
		return Objects.requireNonNullElse(this.deletedDogCount, this.deletedDogIds.size());
	}

}
