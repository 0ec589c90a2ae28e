package dev.kennel.owner;

import java.time.OffsetDateTime;

import dev.kennel.identity.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * A dog owner.
 *
 * @param id the owner's id
 * @param name the owner's name
 * @param updatedAt when the owner was changed last, or null if it never was
 */
public record Owner(NodeId id, String name, @Nullable OffsetDateTime updatedAt) {

	/**
	 * Answers when the owner was added.
	 * @return the moment, in UTC
	 */
	public OffsetDateTime createdAt() {
		return this.id.createdAt();
	}

	/**
	 * Answers when the owner was changed last.
	 * @return the moment, in UTC: when it was added, if it never was
	 */
	@Override
	public OffsetDateTime updatedAt() {
		return (this.updatedAt != null) ? this.updatedAt : createdAt();
	}

}
