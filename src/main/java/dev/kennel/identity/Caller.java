package dev.kennel.identity;

import java.time.Instant;
import java.util.UUID;

/**
 * Who sends a request: the principal that authentication leaves behind.
 *
 * @param account the account
 * @param session the session that the access token belongs to
 * @param expiresAt when the access token stops being valid
 */
public record Caller(AccountId account, UUID session, Instant expiresAt) {
}
