package dev.kennel.dog;

import java.time.LocalDate;
import java.time.OffsetDateTime;

import dev.kennel.identity.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * A dog.
 *
 * @param id the dog's id
 * @param ownerId the id of the dog's owner
 * @param name the dog's name
 * @param breed the breed, or null if it is unknown
 * @param birthDate the date of birth, or null if it is unknown
 * @param updatedAt the time of the last update, or null if there was none
 */
public record Dog(NodeId id, NodeId ownerId, String name, @Nullable String breed, @Nullable LocalDate birthDate,
		@Nullable OffsetDateTime updatedAt) {

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
