package dev.kennel.account;

import java.time.OffsetDateTime;

import dev.kennel.identity.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * A person with an account.
 *
 * @param id the account's id
 * @param username the name to log in with
 * @param email the email address
 * @param emailVerifiedAt when somebody showed that the address is theirs, or null if
 * nobody has
 * @param createdAt when the account was made
 * @param updatedAt when the account was changed last
 */
public record User(NodeId id, String username, String email, @Nullable OffsetDateTime emailVerifiedAt,
		OffsetDateTime createdAt, OffsetDateTime updatedAt) {
}
