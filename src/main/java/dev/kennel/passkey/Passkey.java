package dev.kennel.passkey;

import java.time.OffsetDateTime;

import dev.kennel.identity.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * A passkey, as clients see it.
 *
 * @param id the passkey's id
 * @param name the name that the user has given it
 * @param createdAt when it was registered
 * @param lastUsedAt when it authenticated the account last; null for never
 * @param backedUp whether its authenticator has backed it up, as of its last use
 */
record Passkey(NodeId id, String name, OffsetDateTime createdAt, @Nullable OffsetDateTime lastUsedAt,
		boolean backedUp) {
}
