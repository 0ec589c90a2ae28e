package dev.kennel.dog;

import java.time.LocalDate;
import java.time.OffsetDateTime;

import dev.kennel.graphql.node.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * A dog.
 *
 * @param id the dog's id
 * @param ownerId the id of the owner that it belongs to
 * @param name the dog's name
 * @param breed the breed, if known
 * @param birthDate the day of birth, if known
 * @param createdAt when the dog was added
 * @param updatedAt when the dog was changed last
 */
public record Dog(NodeId id, NodeId ownerId, String name, @Nullable String breed, @Nullable LocalDate birthDate,
		OffsetDateTime createdAt, OffsetDateTime updatedAt) {
}
