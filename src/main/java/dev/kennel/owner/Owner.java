package dev.kennel.owner;

import java.time.OffsetDateTime;

import dev.kennel.identity.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * A dog owner.
 *
 * @param id the owner's id
 * @param name the owner's name
 * @param updatedAt the time of the last update, or null if there was none
 */
public record Owner(NodeId id, String name, @Nullable OffsetDateTime updatedAt) {

	/**
	 * Returns the time of creation.
	 * @return the time, in UTC
	 */
	public OffsetDateTime createdAt() {
		return this.id.createdAt();
	}

	/**
	 * Returns the time of the last update.
	 * @return the time, in UTC: the time of creation if there was none
	 */
	@Override
	public OffsetDateTime updatedAt() {
		return (this.updatedAt != null) ? this.updatedAt : createdAt();
	}

}
