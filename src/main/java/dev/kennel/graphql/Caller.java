package dev.kennel.graphql;

import java.time.Instant;
import java.util.UUID;

import dev.kennel.database.AccountId;

/**
 * Who sends a request: the principal that authentication leaves behind.
 *
 * @param account the account
 * @param session the session that the access token belongs to
 * @param expiresAt when the access token stops being valid
 */
public record Caller(AccountId account, UUID session, Instant expiresAt) {
}
