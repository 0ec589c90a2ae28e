package dev.kennel.identity;

import java.time.Instant;
import java.util.UUID;

/**
 * The authenticated principal of a request.
 *
 * @param account the account
 * @param session the session of the access token
 * @param expiresAt the expiry of the access token
 */
public record Caller(AccountId account, UUID session, Instant expiresAt) {
}
