package dev.kennel.dog;

import java.time.LocalDate;
import java.time.OffsetDateTime;

import dev.kennel.identity.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * A dog.
 *
 * @param id the dog's id
 * @param ownerId the id of the owner that it belongs to
 * @param name the dog's name
 * @param breed the breed, if known
 * @param birthDate the day of birth, if known
 * @param updatedAt when the dog was changed last, or null if it never was
 */
public record Dog(NodeId id, NodeId ownerId, String name, @Nullable String breed, @Nullable LocalDate birthDate,
		@Nullable OffsetDateTime updatedAt) {

	/**
	 * Answers when the dog was added.
	 * @return the moment, in UTC
	 */
	public OffsetDateTime createdAt() {
		return this.id.createdAt();
	}

	/**
	 * Answers when the dog was changed last.
	 * @return the moment, in UTC: when it was added, if it never was
	 */
	@Override
	public OffsetDateTime updatedAt() {
		return (this.updatedAt != null) ? this.updatedAt : createdAt();
	}

}
