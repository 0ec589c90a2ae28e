package dev.kennel.owner;

import java.time.OffsetDateTime;

import dev.kennel.graphql.node.NodeId;

/**
 * A dog owner.
 *
 * @param id the owner's id
 * @param name the owner's name
 * @param createdAt when the owner was added
 * @param updatedAt when the owner was changed last
 */
public record Owner(NodeId id, String name, OffsetDateTime createdAt, OffsetDateTime updatedAt) {
}
