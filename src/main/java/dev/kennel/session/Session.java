package dev.kennel.session;

import java.time.OffsetDateTime;

import dev.kennel.identity.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * A place where somebody is logged in.
 *
 * @param id the session's id
 * @param userAgent what the client said of itself when it used a refresh token last
 * @param ipAddress where it did so from
 * @param createdAt when it was opened
 * @param lastUsedAt when it was used last, to the minute
 * @param expiresAt when it ends unless it is refreshed before
 * @param authenticatedAt when the password was last given in it
 */
record Session(NodeId id, @Nullable String userAgent, @Nullable String ipAddress, OffsetDateTime createdAt,
		OffsetDateTime lastUsedAt, OffsetDateTime expiresAt, OffsetDateTime authenticatedAt) {
}
